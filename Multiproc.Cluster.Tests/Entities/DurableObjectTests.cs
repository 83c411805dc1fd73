using System.Text;
using System.Threading.RateLimiting;
using Multiproc.Cluster.Entities;
using Multiproc.Cluster.Sessions;
using Multiproc.Cluster.Tests.Simulation.Newer;
using Multiproc.Managers;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Counters;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Events;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.RateLimiters;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Entities;

/// <summary>
/// Random lives of every type of object, twice: one object lives on, the other one is saved and restored again and again. They must do the same with every
/// command, since two owners of an object may know it by the one way and by the other.
/// </summary>
public sealed class DurableObjectTests
{
    private const int Lives = 150;
    private const int Length = 80;

    private static readonly int s_types = ManagerTypes.Register();

    private static readonly (ObjectType Type, Payload Options, Func<Random, Life, IWireCommand> Command)[] s_all =
    [
        (QueueType.Instance, new SharedQueueOptions { MaxSize = 3, MaxRedeliveries = 2 }.Pack(), OfQueue),
        (QueueType.Instance, new SharedQueueOptions { MaxSize = 4, MaxRedeliveries = 2, TimeToLive = TimeSpan.FromTicks(60), KeepExpired = true }.Pack(),
            OfQueueWithTerms),
        (QueueType.Instance, new SharedQueueOptions { MaxRedeliveries = 2 }.Pack(), OfQueueWithTerms),
        (JoinableQueueType.Instance, new SharedQueueOptions { MaxSize = 3 }.Pack(), OfJoinableQueue),
        (JoinableQueueType.Instance, new SharedQueueOptions { MaxSize = 4, TimeToLive = TimeSpan.FromTicks(60) }.Pack(), static (random, life) =>
            random.Next(2) == 0 ? OfJoinableQueue(random, life) : OfQueueWithTerms(random, life)),
        (LockType.Instance, default, static (random, _) => OfLock(random)),
        (SemaphoreType.Instance, Serializer.Pack((2, 4)), static (random, life) =>
            random.Next(2) == 0 ? new SemaphoreCommand.Acquire(life.Timeout()) : SemaphoreCommand.Release.Instance),
        (ReadWriteLockType.Instance, default, OfReadWriteLock),
        (CountdownType.Instance, Serializer.Pack(3), static (random, life) => random.Next(6) switch
        {
            0 => new CountdownCommand.Add(random.Next(1, 3)),
            1 => new CountdownCommand.Reset(random.Next(3)),
            2 => CountdownCommand.Restart.Instance,
            3 => new CountdownCommand.Signal(random.Next(1, 3)),
            _ => new CountdownCommand.Wait(life.Timeout()),
        }),
        (EventType.Instance, default, static (random, life) => random.Next(4) switch
        {
            0 => EventCommand.Set.Instance, 1 => EventCommand.Clear.Instance, _ => new EventCommand.Wait(life.Timeout()),
        }),
        (ConditionType.Instance, default, OfCondition),
        (BarrierType.Instance, Serializer.Pack((3, true)), OfBarrier),
        (BarrierType.Instance, Serializer.Pack((2, false)), OfBarrier),
        (DictionaryType.Instance, default, static (random, _) => OfDictionary(random)),
        (ListTypes.List, default, static (random, _) => OfList(random)),
        (SetType.Instance, default, static (random, _) => random.Next(8) switch
        {
            0 => SetCommand.Pop.Instance,
            1 => new SetCommand.Page(random.Next(6), 2),
            _ => new SetCommand.Combine((SetOperation)random.Next(1, 6), [.. Enumerable.Range(0, random.Next(4)).Select(_ => Item(random))]),
        }),
        (RateLimiterType.Instance, OfLimiter(QueueProcessingOrder.OldestFirst), static (random, life) => OfRateLimiter(random, life)),
        (RateLimiterType.Instance, OfLimiter(QueueProcessingOrder.NewestFirst), static (random, life) => OfRateLimiter(random, life)),
        (BroadcastType.Instance, new SharedBroadcastOptions { Capacity = 2 }.Pack(), OfBroadcast),
        (BroadcastType.Instance, new SharedBroadcastOptions { Capacity = 2, SlowReaders = SlowReaders.DropOldest }.Pack(), OfBroadcast),
        (BroadcastType.Instance, new SharedBroadcastOptions { Capacity = 2, SlowReaders = SlowReaders.Disconnect }.Pack(), OfBroadcast),
        (CacheType.Instance, new SharedCacheOptions
        {
            MaxCount = 3, MaxBytes = 6, AbsoluteExpiration = TimeSpan.FromTicks(90), SlidingExpiration = TimeSpan.FromTicks(40),
        }.Pack(), OfCache),
        (CounterType.Instance, default, static (random, _) => random.Next(4) switch
        {
            0 => CounterCommand.Read.Instance, 1 => CounterCommand.Reset.Instance, _ => new CounterCommand.Add(random.Next(-9, 9)),
        }),
    ];

    [Fact]
    public void Types_OfThatAManagerMakes_AreAllHereAndDurable()
    {
        s_types.ShouldBeGreaterThan(0);
        for (byte tag = 1; tag < 32; tag++)
        {
            if (ObjectType.Find(tag) is { } type && type != ListTypes.Array && type != ListTypes.Value && !MutantObject.Has(type))
            {
                s_all.ShouldContain(each => each.Type == type, $"no random life of a {type.Name}");
            }
        }

        foreach (var (type, options, _) in s_all)
        {
            using var made = new EntityObject(new ObjectSpec(type.Name, type.Tag, type.Name, options));
            made.IsDurable.ShouldBeTrue($"a {type.Name} cannot be saved");
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Object_SavedAndRestored_DoesWhatOneThatLivedOnDoes(int index)
    {
        var (type, options, command) = s_all[index];
        int replies = 0;
        for (int seed = 0; seed < Lives; seed++)
        {
            var spec = new ObjectSpec(type.Name, type.Tag, type.Name, options);
            using var life = new Life(spec, new Random(seed));
            for (int i = 0; i < Length; i++)
            {
                life.Step(command, $"{type.Name}, seed {seed}, step {i}");
            }

            replies += life.Replies;
        }

        replies.ShouldBeGreaterThan(Lives * Length / 10);
    }

    public static TheoryData<int> Types() => [.. Enumerable.Range(0, s_all.Length)];

    private static Payload Item(Random random) => new(new[] { (byte)random.Next(1, 7) });

    private static IWireCommand OfQueueWithTerms(Random random, Life life) => random.Next(4) switch
    {
        0 => new QueueCommand.PutWith(Item(random), life.Timeout(), new PutTerms(random.Next(-1, 2), TimeSpan.FromTicks(random.Next(20)), life.Timeout())),
        1 => random.Next(4) == 0 ? new QueueCommand.Peek(life.Timeout()) : new QueueCommand.TakeDeadLetter(life.Timeout()),
        _ => OfQueue(random, life),
    };

    private static IWireCommand OfQueue(Random random, Life life) => random.Next(8) switch
    {
        0 or 1 or 2 => new QueueCommand.Put(Item(random), life.Timeout()),
        3 => new QueueCommand.PutMany([Item(random), Item(random)], life.Timeout()),
        4 => new QueueCommand.GetMany(2, life.Timeout(), 1),
        5 => new QueueCommand.Taken(life.AnyCall()),
        6 => new QueueCommand.Lease(life.Timeout()),
        _ => random.Next(4) switch
        {
            0 => new QueueCommand.Abandon(life.AnyCall()), 1 => new QueueCommand.AckMany(life.AnyCall(), 1), _ => new QueueCommand.Get(life.Timeout()),
        },
    };

    private static IWireCommand OfJoinableQueue(Random random, Life life) => random.Next(6) switch
    {
        0 => new JoinableQueueCommand.Claim(life.Timeout(), 1),
        1 => new JoinableQueueCommand.TaskDone(1),
        2 => new JoinableQueueCommand.Join(life.Timeout()),
        _ => OfQueue(random, life),
    };

    private static IWireCommand OfBroadcast(Random random, Life life) => random.Next(9) switch
    {
        0 => BroadcastCommand.Subscribe.Instance,
        1 => random.Next(3) == 0 ? new BroadcastCommand.Unsubscribe(random.Next(1, 6)) : BroadcastCommand.CountReaders.Instance,
        2 or 3 or 4 => new BroadcastCommand.Publish(Item(random), life.Timeout()),
        5 => new BroadcastCommand.PublishMany([Item(random), Item(random), Item(random)], life.Timeout()),
        _ => new BroadcastCommand.Next(random.Next(1, 6), random.Next(1, 25), random.Next(1, 3), life.Timeout()),
    };

    private static IWireCommand OfCache(Random random, Life life) => random.Next(8) switch
    {
        0 => new CacheCommand.Set(Item(random), Item(random)),
        1 => random.Next(4) == 0 ? CacheCommand.Clear.Instance : new CacheCommand.Remove(Item(random)),
        2 => new CacheCommand.Fulfil(random.Next(1, 12), Item(random)),
        3 => new CacheCommand.Fail(random.Next(1, 12)),
        4 => new CacheCommand.TryGet(Item(random)),
        5 => CacheCommand.Look.Instance,
        _ => new CacheCommand.GetOrClaim(Item(random), life.Timeout()),
    };

    private static Payload OfLimiter(QueueProcessingOrder order) => new SharedRateLimiterOptions
    {
        TokenLimit = 4, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromTicks(13), QueueLimit = 5, QueueOrder = order,
    }.Pack();

    private static IWireCommand OfRateLimiter(Random random, Life life) =>
        random.Next(8) == 0 ? RateLimiterCommand.Look.Instance : new RateLimiterCommand.Acquire(random.Next(6), life.Timeout());

    private static IWireCommand OfLock(Random random)
    {
        int thread = random.Next(2);
        return random.Next(8) switch
        {
            0 or 1 or 2 => new LockCommand.Acquire(thread, TimeSpan.FromTicks(random.Next(40))),
            3 => new LockCommand.Enter(thread, null),
            4 => LockCommand.LeaveWholly.Instance,
            5 => LockCommand.MarkConsistent.Instance,
            _ => new LockCommand.Leave(thread, random.Next(2) == 0),
        };
    }

    private static IWireCommand OfReadWriteLock(Random random, Life life) => random.Next(10) switch
    {
        0 => new ReadWriteCommand.Upgrade(1, life.Timeout()),
        1 => ReadWriteCommand.Downgrade.Instance,
        2 => ReadWriteCommand.CountHolds.Instance,
        3 => ReadWriteCommand.MarkConsistent.Instance,
        4 or 5 or 6 => new ReadWriteCommand.Release((LockSide)random.Next(1, 4), random.Next(2)),
        _ => new ReadWriteCommand.Acquire((LockSide)random.Next(1, 4), random.Next(2), life.Timeout()),
    };

    private static IWireCommand OfCondition(Random random, Life life) => random.Next(5) switch
    {
        0 or 1 => ConditionCommand.TakeTicket.Instance,
        2 => new ConditionCommand.Notify(random.Next(1, 3)),
        3 => new ConditionCommand.Taken(life.AnyCall()),
        _ => new ConditionCommand.Wait(random.Next(1, 30), life.Timeout()),
    };

    private static IWireCommand OfBarrier(Random random, Life life) => random.Next(10) switch
    {
        0 => BarrierCommand.Abort.Instance,
        1 or 2 => BarrierCommand.Reset.Instance,
        3 => BarrierCommand.CountWaiting.Instance,
        4 or 5 => new BarrierCommand.Acted(life.AnyCall(), random.Next(4) != 0),
        _ => new BarrierCommand.Come(random.Next(3) == 0 ? life.Timeout() : WaitTimeout.Infinite),
    };

    private static IWireCommand OfDictionary(Random random) => random.Next(8) switch
    {
        0 => new DictionaryCommand.Remove(Item(random)),
        1 => DictionaryCommand.PopLast.Instance,
        2 => new DictionaryCommand.CompareAndSet(Item(random), random.Next(20), Item(random)),
        3 => new DictionaryCommand.Page(random.Next(20), 2),
        4 => new DictionaryCommand.Get(Item(random)),
        5 => new DictionaryCommand.Increment([(new Payload(new byte[] { 9 }), 1)]),
        _ => new DictionaryCommand.Set(Item(random), Item(random)),
    };

    private static IWireCommand OfList(Random random) => random.Next(6) switch
    {
        0 => new ListCommand.Take(random.Next(3)),
        1 => new ListCommand.Remove(Item(random)),
        2 => new ListCommand.Replace(random.Next(40), [Item(random)]),
        3 => new ListCommand.Range(0, 10),
        _ => new ListCommand.Splice(0, 0, [Item(random)]),
    };

    /// <summary>One object, and the other that is saved and restored.</summary>
    private sealed class Life(ObjectSpec spec, Random random) : IDisposable
    {
        private readonly EntityObject _lived = new(spec);
        private readonly List<Caller> _callers = [];
        private EntityObject _restored = new(spec);
        private long _call;
        private long _now = 1;

        public int Replies { get; private set; }

        public WaitTimeout Timeout() => random.Next(3) switch
        {
            0 => WaitTimeout.Infinite, 1 => TimeSpan.Zero, _ => TimeSpan.FromTicks(random.Next(1, 40)),
        };

        public long AnyCall() => _callers.Count == 0 ? 1 : _callers[random.Next(_callers.Count)].Call;

        public void Step(Func<Random, Life, IWireCommand> make, string where)
        {
            var now = new Instant(_now += random.Next(10));
            if (random.Next(4) == 0)
            {
                SaveAndRestore();
            }

            Func<EntityObject, Effects> step;
            if (random.Next(6) == 0 && _callers.Count > 0)
            {
                var victim = _callers[random.Next(_callers.Count)];
                LifecycleEvent happens = random.Next(6) switch
                {
                    0 => new LifecycleEvent.ProcessGone(victim.Process),
                    1 => new LifecycleEvent.CallCancelled(victim),
                    2 => new LifecycleEvent.CallGivenUp(victim, random.Next(2) == 0),
                    _ => new LifecycleEvent.DeadlinePassed(),
                };
                step = each => each.Step(default, happens, now);
            }
            else
            {
                var caller = new Caller(random.Next(1, 4), CallTable.MakeId(++_call, (int)(_call % 3)));
                _callers.Add(caller);
                using var writer = new WireWriter();
                make(random, this).WriteTo(writer);
                byte[] body = writer.ToArray();
                step = each => each.Step(caller, body, now);
            }

            string expected = Text(step(_lived));
            Text(step(_restored)).ShouldBe(expected, where);
            Replies += expected.Length > 0 ? 1 : 0;
        }

        public void Dispose()
        {
            _lived.Dispose();
            _restored.Dispose();
        }

        private static string Text(Effects effects)
        {
            var text = new StringBuilder();
            foreach (var (caller, reply) in effects.Replies)
            {
                text.Append($"{caller.Process}/{caller.Call}: {reply.Status} {reply.Number} {Convert.ToHexString(reply.Value.Bytes.Span)} {reply.Reason}; ");
            }

            return effects.Deadline is { } deadline ? text.Append($"until {deadline.Ticks}").ToString() : text.ToString();
        }

        private void SaveAndRestore()
        {
            using var writer = new WireWriter();
            _restored.Save(writer);
            byte[] saved = writer.ToArray();
            _restored.Dispose();
            _restored = new EntityObject(spec);
            var reader = new WireReader(saved);
            _restored.Restore(ref reader);
        }
    }
}
