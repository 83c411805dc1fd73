using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>Start, shutdown and death of a manager's process. Numbers in comments are those of the conformance list.</summary>
public sealed class ManagerLifetimeTests
{
    private static readonly TimeSpan s_soon = Promptly.Within(5);

    [Fact]
    public void Manager_IsAChildThatShutdownEnds()
    {
        // M-01, M-04, M-27
        var manager = Mp.Manager();
        int pid = manager.Pid;
        pid.ShouldNotBe(Environment.ProcessId);
        var child = Mp.ActiveChildren().Single(each => each.Pid == pid);
        child.Name.ShouldStartWith("SyncManager-");
        child.Daemon.ShouldBeFalse();
        var exited = child.Exited;
        manager.Dictionary<string, int>()["a"] = 1;
        manager.Shutdown();
        exited.IsCompleted.ShouldBeTrue();
        exited.Result.ShouldBe(0);
        manager.Shutdown();
        manager.Dispose();
    }

    [Fact]
    public async Task UseAfterShutdown_IsRefused()
    {
        // M-03, M-21
        var manager = Mp.Manager();
        var dictionary = manager.Dictionary<string, int>();
        var queue = manager.Queue<int>();
        await manager.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => manager.Dictionary<string, int>());
        Should.Throw<ObjectDisposedException>(() => manager.Queue<int>());
        Should.Throw<ConnectionLostException>(() => dictionary["a"]);
        Should.Throw<ConnectionLostException>(() => queue.Put(1));
        Should.Throw<ConnectionLostException>(() => queue.Get(s_soon));
    }

    [Fact]
    public void QueueOptions_OutOfRange_AreRefused()
    {
        using var manager = Mp.Manager();
        Should.Throw<ArgumentOutOfRangeException>(() => manager.Queue<int>(new SharedQueueOptions { MaxRedeliveries = -1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => manager.JoinableQueue<int>(new SharedQueueOptions { MaxRedeliveries = -1 }));
    }

    [Fact]
    public void ServerKilled_FailsEveryBlockedCallerAtOnceAndNamesTheManager()
    {
        using var manager = Mp.Manager();
        var queue = manager.Queue<int>();
        var full = manager.Queue<int>(1);
        full.Put(1);
        string name = $"process {manager.Pid}";
        Task[] waiting = [Blocked(() => queue.Get()), Blocked(() => queue.Get(TimeSpan.FromMinutes(5))), Blocked(() => full.Put(2)), queue.GetAsync().AsTask()];

        // Nothing here tells that a call has come to wait there; one that has not is failed all the same.
        Task.WaitAny(waiting, TimeSpan.FromMilliseconds(100)).ShouldBe(-1, "all of them wait");
        long killed = Stopwatch.GetTimestamp();
        Kill(manager.Pid);
        foreach (var caller in waiting)
        {
            var lost = Should.Throw<ConnectionLostException>(() => caller.WaitAsync(s_soon).GetAwaiter().GetResult());
            lost.Message.ShouldContain(name);
        }

        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(s_soon);
        Should.Throw<ConnectionLostException>(() => queue.Put(1)).Message.ShouldContain(name);
        Should.Throw<ConnectionLostException>(() => manager.Dictionary<int, int>()).Message.ShouldContain(name);
        manager.Shutdown();
    }

    [Fact]
    public void ServerKilled_FailsBlockedChildrenToo()
    {
        using var manager = Mp.Manager();
        using var told = Mp.Queue<string>();
        using var child = Mp.Process(ReportLoss, manager.Queue<int>(), told);
        child.Start();
        told.Get(ManagerFixture.Bound).ShouldBe("waiting");
        Kill(manager.Pid);
        told.Get(s_soon).ShouldContain($"{nameof(ConnectionLostException)}");
        child.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Shutdown_OfAServerThatDoesNotAnswer_EndsItByForce()
    {
        // M-04
        var manager = Mp.Manager();
        var exited = Mp.ActiveChildren().Single(each => each.Pid == manager.Pid).Exited;
        Signals.Freeze(manager.Pid);
        Task.Run(manager.Shutdown).Wait(s_soon).ShouldBeTrue("Shutdown returns");
        exited.Result.ShouldBe(-9);
    }

    [Fact]
    public void TwoManagers_HaveObjectsOfTheirOwn()
    {
        using var one = Mp.Manager();
        using var other = Mp.Manager();
        var first = one.Dictionary<string, int>();
        var second = other.Dictionary<string, int>();
        first["a"] = 1;
        second.ContainsKey("a").ShouldBeFalse();
        one.Shutdown();
        second["a"] = 2;
        second["a"].ShouldBe(2);
    }

    [Fact]
    public void Manager_NeverShutDown_EndsWithItsParent()
    {
        // M-06
        using var pids = Mp.Queue<int>();
        using var parent = Mp.Process(LeaveAManager, pids);
        parent.Start();
        parent.Join(ManagerFixture.Bound).ShouldBeTrue();
        parent.ExitCode.ShouldBe(0);
        int server = pids.Get(ManagerFixture.Bound);
        TestKit.Await.Until($"the server {server} of the ended process is gone", () => !Directory.Exists($"/proc/{server}"), s_soon);
    }

    private static Task Blocked(Action call) =>
        Task.Factory.StartNew(call, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void ReportLoss(SharedQueue<int> queue, SharedQueue<string> told)
    {
        queue.QSize();
        told.Put("waiting");
        try
        {
            queue.Get();
        }
        catch (Exception failure)
        {
            told.Put(failure.ToString());
        }
    }

    private static void LeaveAManager(SharedQueue<int> pids) => pids.Put(Mp.Manager().Pid);

    private static void Kill(int pid) => Signals.Send(pid, Signals.Kill);
}
