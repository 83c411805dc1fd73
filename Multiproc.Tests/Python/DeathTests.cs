using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>A Python process that is killed: what it held comes back, as the README's table says of processes.</summary>
public sealed class DeathTests : IDisposable
{
    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Lock_HolderIsKilled_NextTakerGetsItAbandoned(string? version)
    {
        var gate = _python.Offer("gate", _python.Manager.Lock());
        var recursive = _python.Offer("recursive", _python.Manager.RLock());
        var holder = Held(version, "m.gate().acquire(); r = m.recursive(); r.acquire(); r.acquire()");
        gate.TryAcquire().ShouldBeFalse();
        holder.Kill();
        gate.Acquire(InChild.Bound).ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        gate.Release();
        recursive.Acquire(InChild.Bound).ShouldBeTrue();
        recursive.Release();
        _python.Run(version, "assert m.gate().acquire(True, 60) and m.recursive().acquire(True, 60)");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Lock_HolderIsKilled_WaitingPythonGetsIt(string? version)
    {
        _python.Offer("gate", _python.Manager.Lock());
        var holder = Held(version, "m.gate().acquire()");
        var waiter = _python.Start(version, "gate = m.gate()\nassert not gate.acquire(False)\nsay('waits')\nassert gate.acquire(True, 60)\ngate.release()");
        waiter.StandardOutput.ReadLine().ShouldBe("waits");
        holder.Kill();
        waiter.ShouldEnd();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Lock_HeldByCSharpChildThatIsKilled_PythonGetsIt(string? version)
    {
        var gate = _python.Offer("gate", _python.Manager.Lock());
        using var held = Mp.Event();
        using var child = Mp.Process(static (gate, held) =>
        {
            gate.Acquire();
            held.Set();
            held.Clear();
            held.Wait();
        }, gate, held);
        child.Start();
        held.Wait(InChild.Bound).ShouldBeTrue();
        var waiter = _python.Start(version, "gate = m.gate()\nsay('waits')\nassert gate.acquire(True, 60)");
        waiter.StandardOutput.ReadLine().ShouldBe("waits");
        child.KillAndJoin();
        waiter.ShouldEnd();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Semaphore_HolderIsKilled_PermitsComeBack(string? version)
    {
        var permits = _python.Offer("permits", _python.Manager.Semaphore(2));
        var holder = Held(version, "s = m.permits(); s.acquire(); s.acquire()");
        permits.TryAcquire().ShouldBeFalse();
        holder.Kill();
        permits.Acquire(InChild.Bound).ShouldBeTrue();
        permits.Acquire(InChild.Bound).ShouldBeTrue();
        permits.TryAcquire().ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Semaphore_ThreadsOfOneProcess_ReleaseEachOthersPermits(string? version)
    {
        var permits = _python.Offer("permits", _python.Manager.BoundedSemaphore(1));
        _python.Run(version, """
            s = m.permits()
            for release in [s.release] * 3:
                for step in (s.acquire, release):
                    t = threading.Thread(target=step); t.start(); t.join()
            """);
        permits.Value.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void JoinableQueue_WorkerIsKilled_ItemGoesBackToTheHead(string? version)
    {
        var jobs = _python.Offer("jobs", _python.Manager.JoinableQueue<string>());
        jobs.PutMany(["first", "second"]);
        var worker = Held(version, "same(m.jobs().get(), 'first')");
        jobs.QSize().ShouldBe(1);
        worker.Kill();
        Await.Until("the item of the killed worker is back", () => jobs.QSize() == 2);
        jobs.Get(InChild.Bound).ShouldBe("first");
        jobs.TaskDone();
        _python.Run(version, "q = m.jobs(); same(q.get(), 'second'); q.task_done(); q.join()");
        jobs.Join(InChild.Bound).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Queue_GetterIsKilledWhileItWaits_LosesNoItem(string? version)
    {
        var queue = _python.Offer("jobs", _python.Manager.Queue<int>());
        var getter = _python.Start(version, "q = m.jobs(); q.qsize(); say('waits'); q.get()");
        getter.StandardOutput.ReadLine().ShouldBe("waits");
        getter.Kill();
        Await.Until("its connection is gone", () => _python.Server.Connections == 0);
        queue.PutMany([1, 2]);
        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Queue_ClientDiesWithTheAnswerUnread_ItemGoesBackToItsPlace(string? version)
    {
        var queue = _python.Offer("jobs", _python.Manager.Queue<int>());
        queue.PutMany([1, 2]);
        var getter = Held(version, """
            from multiprocessing.connection import Client
            q = m.jobs()
            connection = Client(address, authkey=key)
            connection.send((None, 'accept_connection', ('raw',), {})); same(connection.recv()[0], '#RETURN')
            connection.send((q._token.id, 'get', (), {}))
            while not connection.poll(1):
                pass
            """);
        queue.QSize().ShouldBe(1);
        getter.Kill();
        Await.Until("the unread item is back", () => queue.QSize() == 2);
        queue.Get(InChild.Bound).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Queue_ClientDiesAfterItRead_ItemIsGone(string? version)
    {
        var queue = _python.Offer("jobs", _python.Manager.Queue<int>());
        queue.PutMany([1, 2]);
        var getter = Held(version, "same(m.jobs().get(), 1)");
        getter.Kill();
        Await.Until("its connection is gone", () => _python.Server.Connections == 0);
        queue.Get(InChild.Bound).ShouldBe(2);
        queue.TryGet(out _).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Barrier_PartyIsKilledWhileItWaits_Breaks(string? version)
    {
        var barrier = _python.Offer("barrier", _python.Manager.Barrier(2));
        var party = _python.Start(version, "m.barrier().wait()");
        Await.Until("the party waits", () => barrier.Waiting == 1);
        party.Kill();
        Await.Until("the barrier is broken", () => barrier.Broken);
        _python.Run(version, "raises(threading.BrokenBarrierError, m.barrier().wait)");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Condition_WaiterIsKilled_OthersAreNotified(string? version)
    {
        var changed = _python.Offer("changed", _python.Manager.Condition());
        const string Waiter = "c = m.changed()\nc.acquire()\nsay('waits')\nassert c.wait(60)\nc.release()";
        var dies = _python.Start(version, Waiter);
        dies.StandardOutput.ReadLine().ShouldBe("waits");
        var lives = _python.Start(version, Waiter);
        lives.StandardOutput.ReadLine().ShouldBe("waits");
        dies.Kill();
        Await.Until("the connection of the killed waiter is gone", () => _python.Server.Connections == 1);
        while (!lives.HasExited)
        {
            using (changed.Hold())
            {
                changed.Notify();
            }
        }

        lives.ShouldEnd();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Manager_Ends_PythonGetsAnError(string? version)
    {
        var waiter = _python.Start(version, """
            q = m.Queue(); q.qsize(); say('waits')
            raises((EOFError, ConnectionError), q.get)
            os._exit(0)
            """);
        waiter.StandardOutput.ReadLine().ShouldBe("waits");
        _python.Manager.Shutdown();
        waiter.ShouldEnd();
    }

    private Process Held(string? version, string program)
    {
        var process = _python.Start(version, $"{program}\nsay('held')\nhear()");
        string? line = process.StandardOutput.ReadLine();
        if (line != "held")
        {
            process.ShouldEnd();
        }

        line.ShouldBe("held");
        return process;
    }
}
