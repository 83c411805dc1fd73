using System.Runtime.CompilerServices;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>Proxies by themselves: threads, copies, keys, late ends. Numbers in comments are those of the conformance list.</summary>
public sealed class ProxyTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public void Threads_OfOneProcess_DoNotBlockEachOther()
    {
        // PX-02, T-21
        var queue = _manager.Queue<int>();
        var list = _manager.List<int>();
        var blocked = Task.Factory.StartNew(
            () => queue.Get(ManagerFixture.Bound), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var threads = Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(
            () =>
            {
                for (int k = 0; k < 50; k++)
                {
                    list.Append(i);
                }
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(threads, ManagerFixture.Bound).ShouldBeTrue("the others go on while one waits");
        blocked.IsCompleted.ShouldBeFalse();
        list.Count.ShouldBe(200);
        queue.Put(7);
        blocked.Wait(ManagerFixture.Bound, TestContext.Current.CancellationToken).ShouldBeTrue();
        blocked.Result.ShouldBe(7);
    }

    [Fact]
    public void GetValue_IsACopyOfTheReferent()
    {
        // PX-04, PX-13
        var inner = _manager.List([1]);
        var list = _manager.List([inner]);
        var copy = list.GetValue();
        copy.Add(inner);
        list.Count.ShouldBe(1);
        copy[0].Append(2);
        inner.GetValue().ShouldBe([1, 2], "what is shared inside a copy is still shared");
        var plain = _manager.Dictionary<string, List<int>>([new("a", [1])]);
        var all = plain.GetValue();
        all["a"].Add(2);
        plain["a"].ShouldBe([1]);
    }

    [Fact]
    public void Proxy_DisposedAfterItsManager_IsQuiet()
    {
        // PX-10
        var manager = Mp.Manager();
        var list = manager.List([1]);
        MakeAndForget(manager);
        manager.Shutdown();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        list.Dispose();
        list.Dispose();
        list.ToString().ShouldContain("cannot be read");
    }

    [Fact]
    public void Proxy_InAStartingChild_HoldsItsObject()
    {
        // PX-11: there the parent must keep its own proxy; here the child counts from the start
        using var manager = new SyncManager { ReferenceLease = TimeSpan.FromMilliseconds(600) };
        manager.Start();
        var list = manager.List([1]);
        using var go = Mp.Event();
        using var child = Mp.Process(AppendLater, list, go);
        child.Start();
        list.Dispose();
        for (int i = 0; i < 2; i++)
        {
            manager.Value("passing").Dispose();
            TestKit.Await.Until("a lease has passed", () => manager.DebugInfo().All(static each => each.Kind != "value"));
        }

        go.Set();
        child.Join(ManagerFixture.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void SentProxy_DoesNotCarryTheKey()
    {
        // PX-15, M-22
        var list = _manager.List([1]);
        var sent = Serializer.Pack(list).Bytes.Span;
        sent.IndexOf(ProcessKey.Current.Bytes.Span).ShouldBe(-1);
        using var told = Mp.Queue<string>();
        using var stranger = Mp.Process(TellCount, list, told);
        stranger.AuthKey = new byte[] { 1, 2, 3 };
        stranger.Start();
        told.Get(ManagerFixture.Bound).ShouldBe("1", "the nodes of a program know each other, whatever keys its processes are given");
        stranger.Join(ManagerFixture.Bound).ShouldBeTrue();
        using var relative = Mp.Process(TellCount, list, told);
        relative.Start();
        told.Get(ManagerFixture.Bound).ShouldBe("1", "by default all processes of a program have one key");
        relative.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void ProxyOfAManagerWithAKeyOfItsOwn_WorksInChildren()
    {
        // PX-15: the key goes to children at their start, and with no proxy.
        byte[] key = [.. Enumerable.Range(7, 32).Select(static i => (byte)i)];
        using var manager = new SyncManager(authKey: key);
        manager.Start();
        var list = manager.List<int>();
        Serializer.Pack(list).Bytes.Span.IndexOf(key).ShouldBe(-1);
        ManagerFixture.Run(Mp.Process(AppendInAChildOfItsOwn, list));
        using (var warm = Mp.GetContext(StartMethod.ForkServer).Process(static given => given.Add(3), list))
        {
            ManagerFixture.Run(warm);
        }

        using (var pool = Mp.Pool(1))
        {
            pool.Apply(static given => given.Count, list).ShouldBe(3);
        }

        // A server of another manager is a child, too.
        using var other = Mp.Manager();
        var outer = other.List([list]);
        outer.Update(0, static inner => inner.Add(4));
        list.ShouldBe([1, 2, 3, 4]);
        using var told = Mp.Queue<string>();
        using var stranger = Mp.Process(TellCount, list, told);
        stranger.AuthKey = new byte[] { 1, 2, 3 };
        stranger.Start();
        told.Get(ManagerFixture.Bound).ShouldBe("4", "a child with a key of its own is of the program all the same");
        stranger.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    private static void AppendInAChildOfItsOwn(ListProxy<int> list)
    {
        list.Add(1);
        ManagerFixture.Run(Mp.Process(static given => given.Add(2), list));
    }

    [Fact]
    public void FailedCall_DoesNotKeepItsException()
    {
        // PX-17
        var dictionary = _manager.Dictionary<string, int>();
        var failure = Fail(dictionary);
        TestKit.Await.Until("the exception is collected", () =>
        {
            GC.Collect();
            return !failure.IsAlive;
        });
    }

    [Fact]
    public void DebugInfo_TellsWhatObjectsHold()
    {
        // M-24, M-28
        using var manager = Mp.Manager();
        using var list = manager.List([1, 2, 3]);
        using var dictionary = manager.Dictionary<string, int>([new("a", 1)]);
        using var queue = manager.Queue<int>();
        var blocked = queue.GetAsync(ManagerFixture.Bound).AsTask();
        var objects = manager.DebugInfo();
        objects.Select(static each => each.Kind).ShouldBe(["list", "dictionary", "queue"]);
        objects.ShouldAllBe(static each => each.Holders == 1);
        objects[0].Text.ShouldBe("items 3");
        objects[1].Text.ShouldBe("entries 1");
        manager.NumberOfObjects.ShouldBe(3);
        blocked.IsCompleted.ShouldBeFalse();
        queue.Put(1);
        blocked.Wait(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Server_IgnoresCtrlC()
    {
        // M-25, X-13
        using var manager = Mp.Manager();
        var list = manager.List([1]);
        Signals.Send(manager.Pid, Signals.Interrupt);
        list.Append(2);
        Signals.Send(manager.Pid, Signals.Interrupt);
        list.GetValue().ShouldBe([1, 2]);
        var exited = Mp.ActiveChildren().Single(each => each.Pid == manager.Pid).Exited;
        manager.Shutdown();
        exited.Result.ShouldBe(0);
    }

    [Fact]
    public void Daemon_CannotStartAManager()
    {
        // M-27, P-24
        using var told = Mp.Queue<string>();
        using var daemon = Mp.Process(TryManager, told, daemon: true);
        daemon.Start();
        told.Get(ManagerFixture.Bound).ShouldBe(nameof(InvalidOperationException));
        daemon.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeAndForget(SyncManager manager) => manager.List([1]).Append(2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Fail(DictionaryProxy<string, int> dictionary)
    {
        try
        {
            _ = dictionary["nowhere"];
        }
        catch (KeyNotFoundException failure)
        {
            return new WeakReference(failure);
        }

        throw new InvalidOperationException("The key is there.");
    }

    private static void AppendLater(ListProxy<int> list, SharedEvent go)
    {
        go.Wait(ManagerFixture.Bound).ShouldBeTrue();
        list.Append(2);
        list.GetValue().ShouldBe([1, 2]);
    }

    private static void TellCount(ListProxy<int> list, SharedQueue<string> told)
    {
        try
        {
            told.Put($"{list.Count}");
        }
        catch (MultiprocException failure)
        {
            told.Put(failure.GetType().Name);
        }
    }

    private static void TryManager(SharedQueue<string> told)
    {
        try
        {
            Mp.Manager().Shutdown();
            told.Put("started");
        }
        catch (InvalidOperationException failure)
        {
            told.Put(failure.GetType().Name);
        }
    }
}
