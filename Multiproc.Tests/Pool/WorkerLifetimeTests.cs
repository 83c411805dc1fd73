using Multiproc.TestKit;

namespace Multiproc.Tests.Pool;

/// <summary>How workers begin, how long they stay and how they leave. Numbers in comments are those of the conformance list.</summary>
public sealed class WorkerLifetimeTests
{
    private static int s_state;

    [Fact]
    public void Initializer_RunsOnceInEachWorkerBeforeItsTasks()
    {
        // PL-32
        using var ran = Mp.Value(0);
        using var pool = WithInitializer(ran, 41);
        pool.MapWithin(static _ => s_state, Enumerable.Range(0, 50), chunkSize: 1).ShouldAllBe(static state => state == 41);
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        ran.Value.ShouldBe(2);
        s_state.ShouldBe(0);
    }

    [Fact]
    public void State_OfAWorker_IsKeptBetweenTasks()
    {
        using var pool = Mp.Pool(1);
        pool.MapWithin(static _ => ++s_state, [0, 0]).ShouldBe([1, 2]);
        pool.Apply(static () => ++s_state).ShouldBe(3);
    }

    [Fact]
    public void Initializer_ThatThrows_BreaksThePoolWithItsError()
    {
        // PL-33, better than Python
        using var pool = Mp.Pool(1, new PoolOptions { StartAttempts = 2 }, initializer: static () => throw new FormatException("no such model"));
        var failure = pool.MapFailure(static x => x, [1]).ShouldBeOfType<ProcessStartException>();
        failure.Message.ShouldContain("FormatException: no such model");
        failure.ToString().ShouldContain(nameof(Initializer_ThatThrows_BreaksThePoolWithItsError));
        pool.ToString().ShouldContain("broken");
    }

    [Fact]
    public void Initializer_ThatCannotBeSent_IsRefusedAtOnce()
    {
        using var handle = new ManualResetEvent(initialState: false);
        Should.Throw<SerializationException>(() => Mp.Pool(1, initializer: () => handle.Set())).Message.ShouldContain("ManualResetEvent");
    }

    [Fact]
    public void Finalizer_RunsInWorkersThatLeaveInPeace()
    {
        using var said = Mp.Queue<int>();
        using (var pool = Mp.Pool(2, finalizer: () => said.Put(Environment.ProcessId)))
        {
            var pids = pool.WorkerPids;
            pool.Close();
            pool.Join(Bounded.Time).ShouldBeTrue();
            new[] { said.Get(Bounded.Time), said.Get(Bounded.Time) }.ShouldBe(pids, ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void MaxTasksPerChild_ReplacesWorkers(int chunkSize)
    {
        // PL-28
        using var pool = Mp.Pool(2, maxTasksPerChild: 10);
        int[] pids = pool.MapWithin(static _ => Environment.ProcessId, Enumerable.Range(0, 60), chunkSize);
        pids.GroupBy(static pid => pid).ShouldAllBe(static group => group.Count() <= 10);
        pids.Distinct().Count().ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public void MaxTasksPerChild_One_CloseBeforeTheWorkIsDone_DoesItAll()
    {
        // PL-29
        using var pool = Mp.Pool(2, maxTasksPerChild: 1);
        var all = Enumerable.Range(0, 6).Select(x => pool.ApplyAsync(static y => y, x)).ToList();
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        all.Select(static each => each.Get(TimeSpan.Zero)).ShouldBe(Enumerable.Range(0, 6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    // PL-30
    public void MaxTasksPerChild_NotPositive_IsRefused(int most) => Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, maxTasksPerChild: most));

    [Fact]
    public void MaxMemoryPerWorker_Exceeded_ReplacesTheWorkerAfterItsTask()
    {
        using var pool = Mp.Pool(1, new PoolOptions { MaxMemoryPerWorker = 1 });
        int[] pids = pool.MapWithin(static _ => Environment.ProcessId, Enumerable.Range(0, 4), chunkSize: 2);
        pids.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void MaxMemoryPerWorker_NotExceeded_KeepsTheWorker()
    {
        using var pool = Mp.Pool(1, new PoolOptions { MaxMemoryPerWorker = 1L << 40 });
        pool.MapWithin(static _ => Environment.ProcessId, Enumerable.Range(0, 20), chunkSize: 3).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Resize_UpAndDown_ChangesTheNumberOfWorkers()
    {
        using var pool = Mp.Pool(1);
        pool.Resize(3);
        Await.Until("three workers run", () => pool.WorkerPids.Count == 3);
        pool.Resize(1);
        Await.Until("one worker runs", () => pool.WorkerPids.Count == 1);
        pool.MapWithin(static x => x, [1, 2]).ShouldBe([1, 2]);
        pool.ToString().ShouldContain("1 workers");
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Resize(0));
        pool.Close();
        Should.Throw<InvalidOperationException>(() => pool.Resize(2));
        pool.Join(Bounded.Time).ShouldBeTrue();
    }

    [Fact]
    public void OnWorkerDeath_IsToldWhoAndWhy()
    {
        var deaths = new System.Collections.Concurrent.ConcurrentQueue<WorkerDeath>();
        using var pool = Mp.Pool(1, new PoolOptions { OnWorkerDeath = deaths.Enqueue });
        int pid = pool.WorkerPids.Single();
        var failure = pool.MapFailure(static x => x == 2 ? Exit() : x, Enumerable.Range(0, 4)).ShouldBeOfType<WorkerDiedException>();
        Await.Until("the death is told", () => !deaths.IsEmpty);
        deaths.TryDequeue(out var death).ShouldBeTrue();
        death.ShouldBe(new WorkerDeath("PoolWorker-1", pid, 7, 2, "farewell"));
        failure.LastStderr.ShouldBe("farewell");
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        deaths.ShouldBeEmpty("who was told to leave has not died");
    }

    [Fact]
    public void OnWorkerDeath_IsNotSentToChildren()
    {
        using var handle = new ManualResetEvent(initialState: false);
        var options = new PoolOptions { MaxInFlight = 3, OnWorkerDeath = _ => handle.Set() };
        Multiproc.Serialization.Serializer.Unpack<PoolOptions>(
            Multiproc.Serialization.Serializer.Pack(options)).ShouldBe(options with { OnWorkerDeath = null });
    }

    [Fact]
    public void Submit_RacingClose_EndsWithTheErrorOrTheResult()
    {
        for (int round = 0; round < 5; round++)
        {
            using var pool = Mp.Pool(1);
            pool.Apply(static () => 1);
            var closing = Task.Run(pool.Close);
            for (bool open = true; open;)
            {
                try
                {
                    var result = pool.ApplyAsync(static () => 2);
                    result.Wait(Bounded.Time).ShouldBeTrue("a job that meets Close ends");
                    open = result.Successful;
                }
                catch (InvalidOperationException refused)
                {
                    refused.Message.ShouldContain("Pool not running");
                    open = false;
                }
            }

            closing.Wait(Bounded.Time).ShouldBeTrue();
            pool.Join(Bounded.Time).ShouldBeTrue();
        }
    }

    // Methods of their own: a lambda beside another would share its closure with it.
    private static ProcessPool WithInitializer(SharedValue<int> ran, int argument) => Mp.Pool(2, initializer: () => Initialize(ran, argument));

    private static void Initialize(SharedValue<int> ran, int argument)
    {
        ran.Increment();
        s_state = argument;
    }

    private static int Exit()
    {
        Console.Error.WriteLine("farewell");
        Environment.Exit(7);
        return 0;
    }
}
