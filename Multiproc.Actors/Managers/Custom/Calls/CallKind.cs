using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>How a home keeps a user's object: made by this process for itself, never by a message.</summary>
internal static class CallKind
{
    public const byte Tag = 21;

    public static ObjectKind For(string name) => ObjectKind.OfActor(Tag, name, static (ref WireReader reader) => CallCommand.ReadFrom(ref reader));
}
