using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Locks;

/// <summary>
/// The waiters of a lock, and what happens when its holder dies. The holder is recorded in the cell alone: fast paths of other processes change it at any time,
/// so each step reads the cell.
/// </summary>
internal sealed class LockState(LockCell cell) : IDurableState
{
    public const string FenceName = "fence";

    private readonly WaitQueue<int> _waiters = new();

    /// <summary>The last caller that got the lock by a message, and the fence of that hold: while the cell has the same fence, that hold lasts.</summary>
    private (Caller Caller, long Fence) _given;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case LockCommand.Acquire acquire:
                Acquire(caller, acquire, now, effects);
                break;
            case LockCommand.HandOver:
                if (cell.IsHandOff)
                {
                    GiveToNext(abandoned: false, effects);
                }

                break;
            case LockCommand.Enter enter when cell.IsHeldBy(caller.Process, enter.Thread):
                cell.AddDepth(1);
                Given(caller, effects);
                break;
            case LockCommand.Enter enter:
                Acquire(caller, new LockCommand.Acquire(enter.Thread, enter.Timeout), now, effects);
                break;
            case LockCommand.Leave leave:
                Released(caller, leave.IsRecursive ? cell.TryReleaseOwned(caller.Process, leave.Thread) : cell.TryRelease(), effects);
                break;
            case LockCommand.LeaveHold leave:
                Released(caller, cell.Fence == leave.Fence ? cell.TryRelease() : ReleaseOutcome.NotHeld, effects);
                break;
            case LockCommand.LeaveWholly:
                int depth = cell.Depth;
                HandOverIfWanted(cell.HolderProcess == caller.Process ? cell.TryRelease() : ReleaseOutcome.NotHeld, effects);
                effects.Reply(caller, Reply.Of(depth));
                break;
            case LockCommand.Deepen deepen:
                if (cell.HolderProcess == caller.Process)
                {
                    cell.AddDepth(deepen.Levels);
                }

                effects.Reply(caller, Reply.Done);
                break;
            case LockCommand.MarkConsistent:
                cell.ClearAbandoned();
                effects.Reply(caller, Reply.Done);
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Holders = cell.IsHeld && !cell.IsHandOff ? [new StateHolder(cell.HolderProcess, cell.HolderThread, Math.Max(1, cell.Depth))] : [],
        WaitingThreads = _waiters.All.ToDictionary(static each => each.Caller, static each => each.Request),
        Counts = new Dictionary<string, long> { [FenceName] = cell.Fence, ["abandoned"] = cell.IsAbandoned ? 1 : 0 },
    };

    public void Save(WireWriter writer)
    {
        writer.Caller(_given.Caller);
        writer.VarInt(_given.Fence);
        writer.Waiters(_waiters, static (to, thread) => to.Int32(thread));
    }

    public void Restore(ref WireReader reader)
    {
        _given = (reader.Caller(), reader.VarInt());
        reader.Waiters(_waiters, static (ref WireReader from) => from.Int32());
    }

    private void Acquire(Caller caller, LockCommand.Acquire acquire, Instant now, Effects effects)
    {
        bool waits = acquire.Timeout.MayWait;
        if (_waiters.Count == 0 && cell.TryAcquire(caller.Process, acquire.Thread))
        {
            Given(caller, effects);
        }
        else if (!waits)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else if (cell.TakeOrContend(LockCell.OwnerOf(caller.Process, acquire.Thread)))
        {
            Given(caller, effects);
        }
        else
        {
            _waiters.Enqueue(caller, now.After(acquire.Timeout), acquire.Thread);
            effects.Arm(_waiters.Earliest);
        }
    }

    private void Released(Caller caller, ReleaseOutcome outcome, Effects effects)
    {
        HandOverIfWanted(outcome, effects);
        effects.Reply(caller, Reply.Of((long)(outcome == ReleaseOutcome.NeedsNode ? ReleaseOutcome.Released : outcome)));
    }

    private void HandOverIfWanted(ReleaseOutcome outcome, Effects effects)
    {
        if (outcome == ReleaseOutcome.NeedsNode)
        {
            GiveToNext(abandoned: false, effects);
        }
    }

    private void Given(Caller caller, Effects effects)
    {
        _given = (caller, cell.Fence);
        effects.Reply(caller, Reply.Of(cell.Fence));
    }

    /// <summary>Takes back the lock, or the level of it, that came too late for its caller.</summary>
    private void TakeBack(Caller caller, Effects effects)
    {
        if (_given.Caller == caller && _given.Fence == cell.Fence && cell.HolderProcess == caller.Process)
        {
            _given = default;
            HandOverIfWanted(cell.TryReleaseOwned(caller.Process, cell.HolderThread), effects);
        }
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        bool waited = _waiters.Count > 0;
        _waiters.Handle(life, now, effects);
        if (life is LifecycleEvent.CallGivenUp given)
        {
            TakeBack(given.Waiter, effects);
        }

        if (life is LifecycleEvent.ProcessGone gone)
        {
            if (cell.IsHandOff)
            {
                GiveToNext(abandoned: false, effects);
            }
            else if (cell.IsHeld && cell.HolderProcess == gone.Process)
            {
                GiveToNext(abandoned: true, effects);
            }
        }

        if (waited && _waiters.Count == 0)
        {
            OpenFastPath(effects);
        }

        effects.Arm(_waiters.Earliest);
    }

    /// <summary>Opens the fast path when no waiter is left. A holder may have seen the mark just before: then the node has the lock, and frees it.</summary>
    private void OpenFastPath(Effects effects)
    {
        cell.ClearContended();
        if (cell.IsHandOff)
        {
            GiveToNext(abandoned: false, effects);
        }
    }

    private void GiveToNext(bool abandoned, Effects effects)
    {
        if (_waiters.TryDequeue(out var next))
        {
            cell.Give(LockCell.OwnerOf(next.Caller.Process, next.Request), _waiters.Count > 0, abandoned);
            Given(next.Caller, effects);
            effects.Arm(_waiters.Earliest);
        }
        else
        {
            cell.Give(0, moreWait: false, abandoned);
        }
    }
}
