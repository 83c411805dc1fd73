using Multiproc.States;

namespace Multiproc.Cluster.Sessions;

/// <summary>A message from an entity to the stand-in of a session. May be lost, delayed, repeated and reordered.</summary>
internal abstract record ToGateway(SessionId Session)
{
    /// <summary>
    /// The object is open, and the number is that of its incarnation; or it is gone, or was never there, and the number is that of the last one; or the reply
    /// says why it cannot be opened.
    /// </summary>
    public sealed record Opened(SessionId Session, Reply Reply) : ToGateway(Session)
    {
        /// <summary>The number in a refusal because the name is that of another kind of object.</summary>
        public const long Conflict = 1;
    }

    /// <summary>The result of a step. The step, and all before it, are in the journal.</summary>
    public sealed record Replied(SessionId Session, long Number, Reply Reply) : ToGateway(Session);

    /// <summary>The result of a query.</summary>
    public sealed record Answered(SessionId Session, long Id, Reply Reply) : ToGateway(Session);

    /// <summary>All steps up to <paramref name="Accepted"/> are in the journal, and no later one is.</summary>
    public sealed record Progress(SessionId Session, long Accepted) : ToGateway(Session);

    /// <summary>
    /// The object has given up this session: it was taken for one of a dead node. What its processes held has gone to others. New calls need a new session.
    /// </summary>
    public sealed record Ended(SessionId Session) : ToGateway(Session);

    /// <summary>
    /// The object of this session has ended. Steps after <paramref name="After"/> were not carried out; the results of earlier ones come by themselves.
    /// </summary>
    public sealed record Gone(SessionId Session, long After, EndReason Reason) : ToGateway(Session);

    /// <summary>What there is of a name: the number of the last incarnation, and what it is; null when it has ended, or there was none.</summary>
    public sealed record Seen(SessionId Session, long Incarnation, ObjectSpec? Spec) : ToGateway(Session);

    /// <summary>The object that was to be deleted is not there any more.</summary>
    public sealed record Deleted(SessionId Session) : ToGateway(Session);
}
