using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Journal;

/// <summary>
/// One entry of an object's journal. The journal is the object: the same records in the same order give the same state, replies included. The instant is that
/// of the object's own clock, and is replayed with the record.
/// </summary>
internal abstract record JournalRecord(Instant At)
{
    /// <summary>Whether it is written for objects in memory too: these records say which object there is, and who has it.</summary>
    public virtual bool IsOfAll => true;

    /// <summary>Whether everything before it in the journal is of the past: it says alone what there is.</summary>
    public virtual bool IsBeginning => false;

    /// <summary>An object was created. The first record, and the first one after an end.</summary>
    public sealed record Created(Instant At, ObjectSpec Spec) : JournalRecord(At);

    /// <summary>A step of a session.</summary>
    public sealed record Stepped(Instant At, SessionId Session, long Number, long Floor, SessionStep Step) : JournalRecord(At)
    {
        public override bool IsOfAll => false;
    }

    /// <summary>A node has left the cluster or was removed from it: its sessions and processes are gone.</summary>
    public sealed record NodeGone(Instant At, string Node) : JournalRecord(At)
    {
        public override bool IsOfAll => false;
    }

    /// <summary>The deadline that the state armed has passed.</summary>
    public sealed record DeadlinePassed(Instant At) : JournalRecord(At)
    {
        public override bool IsOfAll => false;
    }

    /// <summary>The object of this number has ended. The name is free.</summary>
    public sealed record Ended(Instant At, long Incarnation, EndReason Reason) : JournalRecord(At)
    {
        public override bool IsBeginning => true;
    }

    /// <summary>The owner of an object in memory has stopped, and leaves what it had to the next one.</summary>
    public sealed record HandedOver(Instant At, ReadOnlyMemory<byte> State) : JournalRecord(At);

    /// <summary>An owner has taken what was handed over into its memory: from now on it is there, and nowhere else.</summary>
    public sealed record TakenOver(Instant At, long Incarnation, ObjectSpec Spec) : JournalRecord(At)
    {
        public override bool IsBeginning => true;
    }
}
