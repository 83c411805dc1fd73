using Multiproc.Serialization;

namespace Multiproc.Nodes;

/// <summary>
/// A mark before each handle of a counted object in serialized values, so that handles can be found without knowledge of the types. A user's bytes may look
/// like a mark: then an object is kept alive that nobody needs, with no other consequence.
/// </summary>
internal static class ReferenceMark
{
    public static ReadOnlySpan<byte> Bytes => [0x9F, 0xD3, 0x4D, 0x50, 0x52, 0x45, 0x46, 0xF8];

    public static bool IsIn(ReadOnlySpan<byte> value) => value.IndexOf(Bytes) >= 0;

    /// <summary>Finds every counted object that a value refers to; an object that occurs twice is returned twice.</summary>
    public static List<(NodeAddress Node, long Id)> Find(ReadOnlySpan<byte> value)
    {
        var found = new List<(NodeAddress, long)>();
        for (int at = value.IndexOf(Bytes); at >= 0;)
        {
            value = value[(at + Bytes.Length)..];
            try
            {
                var reader = new WireReader(value);
                var node = NodeAddress.ReadFrom(ref reader);
                found.Add((node, checked((long)reader.VarUInt())));
            }
            catch (Exception other) when (other is SerializationException or OverflowException)
            {
                // Not a mark after all.
            }

            at = value.IndexOf(Bytes);
        }

        return found;
    }
}
