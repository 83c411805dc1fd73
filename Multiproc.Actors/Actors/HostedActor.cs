using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// The shell of anything that other processes call: takes one command at a time, has it carried out and performs the effects. It keeps the list of waiting
/// callers, arms the deadline, and replies to all of them at its end. It never blocks: the thread that delivers a command runs it.
/// </summary>
internal abstract class HostedActor(IReplyTo node) : UntypedActor
{
    private readonly Effects _effects = new();
    private Dictionary<Caller, Instant>? _waiting;
    private DeadlineTimer? _deadline;
    private Caller _current;

    protected abstract void Step(Caller caller, ICommand command, Instant now, Effects effects);

    /// <summary>Takes a snapshot of the object.</summary>
    protected abstract StateSnapshot View();

    /// <summary>The other objects that it refers to; nothing when it keeps no values of users.</summary>
    protected virtual ITraceable? References => null;

    /// <summary>Called when a caller got no reply at once and waits from now on.</summary>
    protected virtual void OnWaitBegan()
    {
    }

    protected override void OnReceive(object message)
    {
        var now = node.Now;
        switch (message)
        {
            case Delivery { Command: CellSnapshot question } delivery:
                node.Reply(delivery.Caller, question.Copy());
                break;
            case Delivery delivery:
                _current = delivery.Caller;
                Step(delivery.Caller, delivery.Command, now, _effects);
                Perform(delivery.Caller, now);
                _current = default;
                break;
            case SnapshotRequest inspection:
                inspection.Done.TrySetResult(new ObjectSnapshot(View(), _waiting is null ? [] : new Dictionary<Caller, Instant>(_waiting)));
                break;
            case Survey survey:
                survey.Reply(References);
                break;
            case DeadlineTimer.Tick tick:
                if (_deadline!.TryTake(tick))
                {
                    StepLifecycle(DeadlineTimer.Passed, now);
                }

                break;
            case LifecycleEvent.ConnectionCut cut:
                foreach (var caller in WaitersOf(cut.Process))
                {
                    StepLifecycle(new LifecycleEvent.CallCancelled(caller), now);
                }

                break;
            case LifecycleEvent.CallGivenUp given:
                _waiting?.Remove(given.Waiter);
                StepLifecycle(given, now);
                break;
            case LifecycleEvent.ProcessGone gone:
                foreach (var caller in WaitersOf(gone.Process))
                {
                    _waiting!.Remove(caller);
                }

                StepLifecycle(gone, now);
                break;
            case LifecycleEvent life:
                StepLifecycle(life, now);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Tells all remaining waiters that the object has ended, by disposal or by a fault of its state.</summary>
    protected override void PostStop()
    {
        _deadline?.Dispose();
        node.Reply(_current, Reply.ObjectGone);
        foreach (var caller in _waiting?.Keys ?? Enumerable.Empty<Caller>())
        {
            node.Reply(caller, Reply.ObjectGone);
        }

        _waiting = null;
    }

    private List<Caller> WaitersOf(int process) => _waiting is null ? [] : [.. _waiting.Keys.Where(caller => caller.Process == process)];

    private void StepLifecycle(LifecycleEvent life, Instant now)
    {
        Step(default, life, now, _effects);
        Perform(default, now);
    }

    private void Perform(Caller current, Instant now)
    {
        bool replied = !current.WantsReply;
        var replies = _effects.Replies;
        for (int i = 0; i < replies.Count; i++)
        {
            var (caller, reply) = replies[i];
            if (caller == current)
            {
                replied = true;
            }
            else
            {
                _waiting?.Remove(caller);
            }

            node.Reply(caller, reply);
        }

        if (!replied)
        {
            (_waiting ??= [])[current] = now;
            OnWaitBegan();
        }

        if (_effects.Deadline is { } deadline)
        {
            (_deadline ??= new DeadlineTimer(node, Self)).Arm(deadline, now);
        }

        _effects.Clear();
    }
}
