using Multiproc.Serialization;

namespace Multiproc.Cluster.Sessions;

/// <summary>
/// What an object was created as: its name, the tag of its type, its kind in words, the options of its type, and how it is kept. Whoever opens it must say the
/// same kind and keeping; the options of the type are those of the first one.
/// </summary>
internal sealed record ObjectSpec(string Name, byte Type, string Kind, Payload Options, Durability Durability = Durability.Journal, long ExpireAfter = 0)
{
    public const int LongestName = 1024;

    /// <summary>Whether it is kept in the memory of a node only.</summary>
    public bool IsVolatile => Durability == Durability.Memory;

    /// <summary>What is wrong with opening this object as another one; null when nothing is.</summary>
    public string? ConflictWith(ObjectSpec wanted) =>
        wanted.Name != Name ? $"'{wanted.Name}' has the hash of '{Name}', which was there first: choose another name."
        : wanted.Kind == Kind && wanted.Type == Type && wanted.Durability == Durability && wanted.ExpireAfter == ExpireAfter ? null
        : $"'{Name}' is a {Described}, and was to be opened as a {wanted.Described}: open it as what it is, choose another name, or delete it.";

    private string Described =>
        Kind + (IsVolatile ? ", in memory" : "") + (ExpireAfter > 0 ? $", which expires after {TimeSpan.FromTicks(ExpireAfter)}" : "");
}
