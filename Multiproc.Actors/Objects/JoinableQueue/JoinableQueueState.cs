using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>
/// A queue that counts unfinished items. A process that takes an item keeps it until it is done: if the process ends before that, the item goes back to the
/// head, marked as redelivered, and joiners keep waiting for it. A dead letter counts as done, since nobody works on it any more.
/// </summary>
internal sealed class JoinableQueueState : IDurableState, ITraceable
{
    private readonly ClaimedItems _claimed = new();
    private readonly UnfinishedItems _unfinished = new();
    private readonly QueueState _queue;

    public JoinableQueueState(SharedQueueOptions options) => _queue = new QueueState(options, taken: _claimed, count: _unfinished);

    /// <summary>A queue of items that live for ever.</summary>
    public JoinableQueueState(int maxSize, int maxRedeliveries = int.MaxValue)
        : this(new SharedQueueOptions { MaxSize = maxSize, MaxRedeliveries = maxRedeliveries })
    {
    }

    public IEnumerable<Payload> Payloads => _queue.Payloads;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case JoinableQueueCommand.Claim claim:
                _queue.Get(caller, QueueState.Wanted.OneFor(claim.Thread), claim.Timeout, now, effects);
                break;
            case JoinableQueueCommand.TaskDone done:
                TaskDone(caller, done.Thread, effects);
                break;
            case JoinableQueueCommand.Join join:
                if (_unfinished.Join(caller, join.Timeout, now, effects))
                {
                    effects.Arm(_queue.Earliest);
                }

                break;
            case LifecycleEvent life:
                _unfinished.Handle(life, now, effects);
                _queue.Step(caller, command, now, effects);
                break;
            default:
                _queue.Step(caller, command, now, effects);
                break;
        }

        if (effects.Deadline is { } ofQueue && _unfinished.Earliest < ofQueue)
        {
            effects.Arm(_unfinished.Earliest);
        }
    }

    public StateSnapshot TakeSnapshot()
    {
        var queue = _queue.TakeSnapshot();
        return queue with { Counts = new Dictionary<string, long>(queue.Counts) { ["unfinished"] = _unfinished.Count } };
    }

    public void Save(WireWriter writer)
    {
        _queue.Save(writer);
        _claimed.Save(writer);
        _unfinished.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _queue.Restore(ref reader);
        _claimed.Restore(ref reader);
        _unfinished.Restore(ref reader);
    }

    private void TaskDone(Caller caller, int thread, Effects effects)
    {
        if (_unfinished.Count == 0)
        {
            effects.Reply(caller, Reply.Refused("TaskDone() called too many times: every item that was put is already done."));
            return;
        }

        _claimed.Finish(caller.Process, thread);
        effects.Reply(caller, Reply.Done);
        _unfinished.Finished(effects);
    }
}
