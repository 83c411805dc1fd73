using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Reads, writes and upgrades under one lock, some with timeouts. A living process that writes is alone; fences of exclusive holds grow; it returns from the
/// dead.
/// </summary>
internal sealed class ReadWriteWorkload(ObjectType? type = null) : SimWorkload(type ?? ReadWriteLockType.Instance)
{
    private readonly HashSet<Client> _readers = [];
    private readonly List<long> _fences = [];
    private Client? _alone;
    private bool _isWritten;

    public int Grants { get; private set; }

    public override void Check() => SimViolation.If(_fences.Distinct().Count() != _fences.Count, "two exclusive holds had the same fence");

    protected override void Act(Client client, Action next)
    {
        var side = (LockSide)World.Random.Next(1, 4);
        var timeout = World.Chance(0.3) ? WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)) : WaitTimeout.Infinite;
        client.Node.Call(client.Process, new ReadWriteCommand.Acquire(side, 1, timeout), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.TimedOut)
            {
                next();
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"acquiring ended with {reply.Status}: {reply.Reason}");
            Granted(client, side, reply.Number);
            client.MayRest = false;
            bool upgrades = side == LockSide.UpgradeableRead && World.Chance(0.5);
            World.After(World.Random.NextInt64(TimeSpan.TicksPerMillisecond * 200), () =>
            {
                if (upgrades)
                {
                    Upgrade(client, next);
                }
                else
                {
                    Release(client, side, next);
                }
            });
        });
    }

    protected override void Drain(Client client, Action done) => client.Node.Call(
        client.Process, new ReadWriteCommand.Acquire(LockSide.Write, 1, WaitTimeout.Infinite), isRead: false, reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, "the last one cannot write");
            done();
        });

    private void Granted(Client client, LockSide side, long fence)
    {
        Grants++;
        if (side != LockSide.Read)
        {
            _fences.Add(fence);
        }

        if (client.MayHaveLost)
        {
            return;
        }

        // Those whose loss is not known yet have an old fence; the others are alone when they write.
        if (!World.TakesLivingForDead)
        {
            bool isAlone = _alone is { MayHaveLost: false };
            SimViolation.If(isAlone && (_isWritten || side != LockSide.Read), $"a {side} was granted beside another living one");
            SimViolation.If(side == LockSide.Write && _readers.Any(static each => !each.MayHaveLost), "a writer was let in beside a living reader");
        }

        if (side == LockSide.Read)
        {
            _readers.Add(client);
        }
        else
        {
            (_alone, _isWritten) = (client, side == LockSide.Write);
        }
    }

    private void Upgrade(Client client, Action next)
    {
        if (!client.IsAlive)
        {
            return;
        }

        client.Node.Call(client.Process, new ReadWriteCommand.Upgrade(1, WaitTimeout.OfTicks(TimeSpan.TicksPerSecond)), isRead: false, reply =>
        {
            SimViolation.If(!client.MayHaveLost && reply.Status is not (ReplyStatus.Ok or ReplyStatus.TimedOut), $"upgrading ended with {reply.Status}");
            if (reply.Status == ReplyStatus.Ok)
            {
                _fences.Add(reply.Number);
                if (!client.MayHaveLost && !World.TakesLivingForDead)
                {
                    SimViolation.If(_readers.Any(static each => !each.MayHaveLost), "an upgrade was granted beside a living reader");
                    _isWritten = true;
                }
            }

            World.After(World.Random.NextInt64(TimeSpan.TicksPerMillisecond * 100), () => Release(client, LockSide.UpgradeableRead, next));
        });
    }

    private void Release(Client client, LockSide side, Action next)
    {
        if (!client.IsAlive)
        {
            return;
        }

        _readers.Remove(client);
        if (_alone == client)
        {
            (_alone, _isWritten) = (null, false);
        }

        client.Node.Call(client.Process, new ReadWriteCommand.Release(side, 1), isRead: false, reply =>
        {
            SimViolation.If(!client.MayHaveLost && reply.Status != ReplyStatus.Ok, $"the holder's release ended with {reply.Status}: {reply.Reason}");
            client.MayRest = true;
            next();
        });
    }
}
