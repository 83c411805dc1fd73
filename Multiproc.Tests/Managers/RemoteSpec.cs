using Multiproc.Managers;
using Multiproc.Serialization;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>A manager of another machine: plain, TLS from the key, TLS with certificates. Numbers in comments are those of the conformance list.</summary>
public abstract partial class RemoteSpec : IDisposable
{
    private readonly OtherMachine _other;
    private readonly FarManager _manager;

    private protected RemoteSpec(OtherMachine other)
    {
        _other = other;
        _manager = _other.Connect();
    }

    public void Dispose()
    {
        _manager.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Values_OfEveryType_LiveThere()
    {
        // M-08, M-17, M-18
        _manager.Address.ShouldBe(_other.Address);
        var totals = _manager.Dictionary<string, long>();
        totals.Increment("apples", 3);
        totals["apples"].ShouldBe(3);
        var list = _manager.List<int>([1, 2]);
        list.Add(3);
        list.ShouldBe([1, 2, 3]);
        var set = _manager.Set<string>();
        set.Add("a").ShouldBeTrue();
        set.Add("a").ShouldBeFalse();
        dynamic names = _manager.Namespace();
        names.x = 10;
        ((int)names.x).ShouldBe(10);
        _manager.Value(5).Increment(2).ShouldBe(7);
        _manager.Array([1, 2, 3])[1].ShouldBe(2);
        var queue = _manager.Queue<int>();
        queue.Put(4);
        queue.Get().ShouldBe(4);
        var joinable = _manager.JoinableQueue<int>();
        joinable.Put(4);
        joinable.Get().ShouldBe(4);
        joinable.TaskDone();
        joinable.Join(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Functions_AreNeverRunThere()
    {
        var dictionary = _manager.Dictionary<string, int>([new("a", 1)]);
        dictionary.Update("a", static _ => Environment.ProcessId).ShouldBe(Environment.ProcessId);
        dictionary.AddOrUpdate("a", 1, static x => -x).ShouldBe(-Environment.ProcessId);

        // Also when it is asked by who keeps to no rule.
        var function = Serializer.Pack<ValueFunction>(new ValueFunction<int>(static _ => Environment.ProcessId, null));
        var request = new UpdateRequest(dictionary.Handle.Id, Serializer.Pack("a"), null, function).ToCommand();
        var reply = dictionary.Handle.Beside(UpdateRunner.Number).Ask(request, TestContext.Current.CancellationToken);
        ((UpdateOutcome)reply.Number).ShouldBe(UpdateOutcome.Refused);
        dictionary["a"].ShouldBe(-Environment.ProcessId);
    }

    [Fact]
    public void LargeValues_ComeWhole()
    {
        byte[] large = new byte[5_000_000];
        new Random(1).NextBytes(large);
        var list = _manager.List<byte[]>();
        list.Add(large);
        list[0].AsSpan().SequenceEqual(large).ShouldBeTrue();
    }

    [Fact]
    public async Task Objects_OfTheUser_AreCalled()
    {
        var maths = _manager.Create<IFarMaths>();
        maths.Add(4, 3).ShouldBe(7);
        (await maths.AddLaterAsync(4, 5, TestContext.Current.CancellationToken)).ShouldBe(9);
        Should.Throw<FormatException>(() => maths.Fail("not today")).Message.ShouldBe("not today");
        var counted = new List<int>();
        await foreach (int i in maths.Count(200))
        {
            counted.Add(i);
        }

        counted.ShouldBe(Enumerable.Range(0, 200));
        var reports = new List<int>();
        maths.Report(new Reports(reports));
        Await.Until("two reports", () => reports.Count == 2);
        using var source = new CancellationTokenSource();
        var hanging = Task.Run(() => maths.Hang(source.Token), TestContext.Current.CancellationToken);
        source.CancelAfter(100);
        await Should.ThrowAsync<OperationCanceledException>(() => hanging);
    }

    [Fact]
    public void Proxies_GoAnywhereAndFindTheirWayBack()
    {
        // PX-05, PX-06
        var inner = _manager.List<int>();
        var outer = _manager.Dictionary<string, ListProxy<int>>();
        outer["inner"] = inner;
        outer["inner"].Equals(inner).ShouldBeTrue();
        InOtherProcess(other => other.Lists!["inner"].Add(7), lists: outer);
        inner.ShouldBe([7]);
    }

    [Fact]
    public void MappedMemory_OfAnotherMachine_SaysWhatToUseInstead()
    {
        var values = _manager.Queue<SharedValue<int>>();
        using var mine = Mp.Value(1);
        values.Put(mine);
        values.Get().Value.ShouldBe(1, "it came home");
        InOtherProcess(
            other =>
            {
                // The child has a connection to this process, but takes the value from afar: it still finds the way to its node.
                other.Values!.Get().Value.ShouldBe(1);
            },
            before: () => values.Put(mine),
            values: values);
    }

    [Fact]
    public void Connect_WrongKey_IsRefusedInTime_AndTheServerLivesOn()
    {
        // M-17, M-26
        var stranger = new FarManager(_other.Address, [9, 9, 9]) { Tls = _other.Tls };
        Should.Throw<AuthenticationException>(stranger.Connect);
        using var friend = _other.Connect();
        friend.List<int>([1]).Count.ShouldBe(1);
    }

    [Fact]
    public void Proxy_GivenToAChild_WorksThereAndInItsChildren()
    {
        // PX-01, PX-15: the keys of managers go to children at their start, as in Python.
        var list = _manager.List<int>();
        ManagerFixture.Run(Mp.Process(AppendAndPassOn, list));
        list.ShouldBe([1, 2]);
    }

    private static void AppendAndPassOn(ListProxy<int> list)
    {
        list.Add(1);
        ManagerFixture.Run(Mp.Process(static given => given.Add(2), list));
    }

    /// <summary>Sends proxies to a child, which so reaches the manager by itself.</summary>
    private void InOtherProcess(
        Action<Shared> body, SharedLock? gate = null, SharedBoundedSemaphore? permits = null, SharedEvent? flag = null, SharedCondition? changed = null,
        ValueProxy<int>? stock = null, DictionaryProxy<string, ListProxy<int>>? lists = null, SharedQueue<SharedValue<int>>? values = null,
        Action? before = null)
    {
        before?.Invoke();
        var shared = new Shared(gate, permits, flag, changed, stock, lists, values);
        var (address, key, tls) = (_other.Address, _other.Key, _other.Tls);
        InChild.Run(() =>
        {
            using var manager = new FarManager(address, key) { Tls = tls };
            manager.Connect();
            body(shared);
        });
    }

    public sealed record Shared(
        SharedLock? Gate, SharedBoundedSemaphore? Permits, SharedEvent? Flag, SharedCondition? Changed, ValueProxy<int>? Stock,
        DictionaryProxy<string, ListProxy<int>>? Lists, SharedQueue<SharedValue<int>>? Values);

    private sealed class Reports(List<int> all) : IProgress<int>
    {
        public void Report(int value)
        {
            lock (all)
            {
                all.Add(value);
            }
        }
    }
}
