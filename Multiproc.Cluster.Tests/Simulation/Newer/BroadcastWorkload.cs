using System.Buffers.Binary;
using Multiproc.Objects.Broadcasts;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Publishers and readers of one broadcast, whose publishers wait for slow readers. Every reader sees, without a gap and in one order, what was published since
/// it subscribed; an item is published once, and one whose publisher gave up is not.
/// </summary>
internal sealed class BroadcastWorkload(ObjectType? type = null)
    : SimWorkload(type ?? BroadcastType.Instance, new SharedBroadcastOptions { Capacity = 4 }.Pack())
{
    private const int MostPublishing = 2;
    private const int Batch = 3;

    private readonly Dictionary<Client, Reader> _readers = [];
    private readonly Dictionary<long, Item> _items = [];
    private readonly Dictionary<long, long> _numbers = [];
    private readonly Dictionary<long, long> _valueOf = [];
    private readonly HashSet<Client> _publishing = [];
    private Reader? _drained;

    /// <summary>Publishers wait for readers.</summary>
    protected override bool IsSettled => !_publishing.Any(static client => client.IsAlive);

    public override void Check()
    {
        SimViolation.If(_numbers.Keys.Any(value => _items[value].HasFailed), "an item was published whose publisher was told that it was not");
        CheckOrder();
        foreach (var reader in _readers.Values)
        {
            CheckReader(reader);
        }

        if (_drained is { } last)
        {
            SimViolation.If(
                _items.Any(each => each.Value.Ended > 0 && each.Value.Begun > last.Subscribed && _numbers.GetValueOrDefault(each.Key, -1) < last.First),
                "an item was published and acknowledged, and one who reads to the end does not see it");
        }
    }

    protected override void Act(Client client, Action next)
    {
        if (_readers.TryGetValue(client, out var reader))
        {
            Read(client, reader, WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)), _ => next());
        }
        else if (client.Process % 2 == 0)
        {
            Subscribe(client, next);
        }
        else if (World.IsChaos && Living.Count(_publishing.Contains) < MostPublishing)
        {
            Publish(client, next);
        }
        else
        {
            client.Node.Call(client.Process, BroadcastCommand.CountReaders.Instance, isRead: true, _ => next());
        }
    }

    protected override void Drain(Client client, Action done)
    {
        if (!_readers.TryGetValue(client, out var reader))
        {
            done();
            return;
        }

        Read(client, reader, WaitTimeout.Zero, hasRead =>
        {
            if (hasRead)
            {
                Drain(client, done);
            }
            else
            {
                _drained = reader;
                done();
            }
        });
    }

    private void Publish(Client client, Action next)
    {
        long value = _items.Count + 1;
        var item = new Item(World.Now);
        _items.Add(value, item);
        _publishing.Add(client);
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var timeout = World.Chance(0.3) ? WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)) : WaitTimeout.Infinite;
        client.Node.Call(client.Process, new BroadcastCommand.Publish(new Payload(bytes), timeout), isRead: false, reply =>
        {
            SimViolation.If(reply.Status is not (ReplyStatus.Ok or ReplyStatus.TimedOut), $"publishing ended with {reply.Status}: {reply.Reason}");
            SimViolation.If(reply.Status == ReplyStatus.TimedOut && World.Now - item.Begun < timeout.Ticks, "a wait ended before its timeout");
            (item.Ended, item.HasFailed) = reply.Status == ReplyStatus.Ok ? (World.Now, false) : (0, true);
            _publishing.Remove(client);
            next();
        });
    }

    private void Subscribe(Client client, Action next)
    {
        long begun = World.Now;
        client.Node.Call(client.Process, BroadcastCommand.Subscribe.Instance, isRead: false, reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, $"subscribing ended with {reply.Status}: {reply.Reason}");
            SimViolation.If(!PackedNumber.TryRead(reply.Value, out long first), "a new reader is not told where it begins");
            _readers.Add(client, new Reader(reply.Number, first, begun, World.Now));
            next();
        });
    }

    private void Read(Client client, Reader reader, WaitTimeout timeout, Action<bool> told)
    {
        long begun = World.Now;
        client.Node.Call(client.Process, new BroadcastCommand.Next(reader.Number, reader.Next, Batch, timeout), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.TimedOut)
            {
                SimViolation.If(World.Now - begun < timeout.Ticks, "a wait ended before its timeout");
                told(false);
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"reading ended with {reply.Status}: {reply.Reason}");
            if (reply.Number == BroadcastCommand.Next.IsCut)
            {
                SimViolation.If(!client.MayHaveLost, "a living reader was forgotten");
                told(false);
                return;
            }

            SimViolation.If(reply.Number != reader.Next, $"a reader asked for item {reader.Next} and got those from {reply.Number}");
            See(reader, reply.Value);
            told(true);
        });
    }

    private void See(Reader reader, Payload items)
    {
        var from = new WireReader(items.Bytes.Span);
        for (int left = from.Count(); left > 0; left--)
        {
            long value = BinaryPrimitives.ReadInt64LittleEndian(from.Bytes());
            SimViolation.If(!_items.ContainsKey(value), $"{value} was read, and nobody published it");
            SimViolation.If(
                (_numbers.TryGetValue(value, out long number) && number != reader.Next)
                    || (_valueOf.TryGetValue(reader.Next, out long other) && other != value),
                $"item {reader.Next} is {value} here, and was another one elsewhere");
            _numbers[value] = reader.Next;
            _valueOf[reader.Next++] = value;
        }
    }

    /// <summary>Of two items, one published after the other, the second has the higher number.</summary>
    private void CheckOrder()
    {
        long latest = 0;
        var byEnd = new PriorityQueue<long, long>(_numbers.Where(each => _items[each.Key].Ended > 0).Select(each => (each.Value, _items[each.Key].Ended)));
        foreach (var (value, number) in _numbers.OrderBy(each => _items[each.Key].Begun))
        {
            while (byEnd.TryPeek(out long before, out long ended) && ended < _items[value].Begun)
            {
                byEnd.Dequeue();
                latest = Math.Max(latest, before);
            }

            SimViolation.If(number < latest, $"{value} is item {number}, but was published after item {latest}");
        }
    }

    /// <summary>It begins where it subscribed, and has no gap: what is missing would have to be between two items that it saw.</summary>
    private void CheckReader(Reader reader)
    {
        long latestSeen = 0;
        for (long number = reader.First; number < reader.Next; number++)
        {
            latestSeen = Math.Max(latestSeen, _items[_valueOf[number]].Begun);
        }

        foreach (var (value, item) in _items.Where(static each => each.Value.Ended > 0))
        {
            bool isKnown = _numbers.TryGetValue(value, out long number);
            SimViolation.If(
                item.Begun > reader.Subscribed && isKnown && number < reader.First,
                $"{value} was published after a reader had subscribed, who begins behind it");
            SimViolation.If(
                item.Ended < reader.Asked && isKnown && number >= reader.First,
                $"{value} was published before a reader subscribed, who begins before it");
            SimViolation.If(
                item.Begun > reader.Subscribed && !isKnown && item.Ended < latestSeen, $"{value} was lost: a reader saw what was published after it");
        }
    }

    private sealed class Item(long begun)
    {
        public long Begun => begun;

        /// <summary>When it was acknowledged; 0 if it was not.</summary>
        public long Ended { get; set; }

        public bool HasFailed { get; set; }
    }

    private sealed class Reader(long number, long first, long asked, long subscribed)
    {
        public long Number => number;

        public long First { get; } = first;

        public long Asked => asked;

        public long Subscribed => subscribed;

        public long Next { get; set; } = first;
    }
}
