using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class PoolLifetimeTests
{
    private static readonly TimeSpan s_soon = Promptly.Within(5);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Size_NotPositive_IsRefused(int size) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(size)); // PL-14

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { StartAttempts = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { MaxInFlight = 0 }));
    }

    [Fact]
    public void Pool_OfThree_HasThreeWorkersNamedForIt()
    {
        // PL-14, PL-36, PL-37
        using var pool = Mp.Pool(3);
        pool.WorkerPids.Distinct().Count().ShouldBe(3);
        var mine = Mp.ActiveChildren().Where(child => pool.WorkerPids.Contains(child.Pid!.Value)).ToList();
        mine.Count.ShouldBe(3);
        mine.ShouldAllBe(child => child.Name.StartsWith("PoolWorker-", StringComparison.Ordinal) && child.Daemon);
        pool.ToString().ShouldBe("ProcessPool(3 workers, running)"); // PL-42
    }

    [Fact]
    public void Pool_OfDefaultSize_HasAWorkerForEachProcessor()
    {
        // PL-15
        using var pool = Mp.Pool();
        pool.WorkerPids.Count.ShouldBe(Mp.UsableCpuCount());
    }

    [Fact]
    public void Close_ThenJoin_LetsWorkFinishAndWorkersLeave()
    {
        // PL-19
        using var pool = Mp.Pool(2);
        var work = pool.MapAsync(static x => x * 2, Enumerable.Range(0, 500), chunkSize: 1);
        pool.Close();
        pool.Close();
        pool.ToString().ShouldContain("closed");
        Should.Throw<InvalidOperationException>(() => pool.Map(static x => x, [1])).Message.ShouldContain("Pool not running");
        Should.Throw<InvalidOperationException>(() => pool.ImapUnordered(static x => x, [1])).Message.ShouldContain("Pool not running");
        pool.Join(Bounded.Time).ShouldBeTrue();
        work.Within("work given before Close").ShouldBe(Enumerable.Range(0, 500).Select(static x => x * 2));
        pool.WorkerPids.ShouldBeEmpty();
    }

    [Fact]
    public void Close_OfAnIdlePool_EndsWorkersWithZero()
    {
        var pool = Mp.Pool(2);
        pool.MapWithin(static x => x, [1, 2]);
        var workers = Mp.ActiveChildren().Where(child => pool.WorkerPids.Contains(child.Pid!.Value)).ToList();
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        workers.Count.ShouldBe(2);
        workers.ShouldAllBe(worker => worker.ExitCode == 0);
        pool.Dispose();
    }

    [Fact]
    public void Close_WhenAWorkerDiesAfterwards_StillFinishesTheWork()
    {
        // PL-29: workers are replaced until the work is done
        using var pool = Mp.Pool(1);
        var results = pool.ImapUnordered(static x => x == 2 ? Die() : x, Enumerable.Range(0, 6));
        results.Next(Bounded.Time).ShouldBe(0);
        pool.Close();
        results.Next(Bounded.Time).ShouldBe(1);
        Should.Throw<WorkerDiedException>(() => results.Next(Bounded.Time));
        new[] { results.Next(Bounded.Time), results.Next(Bounded.Time), results.Next(Bounded.Time) }.Order().ShouldBe([3, 4, 5]);
        results.MoveNext().ShouldBeFalse();
        pool.Join(Bounded.Time).ShouldBeTrue();
    }

    [Fact]
    public void Join_BeforeClose_IsRefused()
    {
        // PL-18
        using var pool = Mp.Pool(1);
        Should.Throw<InvalidOperationException>(() => pool.Join()).Message.ShouldContain("still running");
    }

    [Fact]
    public void Join_WhileWorkIsGoingOn_TimesOut()
    {
        using var gate = Mp.Event();
        using var pool = Mp.Pool(1);
        var work = pool.MapAsync(x => gate.Wait(Bounded.Time) ? x : -1, [1]);
        pool.Close();
        pool.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        pool.Join(TimeSpan.Zero).ShouldBeFalse();
        gate.Set();
        pool.Join(Bounded.Time).ShouldBeTrue();
        work.Within("work given before Close").ShouldBe([1]);
    }

    [Fact]
    public async Task Terminate_InTheMiddleOfWork_EndsQuickly()
    {
        // PL-16
        using var began = Mp.Semaphore(0);
        var pool = Mp.Pool(2);
        var work = pool.MapAsync(_ => BlockAfter(began), Enumerable.Range(0, 10_000), chunkSize: 1);
        using var results = pool.ImapUnordered(static x => x, Enumerable.Range(0, 10_000));
        began.Acquire(Bounded.Time).ShouldBeTrue();
        long begun = Stopwatch.GetTimestamp();
        pool.Terminate();
        pool.Join(Bounded.Time).ShouldBeTrue();
        pool.Terminate();
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(s_soon);
        (await Should.ThrowAsync<InvalidOperationException>(work.WaitAsync(s_soon, TestContext.Current.CancellationToken))).Message.ShouldContain("terminated");
        Should.Throw<InvalidOperationException>(() => results.Next(s_soon)).Message.ShouldContain("terminated");
        pool.WorkerPids.ShouldBeEmpty();
        pool.ToString().ShouldContain("terminated");
        pool.Dispose();
    }

    [Fact]
    public async Task Dispose_Terminates_AndUseAfterwardsIsRefused()
    {
        // PL-17
        using var began = Mp.Semaphore(0);
        var pool = Mp.Pool(1);
        var work = pool.MapAsync(_ => BlockAfter(began), [1]);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        int pid = pool.WorkerPids.Single();
        Bounded.Run("Dispose", pool.Dispose);
        await Should.ThrowAsync<InvalidOperationException>(work);
        Mp.ActiveChildren().ShouldNotContain(child => child.Pid == pid);
        pool.MapFailure(static x => x, [1]).ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("Pool not running");
        pool.Dispose();
        await pool.DisposeAsync();
    }

    [Fact]
    public void Pool_InsideAWorker_IsRefused()
    {
        // PL-36
        using var pool = Mp.Pool(1);
        string message = pool.MapFailure(
            static x =>
            {
                using var inner = Mp.Pool(x);
                return x;
            },
            [1]).ShouldBeOfType<InvalidOperationException>().Message;
        message.ShouldContain("daemonic processes are not allowed to have children");
    }

    [Fact]
    public void Pool_InsideAnOrdinaryChild_Works()
    {
        // PL-36
        using var sums = Mp.Queue<int>();
        using var process = Mp.Process(SumInAPool, sums);
        process.Start();
        process.Join(Bounded.Time).ShouldBeTrue();
        sums.Get(Bounded.Time).ShouldBe(285);
    }

    [Fact]
    public void Pool_NeverClosed_DoesNotHoldUpTheEndOfItsProcess()
    {
        // PL-31
        using var pids = Mp.Queue<int>();
        using var process = Mp.Process(LeaveAPool, pids);
        process.Start();
        process.Join(Bounded.Time).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        int worker = pids.Get(Bounded.Time);
        Await.Until($"the worker {worker} of the ended process is gone", () => !Directory.Exists($"/proc/{worker}"), s_soon);
    }

    private static int BlockAfter(SharedSemaphore began)
    {
        began.Release();
        Thread.CurrentThread.Join();
        return 0;
    }

    private static int Die()
    {
        Environment.Exit(3);
        return 0;
    }

    private static void SumInAPool(SharedQueue<int> sums)
    {
        using var pool = Mp.Pool(2);
        sums.Put(pool.Map(static x => x * x, Enumerable.Range(0, 10)).Sum());
    }

    private static void LeaveAPool(SharedQueue<int> pids)
    {
        var pool = Mp.Pool(1);
        pids.Put(pool.Map(static _ => Environment.ProcessId, [1])[0]);
    }
}
