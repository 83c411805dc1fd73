namespace Multiproc.Tests.Managers;

/// <summary>A pool in a manager. Numbers in comments are those of the conformance list.</summary>
public sealed class PoolInManagerTests(PoolInManagerTests.Fixture fixture) : IClassFixture<PoolInManagerTests.Fixture>
{
    private readonly PoolProxy _pool = fixture.Pool;

    [Fact]
    public async Task Calls_RunInWorkersOfTheManager()
    {
        // T-19
        int worker = _pool.Apply(static () => Environment.ProcessId);
        worker.ShouldNotBe(Environment.ProcessId);
        worker.ShouldNotBe(fixture.Manager.Pid);
        _pool.Apply(static x => x * 2, 21).ShouldBe(42);
        _pool.Apply(static (x, y) => x + y, 1, 2).ShouldBe(3);
        _pool.Map(static x => x * x, Enumerable.Range(0, 5)).ShouldBe([0, 1, 4, 9, 16]);
        _pool.StarMap(static (string x, int y) => $"{x}{y}", [("a", 1), ("b", 2)]).ShouldBe(["a1", "b2"]);
        (await _pool.ApplyAsync(static x => x + 1, 1)).ShouldBe(2);
        _pool.MapAsync(static x => x + 1, [1, 2], chunkSize: 1).Get(ManagerFixture.Bound).ShouldBe([2, 3]);
        (await _pool.StarMapAsync(static (int x, int y) => x * y, [(2, 3)])).ShouldBe([6]);
        _pool.ToString().ShouldContain("running");
    }

    [Fact]
    public void Child_GivenThePool_GivesItWork()
    {
        // T-19, PX-01
        var sums = fixture.Manager.List<int>();
        ManagerFixture.Run(Mp.Process(UsePool, _pool, sums));
        sums.ShouldBe([0 + 1 + 4 + 9]);
        _pool.Apply(static () => 1).ShouldBe(1, "the pool goes on when a child has let go of it");
    }

    [Fact]
    public async Task Imap_GivesResultsAsTheyCome_AndGoesOnAfterAFailure()
    {
        var results = _pool.Imap(static x => 12 / x, [1, 2, 0, 3]);
        results.Next(ManagerFixture.Bound).ShouldBe(12);
        results.Next(ManagerFixture.Bound).ShouldBe(6);
        Should.Throw<DivideByZeroException>(() => results.Next(ManagerFixture.Bound));
        results.Next(ManagerFixture.Bound).ShouldBe(4);
        Should.Throw<InvalidOperationException>(() => results.Next(ManagerFixture.Bound));
        var squares = new List<int>();
        await foreach (int square in _pool.ImapUnordered(static x => x * x, Enumerable.Range(0, 200), chunkSize: 10))
        {
            squares.Add(square);
        }

        squares.Order().ShouldBe(Enumerable.Range(0, 200).Select(static x => x * x));
        using var slow = _pool.Imap(static (int _) => new ManualResetEvent(false).WaitOne(TimeSpan.FromMilliseconds(500)), [1]);
        Should.Throw<MultiprocTimeoutException>(() => slow.Next(TimeSpan.FromMilliseconds(1)));
        slow.Next(ManagerFixture.Bound).ShouldBeFalse();
    }

    [Fact]
    public void Failures_ArriveAsThemselves()
    {
        Should.Throw<FormatException>(() => _pool.Apply<int>(static () => throw new FormatException("in the worker"))).Message.ShouldBe("in the worker");
        Should.Throw<WorkerDiedException>(() => _pool.Apply<int>(static () =>
        {
            Environment.Exit(7);
            return 0;
        })).Message.ShouldContain("7");
        using var source = new CancellationTokenSource();
        var stuck = _pool.ApplyAsync(static () => new ManualResetEvent(false).WaitOne(), cancellation: source.Token);
        stuck.Ready.ShouldBeFalse();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => stuck.Get(ManagerFixture.Bound));
        _pool.Apply(static () => 1).ShouldBe(1);
    }

    [Fact]
    public void Pool_Closed_TakesNothingMore()
    {
        // FL-13
        Should.Throw<RemoteException>(() => fixture.Manager.Pool(0)).RemoteType.ShouldBe("System.ArgumentOutOfRangeException");
        using var pool = fixture.Manager.Pool(1);
        Should.Throw<InvalidOperationException>(() => pool.Join()).Message.ShouldContain("still running");
        var last = pool.ApplyAsync(static () => 1);
        last.Get(ManagerFixture.Bound).ShouldBe(1);
        pool.Close();
        pool.Join(ManagerFixture.Bound).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => pool.Apply(static () => 1));
        pool.Terminate();
    }

    [Fact]
    public void Pool_WithoutProxies_EndsItsWorkers()
    {
        // PX-09
        using var manager = new SyncManager { ReferenceLease = TimeSpan.FromMilliseconds(100) };
        manager.Start();
        int worker;
        using (var pool = manager.Pool(1))
        {
            worker = pool.Apply(static () => Environment.ProcessId);
        }

        TestKit.Await.Until("the worker is gone", () => !Directory.Exists($"/proc/{worker}"));
    }

    private static void UsePool(PoolProxy pool, ListProxy<int> sums)
    {
        using (pool)
        {
            sums.Append(pool.Map(static x => x * x, Enumerable.Range(0, 4)).Sum());
        }
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
