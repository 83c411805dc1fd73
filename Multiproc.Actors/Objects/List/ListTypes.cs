using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Lists;

/// <summary>The object types of lists, and of arrays and values, which are lists of fixed length. The options are the initial items.</summary>
internal static class ListTypes
{
    public static readonly ObjectType List = Define(16, "list", isFixed: false);

    public static readonly ObjectType Array = Define(18, "array", isFixed: true);

    public static readonly ObjectType Value = Define(19, "value", isFixed: true);

    private static ObjectType Define(byte tag, string name, bool isFixed) => ObjectType.Define(new ObjectType(
        tag, name, static (ref WireReader reader) => ListCommand.ReadFrom(ref reader), CellBytes: 0,
        (options, _) => Create(options, isFixed)) { KeepsValues = true });

    private static ListState Create(Payload options, bool isFixed)
    {
        if (options.Length == 0)
        {
            return new ListState([], isFixed);
        }

        var reader = new WireReader(options.Bytes.Span);
        return new ListState(reader.Payloads(), isFixed);
    }
}
