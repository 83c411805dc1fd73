using System.Buffers.Binary;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// Puts of numbers that are all different, and gets. What was acknowledged comes out, once, in order; what a dead process had comes out again, marked.
/// </summary>
internal sealed class QueueWorkload(bool isBounded, bool givesUp)
    : SimWorkload(QueueType.Instance, new SharedQueueOptions { MaxSize = isBounded ? 3 : 0 }.Pack())
{
    /// <summary>
    /// An owner that takes over when the drain begins, on a node that never knew of a dead one, gives that one's items back as late as it ends strangers.
    /// </summary>
    private static readonly TimeSpan s_drain = SimOwner.StrangersStay + TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, (long Begun, long Ended)> _puts = [];
    private readonly Dictionary<long, List<(Client Client, long Begun, long Ended, bool IsMarked)>> _gets = [];
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
            CheckOrder();
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

    /// <summary>Of two puts, one after the other, the items come out in that order, unless the first one came back from a dead process.</summary>
    private void CheckOrder()
    {
        var plain = _puts
            .Where(put => put.Value.Ended > 0 && _gets[put.Key] is [{ IsMarked: false }])
            .Select(put => (Put: put.Value, Get: _gets[put.Key][0], Value: put.Key))
            .ToArray();
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

    private void Put(Client client, Action next)
    {
        long value = ++_lastValue;
        _putting.Add(client);
        long begun = World.Now;
        _puts.Add(value, (begun, 0));
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        client.Node.Call(client.Process, new QueueCommand.Put(new Payload(bytes), WaitTimeout.Infinite), isRead: false, reply =>
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
