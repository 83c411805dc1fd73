using Multiproc.Serialization;
using Multiproc.States;
using Mode = Multiproc.Objects.ReadWriteLocks.ReadWriteCell.Mode;

namespace Multiproc.Objects.ReadWriteLocks;

/// <summary>
/// The waiters of a read-write lock, and what happens when a holder dies. First come, first served; but for two things that hinder nobody: a
/// reader does not wait behind one that waits for another upgradeable reader, and an upgrade comes before all that wait.
/// </summary>
/// <remarks>
/// Readers come and go by the cell while it is open. It is closed while there is a writer, or somebody waits to write. Each step closes it first, if it must be
/// closed afterwards, and then looks for readers.
/// </remarks>
internal sealed partial class ReadWriteState : IDurableState
{
    public const string ReadersName = "readers";

    // What was granted, for grants that come too late.
    private const int GrantOfRead = 1;
    private const int GrantAlone = 2;
    private const int GrantOfUpgrade = 3;

    private readonly ReadWriteCell _cell;
    private readonly Readers _readers;
    private readonly WaitQueue<Wanted> _line = new();
    private readonly WaitQueue<int> _upgrade = new();
    private readonly LateGrants _granted = new();

    public ReadWriteState(ReadWriteCell cell)
    {
        _cell = cell;
        _readers = new Readers(cell);
        cell.Initialize();
    }

    private bool MustBeClosed => _cell.IsWriteHeld || _upgrade.Count > 0 || _line.Requests.Any(static each => each.Side == LockSide.Write);

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case ReadWriteCommand.Join:
                effects.Reply(caller, Reply.Of(_readers.Join(caller.Process)));
                break;
            case ReadWriteCommand.Acquire acquire:
                _line.Enqueue(caller, now.After(acquire.Timeout), new Wanted(acquire.Side, acquire.Thread));
                Settle(effects);
                LeaveIfImpatient(_line, caller, acquire.Timeout, effects);
                break;
            case ReadWriteCommand.Upgrade upgrade:
                Upgrade(caller, upgrade, now, effects);
                break;
            case ReadWriteCommand.Release release:
                Release(caller, release, effects);
                break;
            case ReadWriteCommand.Downgrade:
                Downgrade(caller, effects);
                break;
            case ReadWriteCommand.ReaderLeft:
                Settle(effects);
                break;
            case ReadWriteCommand.MarkConsistent:
                _cell.SetAbandoned(false);
                effects.Reply(caller, Reply.Done);
                break;
            case ReadWriteCommand.CountHolds:
                effects.Reply(caller, Reply.Of(_readers.Count(caller.Process) + (HoldsAlone(caller.Process, out _) ? 1 : 0)));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public void Save(WireWriter writer)
    {
        _readers.Save(writer);
        writer.Waiters(_line, static (to, wanted) =>
        {
            to.Byte((byte)wanted.Side);
            to.VarUInt((uint)wanted.Thread);
        });
        writer.Waiters(_upgrade, static (to, thread) => to.VarUInt((uint)thread));
        _granted.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _readers.Restore(ref reader);
        reader.Waiters(_line, static (ref WireReader from) => new Wanted((LockSide)from.Byte(), from.Natural()));
        reader.Waiters(_upgrade, static (ref WireReader from) => from.Natural());
        _granted.Restore(ref reader);
    }

    private bool HoldsAlone(int process, out Mode mode) => (mode = _cell.ReadHolder(out int holder, out _)) != Mode.None && holder == process;

    private void Upgrade(Caller caller, ReadWriteCommand.Upgrade upgrade, Instant now, Effects effects)
    {
        if (!HoldsAlone(caller.Process, out var mode) || mode != Mode.Upgradeable || _upgrade.Count > 0)
        {
            effects.Reply(caller, Reply.Refused(
                _upgrade.Count > 0
                    ? "it is being upgraded already."
                    : "this process does not hold it for upgradeable reading: acquire it so before the upgrade."));
            return;
        }

        _upgrade.Enqueue(caller, now.After(upgrade.Timeout), upgrade.Thread);
        Settle(effects);
        LeaveIfImpatient(_upgrade, caller, upgrade.Timeout, effects);
    }

    private void Downgrade(Caller caller, Effects effects)
    {
        if (!HoldsAlone(caller.Process, out var mode) || mode != Mode.Upgraded)
        {
            effects.Reply(caller, Reply.Refused("this process has not upgraded it, so it cannot be downgraded."));
            return;
        }

        _cell.SetMode(Mode.Upgradeable);
        effects.Reply(caller, Reply.Of(_cell.Fence));
        Settle(effects);
    }

    private void Release(Caller caller, ReadWriteCommand.Release release, Effects effects)
    {
        if (!TryRelease(caller.Process, release))
        {
            effects.Reply(caller, Reply.Refused($"this process does not hold it {Words(release.Side)}: each release needs an acquire before it."));
            return;
        }

        effects.Reply(caller, Reply.Done);
        Settle(effects);
    }

    private bool TryRelease(int process, ReadWriteCommand.Release release)
    {
        if (release.Side == LockSide.Read)
        {
            return _readers.TryRemove(process, release.Thread);
        }

        if (!HoldsAlone(process, out var mode) || (mode == Mode.Write) != (release.Side == LockSide.Write) || _upgrade.Count > 0)
        {
            return false;
        }

        _cell.SetMode(Mode.None);
        return true;
    }

    private static string Words(LockSide side) => side switch
    {
        LockSide.Read => "for reading",
        LockSide.Write => "for writing, or has upgraded it",
        _ => "for upgradeable reading, or is upgrading it",
    };

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        _line.Handle(life, now, effects);
        _upgrade.Handle(life, now, effects);
        if (life is LifecycleEvent.CallGivenUp given)
        {
            TakeBack(given.Waiter);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            Forget(gone.Process);
        }

        // This also sees a reader that died between its release and its message: its permit is in the cell.
        Settle(effects);
    }

    private void Forget(int process)
    {
        _granted.Forget(process);
        _readers.Forget(process);
        if (HoldsAlone(process, out var mode))
        {
            if (mode != Mode.Upgradeable)
            {
                _cell.SetAbandoned(true);
            }

            _cell.SetMode(Mode.None);
        }
    }

    /// <summary>Takes back what came too late for its caller, whose process does not know that it got it.</summary>
    private void TakeBack(Caller caller)
    {
        if (!_granted.TryTakeBack(caller, out long fence, out int what))
        {
            return;
        }

        if (what == GrantOfRead)
        {
            _readers.TryRemove(caller.Process, (int)fence);
        }
        else if (fence == _cell.Fence && HoldsAlone(caller.Process, out var mode))
        {
            _cell.SetMode(what == GrantOfUpgrade && mode == Mode.Upgraded ? Mode.Upgradeable : Mode.None);
        }
    }

    private void LeaveIfImpatient<T>(WaitQueue<T> waiters, Caller caller, WaitTimeout timeout, Effects effects)
    {
        if (!timeout.MayWait && waiters.Remove(caller))
        {
            effects.Reply(caller, Reply.TimedOut);
            Settle(effects);
        }
    }

    /// <summary>A waiter, and how it wants the lock.</summary>
    private readonly record struct Wanted(LockSide Side, int Thread);
}
