using Multiproc.TestKit;

namespace Multiproc.Tests.Pool;

/// <summary>A pool in a manager, used from here and from other processes. Numbers in comments are those of the conformance list.</summary>
public sealed class ManagedPoolTests(ManagedPoolTests.Fixture fixture) : IClassFixture<ManagedPoolTests.Fixture>
{
    private readonly PoolProxy _pool = fixture.Pool;

    [Fact]
    public void Apply_OfEachForm_RunsInWorkersOfTheManager()
    {
        // PL-01
        int here = Environment.ProcessId;
        int worker = Bounded.Run("Apply", () => fixture.Pool.Apply(static () => Environment.ProcessId));
        worker.ShouldNotBe(here);
        fixture.Pool.WorkerPids.ShouldContain(worker);
        Bounded.Run("Apply", () => fixture.Pool.Apply(static x => x * x, 12)).ShouldBe(144);
        Bounded.Run("Apply", () => fixture.Pool.Apply(static (a, b) => a + b, "a", "b")).ShouldBe("ab");
        fixture.Manager.Pid.ShouldBe(Bounded.Run("Apply", () => fixture.Pool.Apply(static () => Mp.ParentProcess!.Pid)));
    }

    [Fact]
    public async Task MapAndStarMap_GiveWhatThePoolGives()
    {
        // PL-02, PL-03, PL-04
        int[] inputs = [.. Enumerable.Range(0, 100)];
        (await _pool.MapAsync(static x => x + 1, inputs, chunkSize: 20).WaitAsync(Bounded.Time)).ShouldBe(inputs.Select(static x => x + 1));
        (
            await _pool.StarMapAsync(
                static (a, b) => a * b, inputs.Select(static x => (x, 2))).WaitAsync(Bounded.Time)).ShouldBe(inputs.Select(static x => x * 2));
        (await _pool.MapAsync(static (int x) => x, []).WaitAsync(Bounded.Time)).ShouldBeEmpty();
    }

    [Fact]
    public void Callbacks_RunHereBeforeTheResult()
    {
        // PL-05, PL-07
        var said = new List<string>();
        var good = _pool.ApplyAsync(
            static x => x + 1, 1, callback: value => said.Add($"{value} in {Environment.ProcessId}"), errorCallback: _ => said.Add("no"));
        good.Get(Bounded.Time).ShouldBe(2);
        var bad = _pool.ApplyAsync(
            static int (int x) => throw new FormatException($"{x}"), 7, callback: _ => said.Add("no"), errorCallback: failure => said.Add(failure.Message));
        Should.Throw<FormatException>(() => bad.Get(Bounded.Time));
        said.ShouldBe([$"2 in {Environment.ProcessId}", "7"]);
    }

    [Fact]
    public void Progress_IsToldHere()
    {
        var told = new System.Collections.Concurrent.ConcurrentQueue<PoolProgress>();
        _pool.MapAsync(static x => x, Enumerable.Range(0, 50), chunkSize: 5, progress: new Told(told)).Get(Bounded.Time).Length.ShouldBe(50);
        Await.Until("the progress is told", () => told.Any(static each => each.Done == 50 && each.Total == 50));
    }

    [Fact]
    public void TwoProcesses_UseTheSamePool()
    {
        // T-19
        using var sums = Mp.Queue<(int Sum, string Workers)>();
        var processes = Enumerable.Range(1, 2).Select(factor => Mp.Process(Use, fixture.Pool, sums, factor)).ToArray();
        Managers.ManagerFixture.Run(processes);
        var said = Enumerable.Range(0, 2).Select(_ => sums.Get(Bounded.Time)).ToList();
        said.Select(static each => each.Sum).Order().ShouldBe([4950, 9900]);
        said.Select(static each => each.Workers).Distinct().Single().ShouldBe(string.Join(' ', _pool.WorkerPids.Order()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Imap_GivesResultsInOrderAndGoesOnAfterAFailure(int chunkSize)
    {
        // IT-01, IT-05
        using var results = _pool.Imap(static x => x == 4 ? throw new FormatException("four") : x, Enumerable.Range(0, 10), chunkSize);
        Enumerable.Range(0, 4).Select(_ => results.Next(Bounded.Time)).ShouldBe([0, 1, 2, 3]);
        Should.Throw<FormatException>(() => results.Next(Bounded.Time)).Message.ShouldBe("four");
        Enumerable.Range(0, 5).Select(_ => results.Next(Bounded.Time)).ShouldBe([5, 6, 7, 8, 9]);
        results.MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void ImapUnordered_GivesAllResults() // IT-02
    {
        using var results = _pool.ImapUnordered(static x => x * 2, Enumerable.Range(0, 200), chunkSize: 7);
        Bounded.Run("all results", results.ToList).Order().ShouldBe(Enumerable.Range(0, 200).Select(static x => x * 2));
    }

    [Fact]
    public void Imap_EndlessInput_IsReadOnlyAsFarAsResultsAreTaken()
    {
        int read = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return read++;
            }
        }

        using (var results = _pool.Imap(static x => x, Endless()))
        {
            Enumerable.Range(0, 100).Select(_ => results.Next(Bounded.Time)).ShouldBe(Enumerable.Range(0, 100));
            read.ShouldBeLessThan(200);
        }

        _pool.ApplyAsync(static () => 1).Get(Bounded.Time).ShouldBe(1);
    }

    [Fact]
    public void Imap_SlowTask_TimesOutAndComesLater()
    {
        // IT-06
        using var gate = Mp.Event();
        using var results = WaitFor(_pool, gate);
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.FromMilliseconds(30)));
        gate.Set();
        results.Next(Bounded.Time).ShouldBe(1);
    }

    [Fact]
    public void WorkerThatDies_FailsItsTaskWithAllThatIsKnown()
    {
        // PL-35
        var failure = Should.Throw<WorkerDiedException>(() => _pool.ApplyAsync(Exit, 7).Get(Bounded.Time));
        failure.ExitCode.ShouldBe(7);
        failure.Argument.ShouldBe("7");
        failure.Pid.ShouldBeGreaterThan(0);
        _pool.ApplyAsync(static () => 2).Get(Bounded.Time).ShouldBe(2);
    }

    [Fact]
    public void Cancellation_ReachesTheTask()
    {
        using var cancellation = new CancellationTokenSource();
        using var began = Mp.Event();
        int[] workers = [.. _pool.WorkerPids];
        var result = WaitForEver(_pool, began, cancellation.Token);
        began.Wait(Bounded.Time).ShouldBeTrue();
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() => result.Get(Bounded.Time));
        _pool.MapAsync(static x => x, Enumerable.Range(0, 10), chunkSize: 1).Get(Bounded.Time).Length.ShouldBe(10);
        Await.Until("the worker that observes no token is replaced", () => _pool.WorkerPids.Except(workers).Count() == 1 && _pool.WorkerPids.Count == 2);
    }

    [Fact]
    public void UnsendableArgument_FailsTheCall()
    {
        // PL-08
        using var handle = new ManualResetEvent(initialState: false);
        Should.Throw<SerializationException>(() =>
            _pool.ApplyAsync(static each => each is null, (object)handle).Get(Bounded.Time)).Message.ShouldContain("ManualResetEvent");
    }

    [Fact]
    public void Size_NotPositive_IsARemoteError() => // PL-14
        Should.Throw<RemoteException>(() => fixture.Manager.Pool(0)).Message.ShouldContain("ArgumentOutOfRangeException");

    [Fact]
    public void CloseAndJoin_EndTheWorkersForAll()
    {
        // PL-17, PL-18, PL-19
        using var pool = fixture.Manager.Pool(1, initializer: static () => s_state = 41);
        pool.Apply(static () => s_state).ShouldBe(41);
        pool.Resize(2);
        Await.Until("two workers run", () => pool.WorkerPids.Count == 2);
        pool.Insights().Workers.Sum(static worker => worker.Tasks).ShouldBe(1);
        pool.ToString().ShouldBe("ProcessPool(2 workers, running)");
        Should.Throw<InvalidOperationException>(() => pool.Join()).Message.ShouldContain("still running");
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => pool.Apply(static () => 1)).Message.ShouldContain("Pool not running");
        pool.WorkerPids.ShouldBeEmpty();
    }

    [Fact]
    public void ManagerThatEnds_TakesTheWorkersAlongAndFailsTheCalls()
    {
        var manager = Mp.Manager();
        var pool = manager.Pool(1);
        int worker = pool.WorkerPids.Single();
        var result = pool.ApplyAsync(BlockForEver);
        manager.Dispose();
        Should.Throw<Exception>(() => result.Get(Bounded.Time)).ShouldSatisfyAllConditions(
            static failure => (failure is ConnectionLostException or ObjectDisposedException).ShouldBeTrue($"{failure}"));
        Await.Until($"worker {worker} is gone", () => !Directory.Exists($"/proc/{worker}"));
    }

    private static int s_state;

    private static PoolResults<int> WaitFor(PoolProxy pool, SharedEvent gate) => pool.Imap(x => gate.Wait(Bounded.Time) ? x : 0, [1]);

    private static AsyncResult<int> WaitForEver(PoolProxy pool, SharedEvent began, CancellationToken cancellation) => pool.ApplyAsync(
        () =>
        {
            began.Set();
            Thread.CurrentThread.Join();
            return 0;
        },
        cancellation: cancellation);

    private static int BlockForEver()
    {
        Thread.CurrentThread.Join();
        return 0;
    }

    private static int Exit(int code)
    {
        Environment.Exit(code);
        return 0;
    }

    private static void Use(PoolProxy pool, SharedQueue<(int Sum, string Workers)> sums, int factor) =>
        sums.Put((pool.Map(x => x * factor, Enumerable.Range(0, 100)).Sum(), string.Join(' ', pool.WorkerPids.Order())));

    private sealed class Told(System.Collections.Concurrent.ConcurrentQueue<PoolProgress> told) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => told.Enqueue(value);
    }

    public sealed class Fixture : IDisposable
    {
        public Fixture()
        {
            Manager = Mp.Manager();
            Pool = Manager.Pool(2);
        }

        public SyncManager Manager { get; }

        public PoolProxy Pool { get; }

        public void Dispose() => Manager.Dispose();
    }
}
