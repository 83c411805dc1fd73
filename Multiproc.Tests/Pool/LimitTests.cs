using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Pool;

/// <summary>Retries, time limits, and cancellation that ends what runs.</summary>
public sealed class LimitTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(150);
    private static readonly TaskOptions s_idempotent = new() { Idempotent = true };

    [Fact]
    public void Idempotent_TaskWhoseWorkerDiesOnce_IsRunAgain()
    {
        using var deaths = Mp.Value(0);
        using var pool = Mp.Pool(2);
        int[] results = Bounded.Run("Map", () => MapDyingBelow(pool, deaths, 1, s_idempotent));
        results.ShouldBe(Enumerable.Range(0, 10));
        deaths.Value.ShouldBe(1);
    }

    [Fact]
    public void Idempotent_PoisonousTask_IsGivenUpAndTheOthersAreDone()
    {
        using var deaths = Mp.Value(0);
        using var pool = Mp.Pool(2, new PoolOptions { Retries = 1 });
        var failure = Bounded.Throws<WorkerDiedException>("Map", () => MapDyingBelow(pool, deaths, int.MaxValue, s_idempotent));
        failure.Deaths.ShouldBe(2);
        failure.TaskIndex.ShouldBe(4);
        failure.Message.ShouldContain("2 workers died while they ran it");
        deaths.Value.ShouldBe(2);
    }

    [Fact]
    public void NotIdempotent_TaskWhoseWorkerDies_IsNotRunAgain()
    {
        using var deaths = Mp.Value(0);
        using var pool = Mp.Pool(2);
        var failure = Bounded.Throws<WorkerDiedException>("Map", () => MapDyingBelow(pool, deaths, 1, null));
        failure.Argument.ShouldBe("4");
        failure.Signal.ShouldBeNull();
        deaths.Value.ShouldBe(1);
    }

    [Fact]
    public void Timeout_TaskThatTakesNoToken_IsEndedAndFailsAlone()
    {
        using var pool = Mp.Pool(2, new PoolOptions { TaskTimeout = s_short });
        using var results = pool.Imap(static x => x == 2 ? Block(x) : x, Enumerable.Range(0, 8));
        var values = new List<int>();
        for (int i = 0; i < 8; i++)
        {
            if (i == 2)
            {
                Should.Throw<MultiprocTimeoutException>(() => results.Next(Bounded.Time)).Message.ShouldContain("Task 2 (2)");
            }
            else
            {
                values.Add(results.Next(Bounded.Time));
            }
        }

        values.ShouldBe([0, 1, 3, 4, 5, 6, 7]);
    }

    [Fact]
    public void Timeout_TaskThatHeedsItsToken_KeepsItsWorker()
    {
        using var pool = Mp.Pool(1, new PoolOptions { StopGrace = Bounded.Time });
        int pid = pool.Apply(static () => Environment.ProcessId);
        Bounded.Throws<MultiprocTimeoutException>("Apply", () => pool.Apply(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 0;
            },
            options: new TaskOptions { Timeout = s_short })).Message.ShouldContain("its time was over");
        pool.Apply(static () => Environment.ProcessId).ShouldBe(pid);
    }

    [Fact]
    public void Timeout_QuickTasks_AreNotHarmed()
    {
        using var pool = Mp.Pool(2, new PoolOptions { TaskTimeout = Bounded.Time });
        pool.MapWithin(static x => x, Enumerable.Range(0, 500)).ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public void Timeout_OfNothing_IsRefused()
    {
        using var pool = Mp.Pool(1);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Apply(static () => 1, new TaskOptions { Timeout = TimeSpan.Zero }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { TaskTimeout = TimeSpan.Zero }));
    }

    [Fact]
    public void Cancellation_TaskThatHeedsItsToken_KeepsItsWorker()
    {
        using var began = Mp.Semaphore(0);
        using var ended = Mp.Event();
        using var pool = Mp.Pool(1, new PoolOptions { StopGrace = Bounded.Time });
        int pid = pool.Apply(static () => Environment.ProcessId);
        using var cancellation = new CancellationTokenSource();
        var result = UntilCancelled(pool, began, ended, cancellation.Token);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() => result.Get(Bounded.Time));
        ended.Wait(Bounded.Time).ShouldBeTrue("the token is cancelled in the worker");
        pool.Apply(static () => Environment.ProcessId).ShouldBe(pid);
    }

    [Fact]
    public void Cancellation_TaskThatBlocks_IsEndedAndOthersGoOn()
    {
        using var began = Mp.Semaphore(0);
        using var pool = Mp.Pool(2, new PoolOptions { StopGrace = TimeSpan.FromMilliseconds(50) });
        using var cancellation = new CancellationTokenSource();
        var blocked = MapBlocking(pool, began, cancellation.Token);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        began.Acquire(Bounded.Time).ShouldBeTrue();
        var others = pool.MapAsync(static x => x, Enumerable.Range(0, 20), chunkSize: 1);
        others.Ready.ShouldBeFalse("both workers are blocked");
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() => blocked.Get(Bounded.Time));
        others.Get(Bounded.Time).ShouldBe(Enumerable.Range(0, 20));
    }

    [Fact]
    public void Cancellation_OfACallWithCallbacks_CallsNone()
    {
        using var began = Mp.Semaphore(0);
        using var ended = Mp.Event();
        using var pool = Mp.Pool(1, new PoolOptions { StopGrace = Bounded.Time });
        using var cancellation = new CancellationTokenSource();
        int called = 0;
        var result = UntilCancelled(pool, began, ended, cancellation.Token, _ => called++, _ => called++);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        cancellation.Cancel();
        result.Wait(Bounded.Time).ShouldBeTrue();
        result.Successful.ShouldBeFalse();
        ended.Wait(Bounded.Time).ShouldBeTrue();
        pool.ApplyAsync(static () => 1, callback: static _ => { }).Get(Bounded.Time).ShouldBe(
            1, "callbacks come in order, so the other's would have come before");
        called.ShouldBe(0);
    }

    [Fact]
    public void Cancellation_BeforeTheCall_RunsNothing()
    {
        using var pool = Mp.Pool(1);
        using var ran = Mp.Value(0);
        Should.Throw<OperationCanceledException>(() => Count(pool, ran, new CancellationToken(canceled: true)));
        pool.Apply(static () => 1);
        ran.Value.ShouldBe(0);
    }

    [Fact]
    public void QuickWorkerThatMeetsASlowTask_GivesItsChunksToTheIdleOne()
    {
        using var gate = Mp.Event();
        using var pool = Mp.Pool(2);
        pool.MapWithin(static x => x, Enumerable.Range(0, 2000), chunkSize: 1);
        using var results = pool.ImapUnordered(x => x == 300 && !gate.Wait(Bounded.Time) ? -1 : x, Enumerable.Range(0, 1000));
        long begun = Stopwatch.GetTimestamp();
        var first = Bounded.Run("all but the blocked one", () => Enumerable.Range(0, 999).Select(_ => results.Next(Bounded.Time)).ToList());
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Promptly.Within(10));
        first.ShouldNotContain(300);
        gate.Set();
        results.Next(Bounded.Time).ShouldBe(300);
    }

    private static int[] MapDyingBelow(ProcessPool pool, SharedValue<int> deaths, int most, TaskOptions? options) => pool.Map(
        x =>
        {
            if (x == 4 && deaths.Value < most)
            {
                deaths.Increment();
                Environment.Exit(9);
            }

            return x;
        },
        Enumerable.Range(0, 10), chunkSize: 5, options: options);

    private static AsyncResult<int> UntilCancelled(
        ProcessPool pool, SharedSemaphore began, SharedEvent ended, CancellationToken cancellation, Action<int>? callback = null,
        Action<Exception>? errorCallback = null) => pool.ApplyAsync(
        token =>
        {
            began.Release();
            token.WaitHandle.WaitOne();
            ended.Set();
            return 0;
        },
        callback, errorCallback, cancellation: cancellation);

    private static AsyncResult<int[]> MapBlocking(ProcessPool pool, SharedSemaphore began, CancellationToken cancellation) => pool.MapAsync(
        x =>
        {
            began.Release();
            return Block(x);
        },
        Enumerable.Range(0, 100), chunkSize: 1, cancellation: cancellation);

    private static int Count(ProcessPool pool, SharedValue<int> ran, CancellationToken cancellation) =>
        pool.Apply(() => ran.Increment(), cancellation: cancellation);

    private static int Block(int x)
    {
        Thread.CurrentThread.Join();
        return x;
    }
}
