using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Multiproc.TestKit;

namespace Multiproc.Tests.Managers;

/// <summary>How long objects of a manager live. Its lease is short here. Numbers in comments are those of the conformance list.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly SyncManager _manager = new() { ReferenceLease = TimeSpan.FromMilliseconds(600) };

    public ReferenceTests() => _manager.Start();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Proxy_LetGo_EndsTheObject()
    {
        // PX-09, M-24
        using var kept = _manager.List([1]);
        MakeAndForget();
        using (_manager.Queue<int>())
        {
            _manager.NumberOfObjects.ShouldBeGreaterThanOrEqualTo(2);
        }

        AwaitObjects("list");
        kept.ShouldBe([1]);
        _manager.DebugInfo().Single().Holders.ShouldBe(1);
    }

    [Fact]
    public void ObjectInsideContainers_LivesAsLongAsTheyDo()
    {
        // PX-05, PX-06
        var outer = _manager.Dictionary<string, ListProxy<DictionaryProxy<string, int>>>();
        Nest(outer);
        AwaitHolders(1, 0, 0);
        PassSomeLeases();
        var inner = InnerOf(outer);
        inner["x"].ShouldBe(1);
        outer.Clear();
        AwaitObjects("dictionary", "dictionary");
        inner["x"] = 2;
        inner["x"].ShouldBe(2);
        GC.KeepAlive(outer);
    }

    [Fact]
    public void ListThatContainsItself_IsItself_AndEndsWithItsLastProxy()
    {
        // PX-07, PX-18
        MakeACircle();
        AwaitObjects();
    }

    [Fact]
    public void ProcessThatDies_CountsAsGone_AndObjectsItSentLiveOn()
    {
        using var queue = Mp.Queue<ListProxy<int>>();
        var child = StartSender(queue);
        child.Join(ManagerFixture.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(-9);

        // The item waits in a queue of this process for longer than a lease.
        Await.Until("only what waits in the queue is left", () => Collected() && _manager.DebugInfo() is [{ Kind: "list", Holders: 1 }]);
        PassSomeLeases();
        var received = queue.Get(ManagerFixture.Bound);
        received.ShouldBe([42]);
        received.Dispose();
        AwaitObjects();
    }

    [Fact]
    public void Arguments_OnTheirWayForLongerThanALease_Arrive()
    {
        using var reads = Mp.Event();
        using var mayRead = Mp.Event();
        using var child = StartSlowReader(new SlowToRead(reads, mayRead));
        reads.Wait(ManagerFixture.Bound).ShouldBeTrue("the child reads its arguments");
        Collected().ShouldBeTrue();
        PassSomeLeases();
        mayRead.Set();
        child.Join(ManagerFixture.Bound).ShouldBeTrue("the child ends");
        child.ExitCode.ShouldBe(0, child.StderrTail());
        AwaitObjects();
    }

    [Fact]
    public void Proxies_AreEqualByIdentity()
    {
        // PX-18, FL-16, PX-12
        var list = _manager.List<object>([1]);
        var same = _manager.List<ListProxy<object>>([list]);
        same[0].Equals(list).ShouldBeTrue();
        same[0].GetHashCode().ShouldBe(list.GetHashCode());
        same.IndexOf(list).ShouldBe(0);
        _manager.List<object>([1]).Equals(list).ShouldBeFalse();
        new HashSet<SharedObject> { list, same[0], same }.Count.ShouldBe(2);
        list.ToString().ShouldBe("[1]");
        same.ToString().ShouldStartWith("[<ListProxy<Object> (object ");
    }

    [Fact]
    public void Cells_OfCollectedLocks_AreUsedAgain()
    {
        for (int i = 0; i < 3; i++)
        {
            using (var gate = _manager.Lock())
            using (gate.Hold())
            {
                gate.Locked.ShouldBeTrue();
            }

            AwaitObjects();
        }
    }

    [Fact]
    public void DeathOfTheManager_NamesIt()
    {
        var list = _manager.List([1]);
        _manager.Shutdown();
        Should.Throw<ConnectionLostException>(() => list.Count).Message.ShouldContain("SyncManager-");
        list.ToString().ShouldContain("cannot be read");
        list.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeAndForget() => _manager.Dictionary<string, int>()["a"] = 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Nest(DictionaryProxy<string, ListProxy<DictionaryProxy<string, int>>> outer)
    {
        var inner = _manager.Dictionary<string, int>();
        inner["x"] = 1;
        outer["list"] = _manager.List([inner]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DictionaryProxy<string, int> InnerOf(DictionaryProxy<string, ListProxy<DictionaryProxy<string, int>>> outer) => outer["list"][0];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeACircle()
    {
        var list = _manager.List<object>();
        list.Append(list);
        list[0].Equals(list).ShouldBeTrue();
        ((ListProxy<object>)((ListProxy<object>)list[0])[0]).Count.ShouldBe(1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ChildProcess StartSender(SharedQueue<ListProxy<int>> queue)
    {
        var child = Mp.Process(SendAndDie, _manager.List([42]), _manager.Set<int>(), queue);
        child.Start();
        return child;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ChildProcess StartSlowReader(SlowToRead slow)
    {
        var child = Mp.Process(
            static (_, list) => Assert.Equal([42], list), slow, _manager.List([42]), options: new ProcessOptions { KeepStderr = true });
        child.Start();
        return child;
    }

    private static void SendAndDie(ListProxy<int> list, SetProxy<int> kept, SharedQueue<ListProxy<int>> queue)
    {
        kept.Add(1);
        list.Count.ShouldBe(1);
        queue.Put(list);
        queue.QSize();
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        Thread.CurrentThread.Join();
    }

    /// <summary>Something else is collected meanwhile, which takes a lease.</summary>
    private void PassSomeLeases()
    {
        for (int i = 0; i < 2; i++)
        {
            _manager.Value("passing").Dispose();
            Await.Until("a lease has passed", () => _manager.DebugInfo().All(static each => each.Kind != "value"));
        }
    }

    private static bool Collected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return true;
    }

    private void AwaitObjects(params string[] kinds) => AwaitList($"[{string.Join(", ", kinds)}] is all that lives", each => each.Kind, kinds);

    private void AwaitHolders(params int[] holders) => AwaitList("proxies are let go", each => each.Holders, holders);

    private void AwaitList<T>(string what, Func<ManagedObject, T> part, T[] expected)
    {
        IReadOnlyList<ManagedObject> last = [];
        try
        {
            Await.Until(what, () => Collected() && (last = _manager.DebugInfo()).Select(part).SequenceEqual(expected));
        }
        catch (TimeoutException timeout)
        {
            throw new TimeoutException($"{timeout.Message} There are: {string.Join("; ", last)}", timeout);
        }
    }

    /// <summary>Holds up whoever reads it, so that what comes after it is not read yet.</summary>
    private sealed class SlowToRead(SharedEvent reads, SharedEvent mayRead)
    {
        private readonly SharedEvent _reads = reads;
        private readonly SharedEvent _mayRead = mayRead;

        [OnDeserialized]
        private void Wait(StreamingContext context)
        {
            _reads.Set();
            _mayRead.Wait(ManagerFixture.Bound);
        }
    }
}
