namespace Multiproc.Tests.Pool;

/// <summary>Several tasks of asynchronous functions at the same time in one worker.</summary>
public sealed class ConcurrentTaskTests
{
    private static readonly PoolOptions s_four = new() { ConcurrentTasksPerWorker = 4 };

    [Fact]
    public void Map_FourAtOnce_AllFourMeetInOneProcess()
    {
        using var pool = Mp.Pool(1, s_four);
        using var barrier = Mp.Barrier(4);
        Meet(pool, barrier).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void ApplyAsync_FourCalls_AllFourMeet()
    {
        using var pool = Mp.Pool(1, s_four);
        using var barrier = Mp.Barrier(4);
        var running = Enumerable.Range(0, 4).Select(_ => MeetOnce(pool, barrier)).ToList();
        running.Select(each => each.Within("they meet")).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Map_ManyTasks_AtMostFourAtOnceAndEachOnce()
    {
        using var pool = Mp.Pool(2, s_four);
        using var running = Mp.Value(0);
        using var most = Mp.Value(0);
        using var ran = Mp.Array<int>(300);
        CountMost(pool, running, most, ran).ShouldBe(Enumerable.Range(0, 300).Select(static x => 2 * x));
        most.Value.ShouldBeInRange(2, 8);
        ran.ToArray().ShouldBe(Enumerable.Repeat(1, 300));
    }

    [Fact]
    public void Apply_SynchronousFunction_RunsBesideThem()
    {
        using var pool = Mp.Pool(1, s_four);
        using var go = Mp.Event();
        var waiting = WaitFor(pool, go);
        pool.ApplyAsync(static x => x + 1, 1).Within("a synchronous call while another task waits").ShouldBe(2);
        go.Set();
        waiting.Within("the task that waited").ShouldBe(1);
    }

    [Fact]
    public void Dies_SeveralAtOnce_EachCallerIsTold()
    {
        using var pool = Mp.Pool(1, s_four);
        using var barrier = Mp.Barrier(3);
        var waiting = new[] { Die(pool, barrier, false), Die(pool, barrier, false), Die(pool, barrier, true) };
        foreach (var each in waiting)
        {
            Should.Throw<WorkerDiedException>(() => each.Within("the death is told"));
        }

        Bounded.Run("Apply", () => ApplyTo(pool)).ShouldBe(4);
    }

    [Fact]
    public void Dies_Idempotent_RunsAgain()
    {
        using var pool = Mp.Pool(1, s_four);
        using var tries = Mp.Value(0);
        using var other = Mp.Value(0);
        var deadly = DieOnce(pool, tries);
        var beside = DieOnce(pool, other);
        deadly.Within("the one that killed its worker").ShouldBeGreaterThan(1);
        beside.Within("the other").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void TaskTimeout_OneOfSeveral_TimesOutAndTheOthersGoOn()
    {
        using var pool = Mp.Pool(1, s_four);
        using var go = Mp.Event();
        var patient = WaitFor(pool, go);
        var late = pool.ApplyAsync(static async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 1;
        }, options: new TaskOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        Should.Throw<MultiprocTimeoutException>(() => late.Within("its time is over"));
        go.Set();
        patient.Within("the one without a limit").ShouldBe(1);
    }

    [Fact]
    public void TaskTimeout_TaskThatIgnoresIt_EndsTheWorkerAndIsNamed()
    {
        using var pool = Mp.Pool(1, s_four with { StopGrace = TimeSpan.FromMilliseconds(100) });
        var late = pool.ApplyAsync(
            static async () =>
            {
                await Task.Delay(Timeout.Infinite);
                return 1;
            },
            options: new TaskOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        Should.Throw<MultiprocTimeoutException>(() => late.Within("its time is over"));
        Bounded.Run("Apply", () => ApplyTo(pool)).ShouldBe(4);
    }

    [Fact]
    public void Cancel_OneOfSeveral_CancelsItsTokenAlone()
    {
        using var pool = Mp.Pool(1, s_four);
        using var go = Mp.Event();
        using var begun = Mp.Event();
        using var source = new CancellationTokenSource();
        var patient = WaitFor(pool, go);
        var cancelled = Begin(pool, begun, source.Token);
        begun.Wait(Bounded.Time).ShouldBeTrue("it runs");
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => cancelled.Get(Bounded.Time));
        go.Set();
        patient.Within("the other one").ShouldBe(1);
        Bounded.Run("Apply", () => ApplyTo(pool)).ShouldBe(4);
    }

    [Fact]
    public void MaxTasksPerChild_CountsThem()
    {
        using var pool = Mp.Pool(1, s_four, maxTasksPerChild: 3);
        Bounded.Run("Map", () => PidsOf(pool, 12)).GroupBy(static pid => pid).ShouldAllBe(static worker => worker.Count() <= 3);
    }

    [Fact]
    public void MaxMemoryPerWorker_Exceeded_IsReplacedWhenItsTasksHaveEnded()
    {
        using var pool = Mp.Pool(1, s_four with { MaxMemoryPerWorker = 1 });
        Bounded.Run("Map", () => PidsOf(pool, 12)).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Imap_OrderedAndUnsendableInputs()
    {
        using var pool = Mp.Pool(2, s_four);
        Bounded.Run("Imap", () => Squares(pool)).ShouldBe(Enumerable.Range(0, 100).Select(static x => x * x));
        Should.Throw<SerializationException>(() =>
            pool.ApplyAsync(static async (object x) => await Task.FromResult(1), new MemoryStreamHolder()).Within("it fails"));
        Should.Throw<SerializationException>(() => pool.ApplyAsync(static async () => await Task.FromResult(new MemoryStreamHolder())).Within("it fails"));
    }

    [Fact]
    public void Pool_Threads_TheSame()
    {
        using var pool = Mp.GetContext(StartMethod.InProcess).Pool(1, s_four);
        using var barrier = Mp.Barrier(4);
        Meet(pool, barrier).Length.ShouldBe(4);
    }

    [Fact]
    public void Dispose_TasksRun_Ends()
    {
        var pool = Mp.Pool(1, s_four);
        using var begun = Mp.Event();
        var running = Begin(pool, begun, CancellationToken.None);
        begun.Wait(Bounded.Time).ShouldBeTrue("it runs");
        Bounded.Run("Dispose", pool.Dispose);
        Should.Throw<InvalidOperationException>(() => running.Within("the caller is told"));
    }

    [Fact]
    public void Validate_LessThanOne_IsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(static () => Mp.Pool(1, new PoolOptions { ConcurrentTasksPerWorker = 0 }));

    private static int[] Meet(ProcessPool pool, SharedBarrier barrier) => Bounded.Run("Map", () => MeetIn(pool, barrier));

    private static int[] MeetIn(ProcessPool pool, SharedBarrier barrier) => pool.Map(
        async _ =>
        {
            await barrier.WaitAsync(Bounded.Time);
            return Environment.ProcessId;
        },
        Enumerable.Range(0, 4));

    private static AsyncResult<int> MeetOnce(ProcessPool pool, SharedBarrier barrier) => pool.ApplyAsync(async () =>
    {
        await barrier.WaitAsync(Bounded.Time);
        return Environment.ProcessId;
    });

    private static int[] CountMost(ProcessPool pool, SharedValue<int> running, SharedValue<int> most, SharedArray<int> ran) =>
        Bounded.Run("Map", () => CountIn(pool, running, most, ran));

    private static int[] CountIn(ProcessPool pool, SharedValue<int> running, SharedValue<int> most, SharedArray<int> ran) => pool.Map(
        async x =>
        {
            int now = running.Add(1);
            lock (most)
            {
                most.Value = Math.Max(most.Value, now);
            }

            ran[x]++;
            await Task.Delay(1);
            running.Add(-1);
            return 2 * x;
        },
        Enumerable.Range(0, 300));

    private static AsyncResult<int> WaitFor(ProcessPool pool, SharedEvent go) => pool.ApplyAsync(async () =>
    {
        await go.WaitAsync(Bounded.Time);
        return 1;
    });

    private static AsyncResult<int> Die(ProcessPool pool, SharedBarrier barrier, bool kill) => pool.ApplyAsync(async () =>
    {
        await barrier.WaitAsync(Bounded.Time);
        if (kill)
        {
            Environment.FailFast("on purpose");
        }

        await Task.Delay(Timeout.Infinite);
        return 1;
    });

    private static AsyncResult<int> DieOnce(ProcessPool pool, SharedValue<int> tries) => pool.ApplyAsync(
        async () =>
        {
            int now = tries.Add(1);
            await Task.Yield();
            if (now == 1)
            {
                Environment.FailFast("on purpose");
            }

            return now;
        },
        options: new TaskOptions { Idempotent = true });

    private static AsyncResult<int> Begin(ProcessPool pool, SharedEvent begun, CancellationToken cancellation) => pool.ApplyAsync(
        async token =>
        {
            begun.Set();
            await Task.Delay(Timeout.Infinite, token);
            return 1;
        },
        cancellation: cancellation);

    private static int ApplyTo(ProcessPool pool) => pool.Apply(static async x => await Task.FromResult(x * x), 2);

    private static int[] PidsOf(ProcessPool pool, int count) =>
        pool.Map(static async _ => await Task.FromResult(Environment.ProcessId), Enumerable.Range(0, count));

    private static List<int> Squares(ProcessPool pool) => pool.Imap(
        static async x =>
        {
            await Task.Delay(x % 3);
            return x * x;
        },
        Enumerable.Range(0, 100)).ToList();

    private sealed class MemoryStreamHolder
    {
        public Thread Unsendable { get; } = Thread.CurrentThread;
    }
}
