using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Pool;

/// <summary>Workers that die, and what becomes of the tasks. Numbers in comments are those of the conformance list.</summary>
public sealed class WorkerDeathTests : IDisposable
{
    private readonly ProcessPool _pool = Mp.Pool(2);

    public void Dispose() => _pool.Dispose();

    public static TheoryData<string, Func<int, int>, int> WaysToDie => new()
    {
        { "FailFast", FailFast, -6 },
        { "Exit", static _ => Exit(7), 7 },
        { "Exit with 0", static _ => Exit(0), 0 },
        { "SIGKILL", Kill, -9 },
    };

    [Theory]
    [MemberData(nameof(WaysToDie), DisableDiscoveryEnumeration = true)]
    public void DeathDuringATask_FailsThatTaskAlone(string way, Func<int, int> die, int exitCode)
    {
        // PL-35, better than Python
        const int deadly = 25;
        using var ran = Mp.Array<int>(60);
        using var pids = Mp.Queue<int>();
        var before = Resolved();
        var failure = _pool.MapFailure(
            x =>
            {
                ran[x]++;
                if (x == deadly)
                {
                    pids.Put(Environment.ProcessId);
                    Console.Error.WriteLine("these are my last words");
                    die(x);
                }

                return x;
            },
            Enumerable.Range(0, 60), chunkSize: 6).ShouldBeOfType<WorkerDiedException>(way);
        failure.TaskIndex.ShouldBe(deadly);
        failure.ExitCode.ShouldBe(exitCode);
        failure.Pid.ShouldBe(pids.Get(Bounded.Time));
        before.ShouldContain(failure.Pid);
        failure.LastStderr.ShouldContain("these are my last words");
        failure.Message.ShouldContain($"{failure.Pid}");
        failure.Message.ShouldContain($"task {deadly}");
        ran.ToArray().ShouldBe(Enumerable.Repeat(1, 60));
        Resolved().ShouldNotContain(failure.Pid);
        _pool.MapWithin(static x => -x, [1, 2, 3]).ShouldBe([-1, -2, -3]);
    }

    [Fact]
    public void SeveralDeaths_OfOneJob_CostTheirTasksOnly()
    {
        var results = _pool.ImapUnordered(static x => x % 5 == 3 ? Kill(x) : x, Enumerable.Range(0, 20));
        var values = new List<int>();
        var lost = new List<long>();
        for (int i = 0; i < 20; i++)
        {
            try
            {
                values.Add(results.Next(Bounded.Time));
            }
            catch (WorkerDiedException died)
            {
                lost.Add(died.TaskIndex);
                died.ExitCode.ShouldBe(-9);
            }
        }

        results.MoveNext().ShouldBeFalse();
        lost.Order().ShouldBe([3L, 8, 13, 18]);
        values.Order().ShouldBe(Enumerable.Range(0, 20).Where(static x => x % 5 != 3));
    }

    [Fact]
    public void DeathDuringATask_OfAnotherJob_IsNotNoticed()
    {
        var other = _pool.MapAsync(static x => x, Enumerable.Range(0, 100));
        _pool.MapFailure(Kill, [1]).ShouldBeOfType<WorkerDiedException>();
        other.Within("the other Map").ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public void IdleWorkerKilled_IsReplacedAndNobodyNotices()
    {
        var before = Resolved();
        KillFromOutside(before[0]);
        Await.Until("the killed worker is replaced", () => _pool.WorkerPids.Count == 2 && !_pool.WorkerPids.Contains(before[0]));
        _pool.WorkerPids.ShouldContain(before[1]);
        _pool.MapWithin(static x => x + 1, Enumerable.Range(0, 50)).ShouldBe(Enumerable.Range(1, 50));
    }

    [Fact]
    public void IdleWorkersKilled_RightBeforeAMap_CostNothing()
    {
        for (int round = 0; round < 5; round++)
        {
            Resolved().ForEach(KillFromOutside);
            _pool.MapWithin(static x => x + 1, Enumerable.Range(0, 50), chunkSize: 1).ShouldBe(Enumerable.Range(1, 50));
        }
    }

    [Fact]
    public void WorkerKilledFromOutside_InTheMiddleOfATask_FailsItAtOnce()
    {
        using var pids = Mp.Queue<int>();
        using var results = _pool.ImapUnordered(_ => BlockFor(pids), [0]);
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
        int pid = pids.Get(Bounded.Time);
        long killed = Stopwatch.GetTimestamp();
        KillFromOutside(pid);
        var failure = Should.Throw<WorkerDiedException>(() => results.Next(Bounded.Time));
        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(Promptly.Within(0.5));
        failure.Pid.ShouldBe(pid);
        failure.TaskIndex.ShouldBe(0);
        failure.LastStderr.ShouldBeEmpty();
    }

    [Fact]
    public void LockHeldByADeadWorker_ComesBack()
    {
        using var gate = Mp.Lock();
        _pool.MapFailure(
            x =>
            {
                gate.Acquire();
                return Kill(x);
            },
            [1]).ShouldBeOfType<WorkerDiedException>();
        gate.Acquire(Bounded.Time).ShouldBeTrue();
    }

    /// <summary>The workers' pids, when both have shown that they are ready.</summary>
    private List<int> Resolved()
    {
        Await.Until("two workers run", () => _pool.WorkerPids.Count == 2);
        return Meet(_pool);
    }

    private static List<int> Meet(ProcessPool pool)
    {
        using var meeting = Mp.Semaphore(0);
        using var release = Mp.Event();
        var both = pool.MapAsync(
            x =>
            {
                meeting.Release();
                return release.Wait(Bounded.Time) ? Environment.ProcessId : -x;
            },
            [1, 2], chunkSize: 1);
        meeting.Acquire(Bounded.Time).ShouldBeTrue();
        meeting.Acquire(Bounded.Time).ShouldBeTrue("the second worker takes a task while the first is busy");
        release.Set();
        return [.. both.Within("both workers")];
    }

    private static int FailFast(int task)
    {
        Environment.FailFast($"task {task} gives up");
        return task;
    }

    private static int Exit(int code)
    {
        Environment.Exit(code);
        return code;
    }

    private static int Kill(int task)
    {
        KillFromOutside(Environment.ProcessId);
        Thread.CurrentThread.Join();
        return task;
    }

    private static int BlockFor(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        Thread.CurrentThread.Join();
        return 0;
    }

    private static void KillFromOutside(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }
}
