using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The object type of users' objects. They are made by the process itself, never by a message.</summary>
internal static class CallType
{
    public const byte Tag = 21;

    public static ObjectType For(string name) => ObjectType.OfActor(Tag, name, static (ref WireReader reader) => CallCommand.ReadFrom(ref reader));
}
