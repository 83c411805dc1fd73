namespace Multiproc.Cluster.Sessions;

/// <summary>
/// A message from a node's stand-in to the object's entity. All of them may be lost, delayed, repeated and reordered: the stand-in sends again what was not
/// answered, and the entity does once what came twice.
/// </summary>
/// <param name="Session">Whom to answer.</param>
/// <param name="Incarnation">
/// Which object of the name is meant. The first one has the number 1; after it has ended, the next one is made under the next number. A message for an object
/// that was deleted never reaches the one that came after it.
/// </param>
internal abstract record ToEntity(SessionId Session, long Incarnation)
{
    /// <summary>Opens the object, whichever there is. Creates it under the given number, if that is the next one.</summary>
    public sealed record Open(SessionId Session, long Incarnation, ObjectSpec Spec) : ToEntity(Session, Incarnation);

    /// <summary>A step. Numbers begin at 1 and have no gaps; all steps below <paramref name="Floor"/> are finished, and their results are not needed.</summary>
    public sealed record Submit(SessionId Session, long Incarnation, long Number, long Floor, SessionStep Step) : ToEntity(Session, Incarnation);

    /// <summary>A command that only reads. It is carried out after step <paramref name="After"/> of its session, perhaps more than once.</summary>
    public sealed record Query(SessionId Session, long Incarnation, long Id, long After, SessionStep Step) : ToEntity(Session, Incarnation);

    /// <summary>
    /// Asks for the results of the steps that still wait. Every other step up to <paramref name="Last"/> is finished, and its result is not needed.
    /// </summary>
    public sealed record Probe(SessionId Session, long Incarnation, long Last, IReadOnlyList<long> Waiting) : ToEntity(Session, Incarnation);

    /// <summary>Asks what there is. Creates nothing.</summary>
    public sealed record Look(SessionId Session) : ToEntity(Session, 0);

    /// <summary>Deletes the object, if the given one is still there.</summary>
    public sealed record Delete(SessionId Session, long Incarnation) : ToEntity(Session, Incarnation);
}
