namespace Multiproc.Serialization;

/// <summary>Reads and writes a long in the form of <see cref="Serializer.Pack{T}"/>, for states that add to values without knowing their type.</summary>
internal static class PackedNumber
{
    public static bool TryRead(Payload payload, out long number)
    {
        try
        {
            var reader = new WireReader(payload.Bytes.Span);
            number = reader.VarInt();
            return reader.AtEnd;
        }
        catch (SerializationException)
        {
            number = 0;
            return false;
        }
    }

    public static Payload Write(long number)
    {
        Span<byte> bytes = stackalloc byte[10];
        ulong rest = (ulong)((number << 1) ^ (number >> 63));
        int length = 0;
        while (rest >= 0x80)
        {
            bytes[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        bytes[length++] = (byte)rest;
        return new Payload(bytes[..length].ToArray());
    }
}
