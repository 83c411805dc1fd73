using Multiproc.Serialization;

namespace Multiproc.Cluster.Sessions;

/// <summary>
/// What an object was created as: its name, the tag of its type, its kind in words, and the options of its type. Whoever opens it must say the same kind; the
/// options are those of the first one.
/// </summary>
internal sealed record ObjectSpec(string Name, byte Type, string Kind, Payload Options)
{
    public const int LongestName = 1024;

    /// <summary>What is wrong with opening this object as another one; null when nothing is.</summary>
    public string? ConflictWith(ObjectSpec wanted) => wanted.Name != Name
        ? $"'{wanted.Name}' has the hash of '{Name}', which was there first: choose another name."
        : wanted.Kind == Kind && wanted.Type == Type
            ? null
            : $"'{Name}' is a {Kind}, and was to be opened as a {wanted.Kind}: open it as what it is, choose another name, or delete it.";
}
