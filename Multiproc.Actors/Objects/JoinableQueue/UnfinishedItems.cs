using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>The number of items that were put and are not done, and the callers that wait until it is zero.</summary>
internal sealed class UnfinishedItems : IItemCount
{
    private readonly WaitQueue<bool> _joiners = new();

    public long Count { get; private set; }

    public Instant Earliest => _joiners.Earliest;

    public void Added() => Count++;

    public void Finished(Effects effects)
    {
        // TaskDone was called more often than items were done: then a completed lease changes nothing.
        Count = Math.Max(0, Count - 1);
        while (Count == 0 && _joiners.TryDequeue(out var joiner))
        {
            effects.Reply(joiner.Caller, Reply.Done);
        }
    }

    /// <summary>Makes a caller wait until every item is done.</summary>
    /// <returns>Whether it waits; else it was replied to.</returns>
    public bool Join(Caller caller, WaitTimeout timeout, Instant now, Effects effects)
    {
        if (Count == 0 || !timeout.MayWait)
        {
            effects.Reply(caller, Count == 0 ? Reply.Done : Reply.TimedOut);
            return false;
        }

        _joiners.Enqueue(caller, now.After(timeout), true);
        return true;
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(Count);
        writer.Waiters(_joiners, static (_, _) => { });
    }

    public void Restore(ref WireReader reader)
    {
        Count = reader.VarInt();
        reader.Waiters(_joiners, static (ref WireReader _) => true);
    }

    public void Handle(LifecycleEvent life, Instant now, Effects effects) => _joiners.Handle(life, now, effects);
}
