using Multiproc.States;
using Mode = Multiproc.Objects.ReadWriteLocks.ReadWriteCell.Mode;

namespace Multiproc.Objects.ReadWriteLocks;

/// <content>Whose turn it is.</content>
internal sealed partial class ReadWriteState
{
    /// <summary>Serves whoever can be served. After each step nobody waits who could go on.</summary>
    private void Settle(Effects effects)
    {
        CloseOrOpen();
        if (_cell.Readers == 0 && _upgrade.TryDequeue(out var upgrader))
        {
            Granted(upgrader.Caller, _cell.Give(Mode.Upgraded, upgrader.Caller.Process, upgrader.Request), GrantOfUpgrade, effects);
        }

        while (TryFindNext(out var next))
        {
            _line.Remove(next.Caller);
            Grant(next.Caller, next.Request, effects);
        }

        CloseOrOpen();
        effects.Arm(_line.Earliest < _upgrade.Earliest ? _line.Earliest : _upgrade.Earliest);
    }

    private void CloseOrOpen()
    {
        if (MustBeClosed)
        {
            _cell.Permits.SetWaiters();
        }
        else
        {
            _cell.Permits.ClearWaiters();
        }
    }

    private bool TryFindNext(out Waiter<Wanted> next)
    {
        bool upgraderWaits = false;
        foreach (var each in _line.All)
        {
            if (IsFree(each.Request.Side, upgraderWaits))
            {
                next = each;
                return true;
            }

            if (each.Request.Side == LockSide.Write)
            {
                break;
            }

            upgraderWaits |= each.Request.Side == LockSide.UpgradeableRead;
        }

        next = default;
        return false;
    }

    /// <summary>Whether one who is behind no writer can have the lock.</summary>
    private bool IsFree(LockSide side, bool upgraderWaits) => side switch
    {
        LockSide.Read => !_cell.IsWriteHeld && _upgrade.Count == 0 && _cell.Readers < ReadWriteCell.MaxReaders,
        LockSide.UpgradeableRead => _cell.ReadHolder(out _, out _) == Mode.None,
        _ => !upgraderWaits && _cell.ReadHolder(out _, out _) == Mode.None && _cell.Readers == 0,
    };

    private void Grant(Caller caller, Wanted wanted, Effects effects)
    {
        if (wanted.Side == LockSide.Read)
        {
            _readers.Add(caller.Process, wanted.Thread);
            _granted.Note(caller, wanted.Thread, GrantOfRead);
            effects.Reply(caller, Reply.Of(_cell.Fence));
            return;
        }

        var mode = wanted.Side == LockSide.Write ? Mode.Write : Mode.Upgradeable;
        Granted(caller, _cell.Give(mode, caller.Process, wanted.Thread), GrantAlone, effects);
    }

    private void Granted(Caller caller, long fence, int what, Effects effects)
    {
        _granted.Note(caller, fence, what);
        effects.Reply(caller, Reply.Of(fence));
    }
}
