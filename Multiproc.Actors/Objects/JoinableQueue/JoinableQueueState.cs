using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>
/// A queue that counts unfinished items. A process that takes an item keeps it until it is done: if the process ends before that, the item goes back to the
/// head, marked as redelivered, and joiners keep waiting for it. A dead letter counts as done, since nobody works on it any more.
/// </summary>
internal sealed class JoinableQueueState(int maxSize, int maxRedeliveries = int.MaxValue) : QueueState(maxSize, maxRedeliveries)
{
    private readonly ClaimedItems _claimed = new();
    private readonly WaitQueue<bool> _joiners = new();
    private long _unfinished;

    private protected override Instant Earliest
    {
        get
        {
            var queue = base.Earliest;
            var join = _joiners.Earliest;
            return queue < join ? queue : join;
        }
    }

    private protected override IEnumerable<QueueItem> Items => base.Items.Concat(_claimed.Items);

    public override void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case JoinableQueueCommand.Claim claim:
                Get(caller, new Wanted(0, claim.Thread), claim.Timeout, now, effects);
                break;
            case JoinableQueueCommand.TaskDone done:
                TaskDone(caller, done.Thread, effects);
                break;
            case JoinableQueueCommand.Join join:
                Join(caller, join.Timeout, now, effects);
                break;
            default:
                if (command is LifecycleEvent life)
                {
                    _joiners.Handle(life, now, effects);
                }

                base.Step(caller, command, now, effects);
                break;
        }
    }

    public override void Save(WireWriter writer)
    {
        base.Save(writer);
        _claimed.Save(writer);
        writer.Waiters(_joiners, static (_, _) => { });
        writer.VarInt(_unfinished);
    }

    public override void Restore(ref WireReader reader)
    {
        base.Restore(ref reader);
        _claimed.Restore(ref reader);
        reader.Waiters(_joiners, static (ref WireReader _) => true);
        _unfinished = reader.VarInt();
    }

    private protected override IEnumerable<int> Unacknowledged() => base.Unacknowledged().Concat(_claimed.Holders());

    private protected override Dictionary<string, long> Counts()
    {
        var counts = base.Counts();
        counts.Add("unfinished", _unfinished);
        return counts;
    }

    private protected override void Added() => _unfinished++;

    private protected override void Finished(Effects effects)
    {
        // TaskDone was called more often than items were done: then a completed lease changes nothing.
        _unfinished = Math.Max(0, _unfinished - 1);
        while (_unfinished == 0 && _joiners.TryDequeue(out var joiner))
        {
            effects.Reply(joiner.Caller, Reply.Done);
        }
    }

    private protected override void Keep(Caller caller, Wanted wanted, QueueItem item)
    {
        if (wanted.IsLease)
        {
            base.Keep(caller, wanted, item);
        }
        else
        {
            _claimed.Add(caller, wanted.Thread, item);
        }
    }

    private protected override void KeepMany(Caller caller, Wanted wanted, QueueItem[] items)
    {
        foreach (var item in items)
        {
            _claimed.Add(caller, wanted.Thread, item);
        }
    }

    private protected override IReadOnlyList<QueueItem> ReleaseMany(Caller caller, int got) => _claimed.Release(caller, got);

    private protected override void ReleaseAll(int process, List<QueueItem> released)
    {
        base.ReleaseAll(process, released);
        _claimed.ReleaseAll(process, released);
    }

    private void TaskDone(Caller caller, int thread, Effects effects)
    {
        if (_unfinished == 0)
        {
            effects.Reply(caller, Reply.Refused("TaskDone() called too many times: every item that was put is already done."));
            return;
        }

        _claimed.Finish(caller.Process, thread);
        effects.Reply(caller, Reply.Done);
        Finished(effects);
    }

    private void Join(Caller caller, WaitTimeout timeout, Instant now, Effects effects)
    {
        if (_unfinished == 0)
        {
            effects.Reply(caller, Reply.Done);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _joiners.Enqueue(caller, now.After(timeout), true);
            effects.Arm(Earliest);
        }
    }
}
