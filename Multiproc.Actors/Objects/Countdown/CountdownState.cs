using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Countdowns;

/// <summary>The waiters of a countdown. All that wait when the count becomes zero go on, even if it is reset before they are told.</summary>
internal sealed class CountdownState : IDurableState
{
    private readonly CountdownCell _cell;
    private readonly WaitQueue<bool> _waiters = new();

    public CountdownState(CountdownCell cell, int count)
    {
        _cell = cell;
        cell.Reset(count);
    }

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case CountdownCommand.Signal signal:
                Signal(caller, signal.Count, effects);
                break;
            case CountdownCommand.Add add:
                effects.Reply(caller, _cell.Add(add.Count) is var before && before < 0 ? Reply.Refused(TooHigh(add.Count)) : Reply.Of(before > 0));
                break;
            case CountdownCommand.Reset reset:
                Reset(caller, reset.Count, effects);
                break;
            case CountdownCommand.Restart:
                Reset(caller, _cell.Initial, effects);
                break;
            case CountdownCommand.Wait wait:
                Wait(caller, wait.Timeout, now, effects);
                break;
            case CountdownCommand.Reached:
                LetGoIfReached(effects);
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["count"] = _cell.Count, ["initial"] = _cell.Initial } };

    public void Save(WireWriter writer) => writer.Waiters(_waiters, static (_, _) => { });

    public void Restore(ref WireReader reader) => reader.Waiters(_waiters, static (ref WireReader _) => true);

    public static string TooLow(int count) => $"it was signalled {count} times, and its count is lower than that: signal once for each that was counted.";

    public static string TooHigh(int count) => $"its count cannot become more than {int.MaxValue}, so {count} cannot be added.";

    /// <summary>Handles a lifecycle event. This also sees a signaller that died before its message: the zero is in the cell.</summary>
    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        if (life is LifecycleEvent.ProcessGone gone)
        {
            _waiters.RemoveProcess(gone.Process);
        }

        LetGoIfReached(effects);
        _waiters.Handle(life, now, effects);
        Rearm(effects);
    }

    private void Signal(Caller caller, int count, Effects effects)
    {
        var outcome = _cell.Signal(count);
        effects.Reply(caller, outcome == SignalOutcome.TooMany ? Reply.Refused(TooLow(count)) : Reply.Of(outcome != SignalOutcome.Counted));
        LetGoIfReached(effects);
    }

    private void Reset(Caller caller, int count, Effects effects)
    {
        LetGoIfReached(effects);
        _cell.Reset(count);
        effects.Reply(caller, Reply.Done);
        LetGoIfReached(effects);
    }

    private void Wait(Caller caller, WaitTimeout timeout, Instant now, Effects effects)
    {
        if (_cell.Count == 0)
        {
            effects.Reply(caller, Reply.Done);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else if (_cell.TryAnnounceWaiter())
        {
            _waiters.Enqueue(caller, now.After(timeout), true);
            Rearm(effects);
        }
        else
        {
            effects.Reply(caller, Reply.Done);
            Rearm(effects);
        }

        LetGoIfReached(effects);
    }

    private void LetGoIfReached(Effects effects)
    {
        if (_cell.Count != 0 || _waiters.Count == 0)
        {
            return;
        }

        while (_waiters.TryDequeue(out var waiter))
        {
            effects.Reply(waiter.Caller, Reply.Done);
        }

        Rearm(effects);
    }

    private void Rearm(Effects effects)
    {
        if (_waiters.Count == 0)
        {
            _cell.ClearWaiters();
        }

        effects.Arm(_waiters.Earliest);
    }
}
