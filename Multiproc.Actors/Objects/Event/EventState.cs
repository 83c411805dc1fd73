namespace Multiproc.Objects.Events;

/// <summary>The waiters of an event. Setting wakes all who waited then, even if it is cleared before they are told.</summary>
internal sealed class EventState(EventCell cell) : IObjectState
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
                if (cell.WaitersWereCalled)
                {
                    CallAll(effects);
                }

                break;
            case LifeCommand life:
                _waiters.Handle(life, now, effects);

                // A setter that died before it could tell us has left its trace in the cell.
                if (life is LifeCommand.ProcessGone && _waiters.Count > 0 && cell.WaitersWereCalled)
                {
                    CallAll(effects);
                }

                effects.Arm(_waiters.Earliest);
                break;
        }
    }

    private void Wait(Caller caller, EventCommand.Wait wait, Instant now, Effects effects)
    {
        // Earlier waiters that were called, but whose call is still on its way, must not be forgotten by a new mark.
        if (_waiters.Count > 0 && cell.WaitersWereCalled)
        {
            CallAll(effects);
        }

        if (cell.IsSet)
        {
            effects.Reply(caller, Answer.Done);
        }
        else if (wait.Timeout is { Ticks: <= 0 })
        {
            effects.Reply(caller, Answer.TimedOut);
        }
        else if (!cell.TryAnnounceWaiter())
        {
            effects.Reply(caller, Answer.Done);
        }
        else
        {
            _waiters.Enqueue(caller, now.After(wait.Timeout), true);
            effects.Arm(_waiters.Earliest);
        }
    }

    private void CallAll(Effects effects)
    {
        while (_waiters.TryDequeue(out var waiter))
        {
            effects.Reply(waiter.Caller, Answer.Done);
        }

        effects.Arm(Instant.Never);
    }
}
