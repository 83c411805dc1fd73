namespace Multiproc.Kernel;

/// <content>The end of an actor: children first, then itself; and what it owes to others after that.</content>
internal sealed partial class ActorCell
{
    private TerminationReason _reason = new TerminationReason.Stopped();

    private void BeginStop(TerminationReason reason)
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (_reason is TerminationReason.Stopped)
        {
            _reason = reason;
        }

        StopTimersAndChildren();
        FinishStop();
    }

    private void StopTimersAndChildren()
    {
        _timers?.CancelAll();
        _children?.StopAll();
    }

    /// <summary>Children first; then the instance, what is left of its mailbox, and those who watch.</summary>
    private void FinishStop()
    {
        if (_stopped || _children is { Any: true })
        {
            return;
        }

        _stopped = true;
        if (_actor is { } actor)
        {
            try
            {
                actor.InvokePostStop();
            }
            catch (Exception failure)
            {
                System.Report(Ref, failure);
            }
        }

        var (users, system) = _mailbox.Close();
        foreach (var envelope in users)
        {
            System.Publish(new DeadLetter(envelope.Message, envelope.Sender, Ref));
        }

        var terminated = new SystemMessage.Notice(new Terminated(Ref, _reason));
        _parent?.AddSystem(terminated);
        foreach (var watcher in _watchers)
        {
            if (!ReferenceEquals(watcher, _parent?.Ref))
            {
                watcher.TellSystem(terminated);
            }
        }

        foreach (var message in system)
        {
            AnswerForTheDead(message);
        }

        System.Forget(this);
    }

    /// <summary>Whoever watches an actor that has ended hears of it at once.</summary>
    private void AnswerForTheDead(SystemMessage message)
    {
        if (message is SystemMessage.Watch watch)
        {
            watch.Watcher.TellSystem(new SystemMessage.Notice(new Terminated(Ref, _stopped ? _reason : new TerminationReason.Unknown())));
        }
    }
}
