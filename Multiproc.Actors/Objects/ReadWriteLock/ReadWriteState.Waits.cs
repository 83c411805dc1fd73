using Multiproc.Objects.Locks;
using Multiproc.States;
using Mode = Multiproc.Objects.ReadWriteLocks.ReadWriteCell.Mode;

namespace Multiproc.Objects.ReadWriteLocks;

/// <content>For inspection: who holds it, and who waits for whom.</content>
internal sealed partial class ReadWriteState
{
    public StateSnapshot TakeSnapshot()
    {
        StateHolder[] readers = [.. _readers.All()];
        StateHolder[] alone = _cell.ReadHolder(out int process, out int thread) == Mode.None ? [] : [new StateHolder(process, thread)];
        var waiting = new Dictionary<Caller, int>();
        foreach (var each in _line.All)
        {
            waiting[each.Caller] = each.Request.Thread;
        }

        foreach (var each in _upgrade.All)
        {
            waiting[each.Caller] = each.Request;
        }

        return new StateSnapshot
        {
            Holders = [.. alone, .. readers],
            WaitingThreads = waiting,
            Waits = [.. Waits(alone, readers)],
            Counts = new Dictionary<string, long>
            {
                [LockState.FenceName] = _cell.Fence, ["abandoned"] = _cell.IsAbandoned ? 1 : 0, [ReadersName] = _cell.Readers,
            },
        };
    }

    /// <summary>Each waits for those who hinder it, and for those who hinder a writer before it in the line.</summary>
    private IEnumerable<(Caller Waiter, StateHolder Holder)> Waits(StateHolder[] alone, StateHolder[] readers)
    {
        foreach (var upgrader in _upgrade.All)
        {
            foreach (var reader in readers)
            {
                yield return (upgrader.Caller, reader);
            }
        }

        StateHolder[] hinderingReaders = _cell.IsWriteHeld || _upgrade.Count > 0 ? alone : [];
        bool isBehindWriter = false;
        foreach (var each in _line.All)
        {
            isBehindWriter |= each.Request.Side == LockSide.Write;
            foreach (var holder in isBehindWriter ? [.. alone, .. readers] : each.Request.Side == LockSide.Read ? hinderingReaders : alone)
            {
                yield return (each.Caller, holder);
            }
        }
    }
}
