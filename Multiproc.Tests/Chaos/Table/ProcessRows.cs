using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>A worker, a peer, a parent, a manager dies.</summary>
internal static class ProcessRows
{
    private const int SigKill = 9;

    public static TimeSpan WorkerDuringATask()
    {
        using var pids = Mp.Queue<int>();
        using var pool = Mp.Pool(1);
        var lost = pool.ApplyAsync(Block, pids);
        int pid = pids.Get(InChild.Bound);
        long killed = Kill(pid);
        Should.Throw<WorkerDiedException>(() => lost.Get(InChild.Bound)).Pid.ShouldBe(pid);
        var time = Stopwatch.GetElapsedTime(killed);
        pool.ApplyAsync(static x => x + 1, 1).Get(InChild.Bound).ShouldBe(2);
        return time;
    }

    public static TimeSpan IdleWorker()
    {
        using var pool = Mp.Pool(1);
        pool.ApplyAsync(static x => x + 1, 1).Get(InChild.Bound).ShouldBe(2);
        long killed = Kill(pool.WorkerPids.Single());
        pool.ApplyAsync(static x => x + 1, 2).Get(InChild.Bound).ShouldBe(3);
        return Stopwatch.GetElapsedTime(killed);
    }

    public static TimeSpan PeerOfAPipe()
    {
        var (ours, theirs) = Mp.Pipe();
        using var first = ours;
        using var second = theirs;
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            second.Recv<int>();
        });
        second.Close();
        var other = OwnThread.Run(() => Should.Throw<EndOfStreamException>(() => first.Recv<int>(InChild.Bound)));
        doomed.Kill();
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        var time = doomed.SinceKill;
        Should.Throw<IOException>(() => first.Send(1));
        return time;
    }

    public static TimeSpan Parent()
    {
        using var pids = Mp.Queue<int>();
        using var doomed = Doomed.At(there =>
        {
            var child = Mp.Process(static told => { Block(told); }, pids);
            child.Start();
            there.Set();
        });
        int orphan = pids.Get(InChild.Bound);
        doomed.Kill();
        Await.Until($"the orphan {orphan} ends", () => Signals.State(orphan) is '-' or 'Z');
        return doomed.SinceKill;
    }

    public static TimeSpan ManagerServer()
    {
        using var manager = Mp.Manager();
        using var queue = manager.Queue<int>();
        using var waiting = new ManualResetEventSlim();
        var other = OwnThread.Run(() =>
        {
            waiting.Set();
            Should.Throw<ConnectionLostException>(() => queue.Get(InChild.Bound)).Message.ShouldContain($"process {manager.Pid}");
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the other one is about to wait");
        long killed = Kill(manager.Pid);
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        return Stopwatch.GetElapsedTime(killed);
    }

    private static int Block(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        Thread.CurrentThread.Join();
        return 0;
    }

    private static long Kill(int pid)
    {
        long killed = Stopwatch.GetTimestamp();
        Signals.Send(pid, SigKill);
        return killed;
    }
}
