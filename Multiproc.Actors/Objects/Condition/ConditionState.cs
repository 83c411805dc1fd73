using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Conditions;

/// <summary>
/// The waiters of a condition. The order of waits and notifications is in the cell; a waiter's message may come later than a notification that is for it. A
/// notification stays unacknowledged until the waiter confirms it; if the waiter dies before that, another one gets it.
/// </summary>
internal sealed class ConditionState(ConditionCell cell) : IDurableState
{
    private readonly WaitQueue<long> _waiters = new();

    /// <summary>Tickets up to <see cref="_known"/> whose message has not come.</summary>
    private readonly SortedSet<long> _missing = [];

    /// <summary>Notifications for tickets that are missing.</summary>
    private readonly List<Notification> _open = [];
    private readonly Dictionary<Caller, long> _unacknowledged = [];
    private readonly LateGrants _tickets = new();
    private long _known;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        // In this order: a dead waiter must not be notified any more, and a waiter that was notified in time must not time out.
        if (command is LifecycleEvent.ProcessGone gone)
        {
            Forget(gone.Process, effects);
        }

        ReadCalls(effects);
        switch (command)
        {
            case ConditionCommand.Wait wait:
                Wait(caller, wait, now, effects);
                break;
            case ConditionCommand.TakeTicket:
                long taken = cell.TakeTicket(caller.Process);
                _tickets.Note(caller, taken);
                effects.Reply(caller, Reply.Of(taken));
                break;
            case ConditionCommand.Notify notify:
                // There is room: all earlier calls have just been handled.
                cell.TryCall(notify.Count);
                ReadCalls(effects);
                effects.Reply(caller, Reply.Done);
                break;
            case ConditionCommand.ReadCalls:
                effects.Reply(caller, Reply.Done);
                break;
            case ConditionCommand.Taken got:
                _unacknowledged.Remove(caller with { Call = got.Call });
                break;
            case LifecycleEvent.CallGivenUp given:
                TakeBack(given.Waiter, effects);
                effects.Arm(_waiters.Earliest);
                break;
            case LifecycleEvent life:
                _waiters.Handle(life, now, effects);
                effects.Arm(_waiters.Earliest);
                break;
        }

        if (_open.Count > 0)
        {
            _open.RemoveAll(each => each.Count == 0 || _missing.Count == 0 || _missing.Min > each.UpTo);
        }

        cell.Resolve(_known - _missing.Count - _waiters.Count);
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(_known);
        writer.Waiters(_waiters, static (to, ticket) => to.VarInt(ticket));
        writer.VarUInt((uint)_missing.Count);
        foreach (long ticket in _missing)
        {
            writer.VarInt(ticket);
        }

        writer.VarUInt((uint)_open.Count);
        foreach (var notification in _open)
        {
            writer.VarUInt((uint)notification.Count);
            writer.VarInt(notification.UpTo);
        }

        writer.VarUInt((uint)_unacknowledged.Count);
        foreach (var (caller, upTo) in _unacknowledged)
        {
            writer.Caller(caller);
            writer.VarInt(upTo);
        }

        _tickets.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _known = reader.VarInt();
        reader.Waiters(_waiters, static (ref WireReader from) => from.VarInt());
        for (int left = reader.Count(); left > 0; left--)
        {
            _missing.Add(reader.VarInt());
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            _open.Add(new Notification(reader.Natural(), reader.VarInt()));
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            _unacknowledged.Add(reader.Caller(), reader.VarInt());
        }

        _tickets.Restore(ref reader);
    }

    private void Wait(Caller caller, ConditionCommand.Wait wait, Instant now, Effects effects)
    {
        Learn(wait.Ticket);
        if (!_missing.Remove(wait.Ticket))
        {
            effects.Reply(caller, Reply.Refused($"ticket {wait.Ticket} is not from the cell, or was used."));
        }
        else if (TryUseOpen(wait.Ticket, out long upTo))
        {
            Notify(caller, upTo, effects);
        }
        else if (!wait.Timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _waiters.Enqueue(caller, now.After(wait.Timeout), wait.Ticket);
            effects.Arm(_waiters.Earliest);
        }
    }

    private void ReadCalls(Effects effects)
    {
        while (cell.HasCalls)
        {
            var (count, upTo) = cell.SeeCall();
            Learn(upTo);
            Notify(new Notification(count, upTo), effects);
        }
    }

    /// <summary>Serves the waiters that are here first; what is left is kept for those whose message is on its way.</summary>
    private void Notify(Notification notification, Effects effects)
    {
        int left = notification.Count;
        while (left > 0 && _waiters.TryDequeue(static (ticket, upTo) => ticket <= upTo, notification.UpTo, out var waiter))
        {
            Notify(waiter.Caller, notification.UpTo, effects);
            left--;
        }

        if (left > 0 && _missing.Count > 0 && _missing.Min <= notification.UpTo)
        {
            _open.Add(notification with { Count = left });
        }
    }

    private void Notify(Caller waiter, long upTo, Effects effects)
    {
        if (!waiter.IsLocal)
        {
            _unacknowledged[waiter] = upTo;
        }

        effects.Reply(waiter, Reply.Done);
    }

    /// <summary>Takes the earliest of the notifications that are for this ticket: a later one may serve later tickets.</summary>
    private bool TryUseOpen(long ticket, out long upTo)
    {
        int best = -1;
        for (int i = 0; i < _open.Count; i++)
        {
            if (_open[i].Count > 0 && _open[i].UpTo >= ticket && (best < 0 || _open[i].UpTo < _open[best].UpTo))
            {
                best = i;
            }
        }

        upTo = best < 0 ? 0 : _open[best].UpTo;
        if (best >= 0)
        {
            _open[best] = _open[best] with { Count = _open[best].Count - 1 };
        }

        return best >= 0;
    }

    /// <summary>Records that tickets up to this one were taken. A number that is not from the cell changes nothing.</summary>
    private void Learn(long ticket)
    {
        if (ticket <= cell.LastTicket)
        {
            while (_known < ticket)
            {
                _missing.Add(++_known);
            }
        }
    }

    /// <summary>Passes on a notification that its caller never received, to another waiter of the same moment.</summary>
    private void TakeBack(Caller caller, Effects effects)
    {
        _waiters.Remove(caller);
        if (_tickets.TryTakeBack(caller, out long ticket))
        {
            Learn(ticket);
            _missing.Remove(ticket);
        }

        if (_unacknowledged.Remove(caller, out long upTo))
        {
            Notify(new Notification(1, upTo), effects);
        }
    }

    /// <summary>Handles the death of a process, after all its messages: its waits are removed, and its unacknowledged notifications go to others.</summary>
    private void Forget(int process, Effects effects)
    {
        _tickets.Forget(process);
        _waiters.RemoveProcess(process);
        Learn(cell.LastTicket);
        _missing.RemoveWhere(ticket => cell.WasTakenBy(ticket, process));
        foreach (var (caller, upTo) in _unacknowledged.Where(each => each.Key.Process == process).OrderBy(static each => each.Key.Call).ToArray())
        {
            _unacknowledged.Remove(caller);
            Notify(new Notification(1, upTo), effects);
        }
    }

    /// <summary>A notification for a number of waiters, whose tickets are not above a limit.</summary>
    private readonly record struct Notification(int Count, long UpTo);
}
