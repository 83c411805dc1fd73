using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Countdowns;

/// <summary>The object type of countdowns: how a node creates and reads them.</summary>
internal static class CountdownType
{
    public static readonly unsafe ObjectType Instance = ObjectType.Define(new ObjectType(
        9, "countdown", static (ref WireReader reader) => CountdownCommand.ReadFrom(ref reader), CountdownCell.Bytes,
        static (options, cell) => new CountdownState(new CountdownCell(cell!.Value.Address), Checked(Serializer.Unpack<int>(options)))));

    private static int Checked(int count) =>
        count >= 0 ? count : throw new SerializationException($"Malformed options: a countdown cannot begin at {count}.");
}
