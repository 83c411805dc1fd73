using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Barriers;

/// <summary>
/// A barrier: parties wait until all have come. With an action, the last one runs it while the others still wait. A party that times out, dies or fails in the
/// action breaks the barrier for all; a party that is cancelled only leaves.
/// </summary>
internal sealed class BarrierState(BarrierCell cell, int parties, bool hasAction) : IDurableState
{
    private readonly WaitQueue<bool> _waiting = new();

    /// <summary>Parties that came while the action of the previous round ran.</summary>
    private readonly WaitQueue<bool> _early = new();
    private Caller? _acting;
    private bool _broken;
    private long _arrived;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case BarrierCommand.Wait wait:
                _arrived++;
                Arrive(caller, now.After(wait.Timeout), mayWait: wait.Timeout.MayWait, effects);
                break;
            case BarrierCommand.Come come:
                cell.Arrive(parties, !come.Timeout.IsInfinite);
                Step(caller, new BarrierCommand.Wait(come.Timeout), now, effects);
                return;
            case BarrierCommand.Acted acted:
                Acted(caller, acted, effects);
                break;
            case BarrierCommand.Reset:
                Reset(effects);
                effects.Reply(caller, Reply.Done);
                break;
            case BarrierCommand.Abort:
                Break(effects);
                effects.Reply(caller, Reply.Done);
                break;
            case BarrierCommand.CountWaiting:
                effects.Reply(caller, Reply.Of(Waiting));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }

        effects.Arm(_waiting.Earliest < _early.Earliest ? _waiting.Earliest : _early.Earliest);
        cell.Show(Waiting, _broken, _arrived - _waiting.Count - _early.Count);
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Holders = _acting is { } acting ? [new StateHolder(acting.Process, 0)] : [],
        Counts = new Dictionary<string, long> { ["parties"] = parties, ["waiting"] = Waiting, ["broken"] = _broken ? 1 : 0 },
    };

    public void Save(WireWriter writer)
    {
        writer.VarInt(_arrived);
        writer.Bool(_broken);
        writer.Bool(_acting is not null);
        writer.Caller(_acting ?? default);
        writer.Waiters(_waiting, static (_, _) => { });
        writer.Waiters(_early, static (_, _) => { });
    }

    public void Restore(ref WireReader reader)
    {
        _arrived = reader.VarInt();
        _broken = reader.Bool();
        bool acts = reader.Bool();
        var acting = reader.Caller();
        _acting = acts ? acting : null;
        reader.Waiters(_waiting, static (ref WireReader _) => true);
        reader.Waiters(_early, static (ref WireReader _) => true);
    }

    private int Waiting => _waiting.Count + (_acting is null ? 0 : 1);

    private void Arrive(Caller caller, Instant deadline, bool mayWait, Effects effects)
    {
        if (_broken)
        {
            effects.Reply(caller, Reply.Of(BarrierCommand.Broken));
        }
        else if (_acting is null && _waiting.Count + 1 == parties)
        {
            effects.Reply(caller, Reply.Of(parties - 1L));
            if (hasAction)
            {
                _acting = caller;
            }
            else
            {
                Open(effects);
            }
        }
        else if (mayWait)
        {
            (_acting is null ? _waiting : _early).Enqueue(caller, deadline, true);
        }
        else
        {
            effects.Reply(caller, Reply.TimedOut);
            Break(effects);
        }
    }

    private void Acted(Caller caller, BarrierCommand.Acted acted, Effects effects)
    {
        if (_acting != caller with { Call = acted.Call })
        {
            // The round was broken while the action ran.
            effects.Reply(caller, Reply.Of(BarrierCommand.Broken));
            return;
        }

        _acting = null;
        if (acted.Succeeded)
        {
            Open(effects);
            AdmitEarly(effects);
        }
        else
        {
            Break(effects);
        }

        effects.Reply(caller, Reply.Done);
    }

    private void Open(Effects effects)
    {
        for (long index = 0; _waiting.TryDequeue(out var party); index++)
        {
            effects.Reply(party.Caller, Reply.Of(index));
        }
    }

    private void AdmitEarly(Effects effects)
    {
        while (_acting is null && _early.TryDequeue(out var party))
        {
            Arrive(party.Caller, party.Deadline, mayWait: true, effects);
        }
    }

    private void Reset(Effects effects)
    {
        _acting = null;
        _broken = false;
        Refuse(_waiting, effects);
        AdmitEarly(effects);
    }

    private void Break(Effects effects)
    {
        _acting = null;
        _broken = true;
        Refuse(_waiting, effects);
        Refuse(_early, effects);
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        int before = _waiting.Count + _early.Count;
        _waiting.Handle(life, now, effects);
        _early.Handle(life, now, effects);
        bool lostSome = _waiting.Count + _early.Count < before;
        switch (life)
        {
            case LifecycleEvent.ProcessGone gone when lostSome || _acting?.Process == gone.Process:
            case LifecycleEvent.DeadlinePassed when lostSome:
            case LifecycleEvent.CallGivenUp { TimedOut: true } when lostSome:
            case LifecycleEvent.CallGivenUp late when _acting == late.Waiter:
                // A party that timed out has broken it; so has the party that should run the action but did not get the reply.
                Break(effects);
                break;
        }
    }

    private static void Refuse(WaitQueue<bool> queue, Effects effects)
    {
        while (queue.TryDequeue(out var party))
        {
            effects.Reply(party.Caller, Reply.Of(BarrierCommand.Broken));
        }
    }
}
