using Multiproc.Objects.Locks;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// Acquires and releases of one lock, some with timeouts. At most one living process has it; fences grow in the order of the holds; it returns from the dead.
/// </summary>
internal sealed class LockWorkload() : SimWorkload(LockType.Instance)
{
    private readonly List<(long Asked, long Got, long Fence)> _grants = [];
    private readonly List<(long Ended, long Fence)> _releases = [];
    private Client? _holder;

    public override void Check()
    {
        SimViolation.If(_grants.Select(static each => each.Fence).Distinct().Count() != _grants.Count, "two holds had the same fence");
        var ended = _grants.Select(static each => (Ended: each.Got, each.Fence)).Concat(_releases).OrderBy(static each => each.Ended).ToArray();
        int next = 0;
        long largest = 0;
        foreach (var grant in _grants.OrderBy(static each => each.Asked))
        {
            for (; next < ended.Length && ended[next].Ended < grant.Asked; next++)
            {
                largest = Math.Max(largest, ended[next].Fence);
            }

            SimViolation.If(grant.Fence <= largest, $"a hold that was asked for after fence {largest} had been given got fence {grant.Fence}");
        }
    }

    protected override void Act(Client client, Action next)
    {
        long asked = World.Now;
        var timeout = World.Chance(0.3) ? WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)) : WaitTimeout.Infinite;
        var caller = client.Node.Call(client.Process, new LockCommand.Acquire(1, timeout), isRead: false, reply =>
        {
            if (reply.Status is ReplyStatus.TimedOut or ReplyStatus.Cancelled)
            {
                SimViolation.If(reply.Status == ReplyStatus.TimedOut && World.Now - asked < timeout.Ticks, "a wait ended before its timeout");
                next();
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"acquiring ended with {reply.Status}: {reply.Reason}");
            _grants.Add((asked, World.Now, reply.Number));
            if (!client.MayHaveLost)
            {
                // To a node that was cut off, a grant may come when it has been taken back: its fence is old.
                SimViolation.If(_holder is { MayHaveLost: false } && !World.TakesLivingForDead, "two living processes hold the lock");
                _holder = client;
            }

            client.MayRest = false;
            World.After(World.Random.NextInt64(TimeSpan.TicksPerMillisecond * 200), () => Release(client, reply.Number, next));
        });
        if (World.IsChaos && World.Chance(0.1))
        {
            World.After(World.Random.NextInt64(TimeSpan.TicksPerSecond), () => CancelIfAlive(client, caller));
        }
    }

    protected override void Drain(Client client, Action done) =>
        client.Node.Call(client.Process, new LockCommand.Acquire(1, WaitTimeout.Infinite), isRead: false, _ => done());

    private static void CancelIfAlive(Client client, Caller caller)
    {
        if (client.IsAlive)
        {
            client.Node.Cancel(caller);
        }
    }

    private void Release(Client client, long fence, Action next)
    {
        if (!client.IsAlive)
        {
            return;
        }

        if (_holder == client)
        {
            _holder = null;
        }

        client.Node.Call(client.Process, new LockCommand.Leave(1, IsRecursive: true), isRead: false, reply =>
        {
            SimViolation.If(
                !client.MayHaveLost && (ReleaseOutcome)reply.Number != ReleaseOutcome.Released,
                $"the holder's release ended with {(ReleaseOutcome)reply.Number}: {reply.Reason}");
            _releases.Add((World.Now, fence));
            client.MayRest = true;
            next();
        });
    }
}
