using System.Buffers.Binary;
using System.Text;

namespace Multiproc.Serialization;

/// <summary>
/// Reads the fields of a <see cref="WireWriter"/>. Malformed input is a <see cref="SerializationException"/>;
/// a length is checked against the available bytes before it is used.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    /// <summary>Whether the bytes are known to contain no reference to a counted object.</summary>
    public bool HasNoReferences { get; set; }

    /// <summary>Called with each value that refers to counted objects; null for what this process does by default.</summary>
    public Action<byte[]>? ReferencesRead { get; set; }

    public readonly int Remaining => _source.Length - Position;

    public readonly bool AtEnd => Position == _source.Length;

    public byte Byte()
    {
        if (Position >= _source.Length)
        {
            throw Short(1);
        }

        return _source[Position++];
    }

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        byte other => throw new SerializationException($"Malformed frame: {other} is not a truth value (at byte {Position - 1})."),
    };

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Raw(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Raw(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Raw(8));

    public ulong VarUInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new SerializationException($"Malformed frame: a number of more than 64 bits (at byte {Position}).");
    }

    public long VarInt()
    {
        ulong value = VarUInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads a number between zero and the largest int.</summary>
    public int Natural()
    {
        ulong value = VarUInt();
        return value <= int.MaxValue ? (int)value : throw new SerializationException($"Malformed frame: {value} is out of range (at byte {Position}).");
    }

    /// <summary>Reads a count of elements of at least <paramref name="atLeast"/> bytes each, so that no allocation exceeds the frame.</summary>
    public int Count(int atLeast = 1)
    {
        ulong count = VarUInt();
        if (count > (ulong)(Remaining / Math.Max(1, atLeast)))
        {
            throw new SerializationException($"Malformed frame: {count} elements announced, {Remaining} bytes left (at byte {Position}).");
        }

        return (int)count;
    }

    public string String() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Bytes() => Raw(Count());

    public ReadOnlySpan<byte> Raw(int size)
    {
        if ((uint)size > (uint)Remaining)
        {
            throw Short(size);
        }

        var span = _source.Slice(Position, size);
        Position += size;
        return span;
    }

    /// <summary>Reads all remaining bytes.</summary>
    public ReadOnlySpan<byte> Rest() => Raw(Remaining);

    private readonly SerializationException Short(int wanted) =>
        new($"Malformed frame: {wanted} bytes wanted, {Remaining} left (at byte {Position} of {_source.Length}).");
}
