using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>How a node keeps a user's object: made by this process for itself, never by a message.</summary>
internal static class CallType
{
    public const byte Tag = 21;

    public static ObjectType For(string name) => ObjectType.OfActor(Tag, name, static (ref WireReader reader) => CallCommand.ReadFrom(ref reader));
}
