using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The shared objects that live in this process.</summary>
internal static class OwnObjects
{
    public static readonly ObjectFactory Factory = new(Make);

    private static ObjectHandle Make(ObjectType type, Payload options = default)
    {
        FrozenApp.RequireBound();
        var node = Node.Current;
        long id = node.Create(type, options, out var cell);
        return new ObjectHandle(node, id, cell);
    }
}
