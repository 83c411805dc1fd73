using Multiproc.Cluster.Leases;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>The node with the lease, and a child of it, which acts upon what it was told. Both are stopped now and then.</summary>
internal sealed class LeaseHolder(LeaseWorld world, LeaseMutant mutant)
{
    private static readonly TimeSpan s_asksEvery = TimeSpan.FromMilliseconds(250);

    private readonly MutantLease _lease = new(mutant);
    private readonly SimClock _clock = world.NewClock();
    private readonly SimClock _childs = world.NewClock();
    private Instant _childUntil;
    private long _stoppedUntil;
    private bool _isCutOff;

    public bool ActsStill => _lease.HeldFor(_clock.At(world.Now)) > TimeSpan.Zero || _childUntil > _childs.At(world.Now);

    public void Begin()
    {
        Renew();
        AskAsChild();
        world.After(world.Between(1, 8), () =>
        {
            // Stopped, or without a way to the storage.
            if (world.Chance(0.5))
            {
                _stoppedUntil = world.Now + world.Between(0, 10);
            }
            else
            {
                _isCutOff = world.Chance(0.5);
            }
        });
    }

    /// <summary>Leaves: its own processes are told at once, the child when it asks the next time.</summary>
    public void Leave()
    {
        _lease.End();
        GiveUp();
    }

    private void Renew()
    {
        if (world.Now < _stoppedUntil)
        {
            world.After(_stoppedUntil - world.Now, Renew);
            return;
        }

        if (!_lease.IsOver && !_isCutOff)
        {
            var sent = _clock.At(world.Now);
            world.Ask(world.Renew, isOurs => Renewed(sent, isOurs), static () => { });
        }

        world.After(_clock.Lasts(LeaseTimes.RenewEvery), Renew);
    }

    private void Renewed(Instant sent, bool isOurs)
    {
        if (world.Now < _stoppedUntil)
        {
            world.After(_stoppedUntil - world.Now, () => Renewed(sent, isOurs));
        }
        else if (isOurs)
        {
            _lease.Renewed(sent, _clock.At(world.Now));
        }
        else if (!_lease.IsOver)
        {
            Leave();
        }
    }

    private void GiveUp()
    {
        if (_lease.CanBeGivenUp(_clock.At(world.Now)))
        {
            world.Ask(world.GiveUp, static _ => { }, static () => { });
        }
    }

    /// <summary>The child runs on while its node is stopped, and then has no answer.</summary>
    private void AskAsChild()
    {
        var asked = _childs.At(world.Now);
        world.After(world.Between(0, 0.1), () => Answer(asked));
        world.After(_childs.Lasts(s_asksEvery), AskAsChild);
    }

    private void Answer(Instant asked)
    {
        if (world.Now < _stoppedUntil)
        {
            world.After(_stoppedUntil - world.Now, () => Answer(asked));
            return;
        }

        var held = _lease.Promise(_clock.At(world.Now));
        world.After(world.Between(0, world.Chance(0.1) ? 3 : 0.1), () =>
        {
            var from = mutant == LeaseMutant.PromisesCountFromTheAnswer ? _childs.At(world.Now) : asked;
            var until = new Instant(from.Ticks + held.Ticks);
            if (held > TimeSpan.Zero && until > _childUntil)
            {
                _childUntil = until;
            }
        });
    }
}
