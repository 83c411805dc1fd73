namespace Multiproc.Cluster.Sessions;

/// <summary>
/// A message from a node's stand-in to the object's entity. All of them may be lost, delayed, repeated and reordered: the stand-in sends again what was not
/// answered, and the entity does once what came twice.
/// </summary>
internal abstract record ToEntity(SessionId Session)
{
    /// <summary>Opens the object, and creates it if it is new.</summary>
    public sealed record Open(SessionId Session, ObjectSpec Spec) : ToEntity(Session);

    /// <summary>A step. Numbers begin at 1 and have no gaps; all steps below <paramref name="Floor"/> are finished, and their results are not needed.</summary>
    public sealed record Submit(SessionId Session, long Number, long Floor, SessionStep Step) : ToEntity(Session);

    /// <summary>A command that only reads. It is carried out after step <paramref name="After"/> of its session, perhaps more than once.</summary>
    public sealed record Query(SessionId Session, long Id, long After, SessionStep Step) : ToEntity(Session);

    /// <summary>
    /// Asks for the results of the steps that still wait. Every other step up to <paramref name="Last"/> is finished, and its result is not needed.
    /// </summary>
    public sealed record Probe(SessionId Session, long Last, IReadOnlyList<long> Waiting) : ToEntity(Session);
}
