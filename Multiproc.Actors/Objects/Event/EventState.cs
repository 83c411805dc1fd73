using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Events;

/// <summary>The waiters of an event. Setting wakes all that waited at that moment, even if the event is cleared before they are told.</summary>
internal sealed class EventState(EventCell cell) : IDurableState
{
    private readonly WaitQueue<bool> _waiters = new();

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case EventCommand.Wait wait:
                Wait(caller, wait, now, effects);
                break;
            case EventCommand.Call:
                // A call that comes late, after newer waiters have set the mark again, is not for them.
                CallTheCalled(effects);
                break;
            case EventCommand.Set:
                cell.Set();
                CallTheCalled(effects);
                effects.Reply(caller, Reply.Done);
                break;
            case EventCommand.Clear:
                cell.Clear();
                effects.Reply(caller, Reply.Done);
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["set"] = cell.IsSet ? 1 : 0 } };

    public void Save(WireWriter writer) => writer.Waiters(_waiters, static (_, _) => { });

    public void Restore(ref WireReader reader) => reader.Waiters(_waiters, static (ref WireReader _) => true);

    /// <summary>
    /// Handles a lifecycle event. A waiter that was called in time counts as called, even if the call is still on its way or its sender has died.
    /// </summary>
    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        if (life is LifecycleEvent.ProcessGone gone)
        {
            _waiters.RemoveProcess(gone.Process);
        }

        CallTheCalled(effects);
        _waiters.Handle(life, now, effects);
        effects.Arm(_waiters.Earliest);
    }

    private void Wait(Caller caller, EventCommand.Wait wait, Instant now, Effects effects)
    {
        // Earlier waiters that were called, but whose call is still on its way, must not be forgotten by a new mark.
        CallTheCalled(effects);
        if (cell.IsSet)
        {
            effects.Reply(caller, Reply.Done);
        }
        else if (!wait.Timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else if (!cell.TryAnnounceWaiter())
        {
            effects.Reply(caller, Reply.Done);
        }
        else
        {
            _waiters.Enqueue(caller, now.After(wait.Timeout), true);
            effects.Arm(_waiters.Earliest);
        }
    }

    private void CallTheCalled(Effects effects)
    {
        if (_waiters.Count == 0 || !cell.WaitersWereCalled)
        {
            return;
        }

        while (_waiters.TryDequeue(out var waiter))
        {
            effects.Reply(waiter.Caller, Reply.Done);
        }

        effects.Arm(Instant.Never);
    }
}
