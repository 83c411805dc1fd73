using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Semaphores;

/// <summary>
/// The waiters of a semaphore, and the slots of the processes that use it. A process that comes when all slots are taken uses commands alone, and its permits
/// are counted here.
/// </summary>
internal sealed class SemaphoreState : IDurableState
{
    private readonly SemaphoreCell _cell;
    private readonly int _maximum;
    private readonly WaitQueue<bool> _waiters = new();
    private readonly Dictionary<int, int> _slots = new() { [Caller.LocalProcess] = SemaphoreCell.NodeSlot };
    private readonly Dictionary<int, int> _heldWithoutSlot = [];
    private readonly LateGrants _granted = new();

    public SemaphoreState(SemaphoreCell cell, int count, int maximum)
    {
        _cell = cell;
        _maximum = maximum;
        cell.Initialize(count);
    }

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case SemaphoreCommand.Join:
                effects.Reply(caller, Reply.Of(Join(caller.Process)));
                break;
            case SemaphoreCommand.Acquire acquire:
                Acquire(caller, acquire, now, effects);
                break;
            case SemaphoreCommand.Release:
                Release(caller, effects);
                break;
            case SemaphoreCommand.ReleaseHeld when _heldWithoutSlot.GetValueOrDefault(caller.Process) <= 0:
                effects.Reply(caller, Reply.Refused("this process holds no permit."));
                break;
            case SemaphoreCommand.ReleaseHeld:
                Release(caller, effects);
                break;
            case SemaphoreCommand.CountHolds:
                effects.Reply(caller, Reply.Of(
                    _slots.TryGetValue(caller.Process, out int slot) ? _cell.Held(slot) : _heldWithoutSlot.GetValueOrDefault(caller.Process)));
                break;
            case SemaphoreCommand.Grant:
                GrantAll(effects);
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Holders =
        [
            .. _slots.Select(each => new StateHolder(each.Key, 0, _cell.Held(each.Value)))
                .Concat(_heldWithoutSlot.Select(static each => new StateHolder(each.Key, 0, each.Value)))
                .Where(static each => each.Count > 0),
        ],
        Counts = new Dictionary<string, long> { ["permits"] = _cell.Count },
    };

    public void Save(WireWriter writer)
    {
        Numbers(writer, _slots);
        Numbers(writer, _heldWithoutSlot);
        writer.Waiters(_waiters, static (_, _) => { });
        _granted.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        Numbers(ref reader, _slots);
        Numbers(ref reader, _heldWithoutSlot);
        reader.Waiters(_waiters, static (ref WireReader _) => true);
        _granted.Restore(ref reader);
    }

    private static void Numbers(WireWriter writer, Dictionary<int, int> numbers)
    {
        writer.VarUInt((uint)numbers.Count);
        foreach (var (process, number) in numbers)
        {
            writer.VarUInt((uint)process);
            writer.VarInt(number);
        }
    }

    private static void Numbers(ref WireReader reader, Dictionary<int, int> numbers)
    {
        numbers.Clear();
        for (int left = reader.Count(); left > 0; left--)
        {
            numbers.Add(reader.Natural(), (int)reader.VarInt());
        }
    }

    private int Join(int process)
    {
        if (_slots.TryGetValue(process, out int slot))
        {
            return slot;
        }

        // Permits of a process without a slot are counted here until they are released: with a slot as well, neither count would be right.
        for (slot = 0; slot < SemaphoreCell.Slots && !_heldWithoutSlot.ContainsKey(process); slot++)
        {
            if (!_slots.ContainsValue(slot))
            {
                _slots.Add(process, slot);
                return slot;
            }
        }

        return -1;
    }

    private void Acquire(Caller caller, SemaphoreCommand.Acquire acquire, Instant now, Effects effects)
    {
        GrantAll(effects);
        int slot = SlotOf(caller.Process);
        bool waits = acquire.Timeout.MayWait;
        if (_waiters.Count == 0 && (waits ? _cell.TakeOrAnnounce(slot) : _cell.TryTake(slot, pastWaiters: true)))
        {
            Granted(caller, effects);
        }
        else if (!waits)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _waiters.Enqueue(caller, now.After(acquire.Timeout), true);
            effects.Arm(_waiters.Earliest);
        }
    }

    private void Release(Caller caller, Effects effects)
    {
        if (_cell.Give(SlotOf(caller.Process), _maximum) == PermitOutcome.TooMany)
        {
            effects.Reply(caller, Reply.Refused("semaphore released too many times."));
            return;
        }

        CountWithoutSlot(caller.Process, -1);
        effects.Reply(caller, Reply.Done);
        GrantAll(effects);
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        _waiters.Handle(life, now, effects);
        if (life is LifecycleEvent.CallGivenUp given)
        {
            TakeBack(given.Waiter);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            _granted.Forget(gone.Process);
            if (_slots.Remove(gone.Process, out int slot))
            {
                _cell.Reclaim(slot);
            }

            if (_heldWithoutSlot.Remove(gone.Process, out int held))
            {
                for (; held > 0; held--)
                {
                    _cell.Give(SemaphoreCell.SharedSlot, SemaphoreCell.MaxCount);
                }
            }
        }

        // This also sees a process that died between its release and its message: the permit is in the cell.
        GrantAll(effects);
        if (_waiters.Count == 0)
        {
            _cell.ClearWaiters();
        }

        effects.Arm(_waiters.Earliest);
    }

    private void GrantAll(Effects effects)
    {
        bool waited = _waiters.Count > 0;
        while (_waiters.TryPeek(out var first) && _cell.TryTake(SlotOf(first.Caller.Process), pastWaiters: true))
        {
            _waiters.TryDequeue(out _);
            Granted(first.Caller, effects);
        }

        if (waited && _waiters.Count == 0)
        {
            _cell.ClearWaiters();
            effects.Arm(Instant.Never);
        }
    }

    private void Granted(Caller caller, Effects effects)
    {
        CountWithoutSlot(caller.Process, 1);
        _granted.Note(caller);
        effects.Reply(caller, Reply.Done);
    }

    /// <summary>Takes back a permit that came too late for its caller, whose process does not know that it got one.</summary>
    private void TakeBack(Caller caller)
    {
        if (_granted.TryTakeBack(caller, out _))
        {
            _cell.Give(SlotOf(caller.Process), SemaphoreCell.MaxCount);
            CountWithoutSlot(caller.Process, -1);
        }
    }

    private void CountWithoutSlot(int process, int change)
    {
        if (_slots.ContainsKey(process))
        {
            return;
        }

        int held = _heldWithoutSlot.GetValueOrDefault(process) + change;
        if (held == 0)
        {
            _heldWithoutSlot.Remove(process);
        }
        else
        {
            _heldWithoutSlot[process] = held;
        }
    }

    private int SlotOf(int process) => _slots.GetValueOrDefault(process, SemaphoreCell.SharedSlot);
}
