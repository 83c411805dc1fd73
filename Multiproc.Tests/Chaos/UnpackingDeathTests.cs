using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;
using Item = System.Collections.Generic.Dictionary<Multiproc.Tests.Chaos.SlowKey, int>;

namespace Multiproc.Tests.Chaos;

/// <summary>A consumer that is killed while an item is being unpacked has not had it, whichever way the item left the queue.</summary>
public sealed class UnpackingDeathTests
{
    private static readonly Dictionary<string, Func<SharedQueueBase<Item>, Item>> s_ways = new()
    {
        ["Get"] = static queue => queue.Get(),
        ["GetNowait"] = static queue => queue.GetNowait(),
        ["TryGet"] = static queue => queue.TryGet(out var item, InChild.Bound) ? item! : [],
        ["GetAsync"] = static queue => queue.GetAsync().AsTask().GetAwaiter().GetResult(),
        ["GetMany"] = static queue => queue.GetMany(10)[0],
        ["GetManyAsync"] = static queue => queue.GetManyAsync(10).AsTask().GetAwaiter().GetResult()[0],
        ["ReadAllAsync"] = static queue => queue.ReadAllAsync().ToBlockingEnumerable().First(),
        ["Lease"] = static queue => queue.Lease().Item,
        ["LeaseAsync"] = static queue => queue.LeaseAsync().AsTask().GetAwaiter().GetResult().Item,
        ["TryLease"] = static queue => queue.TryLease(out var lease, InChild.Bound) ? lease.Item : [],
    };

    public enum Place
    {
        Here,
        Bounded,
        Joinable,
        Manager,
        ManagerJoinable,
        FarManager,
        FarManagerTls,
    }

    /// <summary>Every way out of a queue of this process, and those that differ on the wire out of each other kind of queue.</summary>
    public static TheoryData<Place, string> Cases
    {
        get
        {
            var cases = new TheoryData<Place, string>();
            foreach (var place in Enum.GetValues<Place>())
            {
                string[] ways = place == Place.Here ? [.. s_ways.Keys] : ["Get", "GetMany", "Lease"];
                foreach (string way in ways)
                {
                    cases.Add(place, way);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ConsumerKilled_WhileItUnpacks_ItemsGoBackToTheirPlaces(Place place, string way)
    {
        using var node = new Node(place);
        using var queue = node.MakeQueue();
        using var reached = Mp.Event();
        Put(queue, 1, 2, 3);
        using var doomed = InChild.Start(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Block, 1, reached);
            s_ways[way](queue);
        });
        reached.Wait(InChild.Bound).ShouldBeTrue("the child unpacks");
        doomed.KillAndJoin();
        TestKit.Await.Until("the queue's home knows of the death", () => queue.QSize() == 3);
        Numbers(queue, 3).ShouldBe([1, 2, 3]);
        queue.TryGet(out _).ShouldBeFalse("nothing comes twice");
    }

    [Fact]
    public void ConsumerKilled_WhileItUnpacksFromASimpleQueue_ItemGoesBack()
    {
        using var queue = Mp.SimpleQueue<Item>();
        using var reached = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Block, 1, reached);
            queue.Get();
        });
        queue.Put(SlowKey.Item(1));
        queue.Put(SlowKey.Item(2));
        reached.Wait(InChild.Bound).ShouldBeTrue("the child unpacks");
        doomed.KillAndJoin();
        SlowKey.NumberOf(queue.Get(InChild.Bound)).ShouldBe(1);
        SlowKey.NumberOf(queue.Get(InChild.Bound)).ShouldBe(2);
        queue.Empty().ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConsumerKilled_WhileItUnpacksWhatItReadAhead_ItemGoesBackAndNoneBeforeIt(bool simple)
    {
        // Batches grow as they are claimed: number 20 is in the middle of one (decision 029).
        using var queue = Mp.Queue<Item>();
        using var small = Mp.SimpleQueue<Item>();
        using var reached = Mp.Event();
        using var had = Mp.Value(0);
        Put(queue, [.. Enumerable.Range(1, 40)]);
        for (int i = 1; i <= 40; i++)
        {
            small.Put(SlowKey.Item(i));
        }

        using var doomed = InChild.Start(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Block, 20, reached);
            while (true)
            {
                had.Value = SlowKey.NumberOf(simple ? small.Get() : queue.Get());
            }
        });
        reached.Wait(InChild.Bound).ShouldBeTrue("the child unpacks");
        had.Value.ShouldBe(19);
        doomed.KillAndJoin();
        var rest = Enumerable.Range(0, 21).Select(_ => SlowKey.NumberOf(simple ? small.Get(InChild.Bound) : queue.Get(InChild.Bound)));
        rest.ShouldBe(Enumerable.Range(20, 21));
        (simple ? small.Empty() : queue.Empty()).ShouldBeTrue("nothing comes twice");
    }

    [Fact]
    public void ConsumerKilled_SoonAfterAPutOfALargeList_ListIsNeverLost()
    {
        // The child is killed at any moment between the put and the end of its Get.
        const int Rounds = 8;
        var random = new Random(8);
        var large = Enumerable.Range(0, 200_000).Select(static i => new Reading(i, $"{i}")).ToList();
        using var queue = Mp.Queue<List<Reading>>();
        using var waiting = Mp.Event();
        using var returned = Mp.Event();
        using var never = new ManualResetEventSlim();
        for (int round = 0; round < Rounds; round++)
        {
            using var doomed = InChild.Start(() =>
            {
                waiting.Set();
                queue.Get();
                returned.Set();
                Thread.CurrentThread.Join();
            });
            waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to get");
            queue.Put(large);
            never.Wait(random.Next(120));
            doomed.KillAndJoin();
            if (!returned.IsSet)
            {
                queue.Get(InChild.Bound).Count.ShouldBe(large.Count, $"round {round}");
            }

            queue.TryGet(out _).ShouldBeFalse();
            waiting.Clear();
            returned.Clear();
        }
    }

    [Theory]
    [InlineData("Get")]
    [InlineData("TryGet")]
    [InlineData("GetNowait")]
    [InlineData("GetAsync")]
    [InlineData("GetMany")]
    [InlineData("GetManyAsync")]
    [InlineData("ReadAllAsync")]
    public void UnpackingFails_InTheConsumer_ItemIsGoneAsInPythonAndTheOthersStay(string way)
    {
        using var queue = Mp.Queue<Item>();
        Put(queue, 1, 2);
        InChild.Run(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Throw, 1);
            Should.Throw<SerializationException>(() => s_ways[way](queue)).Message.ShouldContain("cannot be hashed");
        });
        Numbers(queue, 1).ShouldBe([2]);
        queue.TryGet(out _).ShouldBeFalse("the item that could not be read is gone");
    }

    [Fact]
    public void UnpackingFails_OfAnItemThatWasReadAhead_OnlyThatItemIsGone()
    {
        using var queue = Mp.Queue<Item>();
        Put(queue, [.. Enumerable.Range(1, 40)]);
        InChild.Run(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Throw, 20);
            for (int i = 1; i <= 30; i++)
            {
                if (i == 20)
                {
                    Should.Throw<SerializationException>(() => queue.Get());
                }
                else
                {
                    SlowKey.NumberOf(queue.Get()).ShouldBe(i);
                }
            }
        });
        Numbers(queue, 10).ShouldBe(Enumerable.Range(31, 10));
        queue.TryGet(out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Lease")]
    [InlineData("LeaseAsync")]
    [InlineData("TryLease")]
    public void UnpackingFails_OfALease_ItemGoesBack(string way)
    {
        using var queue = Mp.Queue<Item>();
        Put(queue, 1);
        InChild.Run(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Throw, 1);
            Should.Throw<SerializationException>(() => s_ways[way](queue));
        });
        using var lease = queue.Lease(InChild.Bound);
        SlowKey.NumberOf(lease.Item).ShouldBe(1);
        lease.Redeliveries.ShouldBe(1);
    }

    [Fact]
    public void UnpackingEndsItsProcess_AgainAndAgain_ItemIsSetAsideAfterItsRedeliveries()
    {
        // A poison item goes back, since nobody had it: MaxRedeliveries is what ends its round.
        using var queue = Mp.Queue<Item>(new SharedQueueOptions { MaxRedeliveries = 1 });
        Put(queue, 1, 2);
        for (int i = 0; i < 2; i++)
        {
            using var victim = InChild.Start(() =>
            {
                SlowKey.Arm(SlowKey.Trap.Die, 1);
                queue.Get();
            });
            victim.Join(InChild.Bound).ShouldBeTrue("the item kills its consumer");
        }

        Numbers(queue, 1).ShouldBe([2]);
        queue.DeadLetterCount().ShouldBe(1);
        queue.TryGetDeadLetter(out var dead).ShouldBeTrue();
        SlowKey.NumberOf(dead!).ShouldBe(1);
    }

    [Fact]
    public void DeadLetter_ConsumerKilledWhileItUnpacks_StaysADeadLetter()
    {
        using var queue = Mp.Queue<Item>(new SharedQueueOptions { MaxRedeliveries = 0 });
        Put(queue, 1);
        queue.Lease(InChild.Bound).Abandon();
        queue.DeadLetterCount().ShouldBe(1);
        using var reached = Mp.Event();
        using var doomed = InChild.Start(() =>
        {
            SlowKey.Arm(SlowKey.Trap.Block, 1, reached);
            queue.TryGetDeadLetter(out _);
        });
        reached.Wait(InChild.Bound).ShouldBeTrue("the child unpacks");
        doomed.KillAndJoin();
        TestKit.Await.Until("the dead letter is back", () => queue.DeadLetterCount() == 1);
    }

    private static void Put(SharedQueueBase<Item> queue, params int[] numbers) => queue.PutMany(numbers.Select(SlowKey.Item));

    private static IEnumerable<int> Numbers(SharedQueueBase<Item> queue, int count) =>
        Enumerable.Range(0, count).Select(_ => SlowKey.NumberOf(queue.Get(InChild.Bound))).ToList();

    public sealed record Reading(int Number, string Text);

    /// <summary>Where the queue lives.</summary>
    private sealed class Node(Place place) : IDisposable
    {
        private readonly SyncManager? _near = place is Place.Manager or Place.ManagerJoinable ? Mp.Manager() : null;
        private readonly OtherMachine? _far = place is Place.FarManager or Place.FarManagerTls
            ? new OtherMachine(place == Place.FarManager ? TlsOptions.Off : TlsOptions.FromAuthKey, sessionLease: TimeSpan.FromMilliseconds(200))
            : null;

        private SyncManager? _manager;

        private SyncManager Manager => _manager ??= _near ?? _far!.Connect();

        public SharedQueueBase<Item> MakeQueue() => place switch
        {
            Place.Here => Mp.Queue<Item>(),
            Place.Bounded => Mp.Queue<Item>(10),
            Place.Joinable => Mp.JoinableQueue<Item>(),
            Place.ManagerJoinable => Manager.JoinableQueue<Item>(),
            _ => Manager.Queue<Item>(),
        };

        public void Dispose()
        {
            _manager?.Dispose();
            _far?.Dispose();
        }
    }
}
