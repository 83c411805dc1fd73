namespace Multiproc.Kernel;

/// <content>Failures: who decides about them, and the instance that comes after.</content>
internal sealed partial class ActorCell
{
    private readonly RestartWindow _restarts = new();

    private void Fail(Exception failure)
    {
        _suspended = true;
        System.Report(Ref, failure);
        if (_parent is null)
        {
            Apply(System.Supervision, this, failure);
        }
        else
        {
            _parent.AddSystem(new SystemMessage.Failed(this, failure));
        }
    }

    private void Decide(SystemMessage.Failed failed)
    {
        var strategy = _actor?.InvokeSupervision ?? SupervisorStrategy.Default;
        if (strategy.Decide(failed.Reason) == Directive.Escalate)
        {
            (_children ??= new Children()).Escalate(failed.Child);
            Fail(failed.Reason);
            return;
        }

        Apply(strategy, failed.Child, failed.Reason);
    }

    private static void Apply(SupervisorStrategy strategy, ActorCell child, Exception reason)
    {
        var directive = strategy.Decide(reason);
        if (directive == Directive.Restart && !child._restarts.Allows(strategy, child.System.Time))
        {
            directive = Directive.Stop;
        }

        switch (directive)
        {
            case Directive.Resume:
                child.AddSystem(SystemMessage.Resume.Instance);
                break;
            case Directive.Restart:
                child.AddSystem(new SystemMessage.Restart(reason));
                break;
            default:
                child._reason = new TerminationReason.Failed(reason);
                child.AddSystem(SystemMessage.Stop.Instance);
                break;
        }
    }

    /// <summary>A new instance under the same ref: its children and timers end, its watchers and mailbox stay.</summary>
    private void Replace()
    {
        StopTimersAndChildren();
        if (_actor is { } old)
        {
            _actor = null;
            Guarded(old.InvokePostStop);
        }

        _suspended = false;
        Guarded(() => Instance());
    }

    private void Guarded(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
