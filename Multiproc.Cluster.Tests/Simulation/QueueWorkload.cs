using System.Buffers.Binary;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// Puts of numbers that are all different, and gets. What was acknowledged comes out, once, in order; what a dead process had comes out again, marked. With
/// terms, items have priorities and delays: none is taken while there is one of a higher priority, and none before its time.
/// </summary>
internal sealed class QueueWorkload(bool isBounded, bool givesUp, bool hasTerms = false, ObjectType? type = null)
    : SimWorkload(type ?? QueueType.Instance, new SharedQueueOptions { MaxSize = isBounded ? 3 : 0 }.Pack())
{
    /// <summary>
    /// An owner that takes over when the drain begins, on a node that never knew of a dead one, gives that one's items back as late as it ends strangers.
    /// </summary>
    private static readonly TimeSpan s_drain = SimOwner.StrangersStay + TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, (long Begun, long Ended)> _puts = [];
    private readonly Dictionary<long, List<(Client Client, long Begun, long Ended, bool IsMarked)>> _gets = [];
    private readonly Dictionary<long, (int Priority, long Delay)> _terms = [];
    private readonly HashSet<Client> _putting = [];
    private long _lastValue;

    /// <summary>Producers may wait for room.</summary>
    protected override bool IsSettled => !_putting.Any(static client => client.IsAlive);

    public override void Check()
    {
        foreach (var (value, put) in _puts)
        {
            bool isOut = _gets.TryGetValue(value, out var gets);
            SimViolation.If(put.Ended > 0 && !isOut, $"{value} was put and acknowledged, and never came out");
            SimViolation.If(isOut && gets!.Count(static get => !get.Client.MayHaveLost) > 1, $"{value} came to two living processes");
            SimViolation.If(isOut && gets!.Count(static get => !get.IsMarked) > 1 && !givesUp, $"{value} came again without a mark");
        }

        SimViolation.If(_gets.Keys.Except(_puts.Keys).Any(), "something came out that was never put");
        if (!givesUp)
        {
            foreach (int priority in _terms.Values.Select(static each => each.Priority).Distinct())
            {
                CheckOrder(priority);
            }

            CheckTerms();
        }
    }

    protected override void Act(Client client, Action next)
    {
        // Never all of them wait for room.
        if (World.IsChaos && World.Chance(0.5) && Living.Count(_putting.Contains) < 3)
        {
            Put(client, next);
        }
        else
        {
            Get(client, TimeSpan.FromSeconds(World.Random.NextDouble() * 2), _ => next());
        }
    }

    protected override void Drain(Client client, Action done) => Get(client, s_drain, got =>
    {
        if (got)
        {
            Drain(client, done);
        }
        else
        {
            done();
        }
    });

    /// <summary>
    /// Of two puts, one after the other, the items come out in that order, unless the first one came back from a dead process; of one priority, without delays.
    /// </summary>
    private void CheckOrder(int priority)
    {
        var plain = Plain.Where(each => _terms[each.Value] == (priority, 0)).ToArray();
        var byPutEnd = plain.OrderBy(static each => each.Put.Ended).ToArray();
        int next = 0;
        long latest = 0;
        foreach (var each in plain.OrderBy(static each => each.Put.Begun))
        {
            for (; next < byPutEnd.Length && byPutEnd[next].Put.Ended < each.Put.Begun; next++)
            {
                latest = Math.Max(latest, byPutEnd[next].Get.Begun);
            }

            SimViolation.If(each.Get.Ended < latest, $"{each.Value} came out before something that was put before it");
        }
    }

    /// <summary>Items that were acknowledged, and came out once, for the first time.</summary>
    private IEnumerable<((long Begun, long Ended) Put, (long Begun, long Ended) Get, long Value)> Plain => _puts
        .Where(put => put.Value.Ended > 0 && _gets[put.Key] is [{ IsMarked: false }])
        .Select(put => (put.Value, (_gets[put.Key][0].Begun, _gets[put.Key][0].Ended), put.Key));

    private void CheckTerms()
    {
        var plain = Plain.ToArray();
        foreach (var each in plain)
        {
            var (priority, delay) = _terms[each.Value];
            SimViolation.If(each.Get.Ended < each.Put.Begun + delay, $"{each.Value} came out before its time");
            SimViolation.If(
                delay == 0 && plain.Any(other => _terms[other.Value].Priority < priority
                    && other.Get.Begun > each.Put.Ended && other.Get.Ended < each.Get.Begun),
                $"{each.Value}, of priority {priority}, was there, and an item of a lower one was taken");
        }
    }

    private void Put(Client client, Action next)
    {
        long value = ++_lastValue;
        _putting.Add(client);
        long begun = World.Now;
        _puts.Add(value, (begun, 0));
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        var (priority, delay) = _terms[value] = !hasTerms ? (0, 0)
            : World.Chance(0.2) ? (0, World.Random.NextInt64(TimeSpan.TicksPerSecond * 2)) : (World.Random.Next(3), 0);
        QueueCommand put = hasTerms
            ? new QueueCommand.PutWith(new Payload(bytes), WaitTimeout.Infinite, new PutTerms(priority, WaitTimeout.OfTicks(delay), WaitTimeout.Infinite))
            : new QueueCommand.Put(new Payload(bytes), WaitTimeout.Infinite);
        client.Node.Call(client.Process, put, isRead: false, reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, $"a put ended with {reply.Status}: {reply.Reason}");
            _puts[value] = (begun, World.Now);
            _putting.Remove(client);
            next();
        });
    }

    private void Get(Client client, TimeSpan timeout, Action<bool> got)
    {
        long begun = World.Now;
        Caller caller = default;
        bool isOver = false;
        caller = client.Node.Call(client.Process, new QueueCommand.Get(timeout), isRead: false, reply =>
        {
            isOver = true;
            SimViolation.If(reply.Status == ReplyStatus.TimedOut && World.Now - begun < timeout.Ticks, "a get ended before its timeout");
            if (reply.Status == ReplyStatus.Ok)
            {
                long value = BinaryPrimitives.ReadInt64LittleEndian(reply.Value.Bytes.Span);
                if (!_gets.TryGetValue(value, out var gets))
                {
                    _gets.Add(value, gets = []);
                }

                gets.Add((client, begun, World.Now, reply.Number > 0));
                client.Node.Tell(client.Process, new QueueCommand.Taken(caller.Call));
            }

            got(reply.Status == ReplyStatus.Ok);
        });
        if (givesUp && World.IsChaos && World.Chance(0.1))
        {
            World.After(World.Random.NextInt64(TimeSpan.TicksPerSecond), () =>
            {
                if (!isOver && client.IsAlive)
                {
                    isOver = true;
                    client.Node.GiveUp(caller);
                    got(false);
                }
            });
        }
    }
}
