using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Journal;

/// <summary>
/// One entry of an object's journal. The journal is the object: the same records in the same order give the same state, replies included. The instant is that
/// of the object's own clock, and is replayed with the record.
/// </summary>
internal abstract record JournalRecord(Instant At)
{
    /// <summary>The object was created. Always the first record.</summary>
    public sealed record Created(Instant At, ObjectSpec Spec) : JournalRecord(At);

    /// <summary>A step of a session.</summary>
    public sealed record Stepped(Instant At, SessionId Session, long Number, long Floor, SessionStep Step) : JournalRecord(At);

    /// <summary>A node has left the cluster or was removed from it: its sessions and processes are gone.</summary>
    public sealed record NodeGone(Instant At, string Node) : JournalRecord(At);

    /// <summary>The deadline that the state armed has passed.</summary>
    public sealed record DeadlinePassed(Instant At) : JournalRecord(At);
}
