using System.Buffers.Binary;
using System.Globalization;

namespace Multiproc.Serialization.Pickle;

/// <summary>The bytes of a pickle. A length is checked against the available bytes before it is used.</summary>
internal ref struct PickleSource(ReadOnlySpan<byte> pickle)
{
    private readonly ReadOnlySpan<byte> _pickle = pickle;

    public int Position { get; private set; }

    public readonly int Remaining => _pickle.Length - Position;

    public byte Byte()
    {
        if (Position >= _pickle.Length)
        {
            throw Malformed("it ends before its STOP");
        }

        return _pickle[Position++];
    }

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Take(ulong size)
    {
        if (size > (ulong)Remaining)
        {
            throw Malformed($"{size} bytes are announced and {Remaining} are left");
        }

        var taken = _pickle.Slice(Position, (int)size);
        Position += (int)size;
        return taken;
    }

    /// <summary>Reads up to a line feed, which is not included.</summary>
    public ReadOnlySpan<byte> Line()
    {
        int length = _pickle[Position..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Malformed("a line does not end");
        }

        var line = _pickle.Slice(Position, length);
        Position += length + 1;
        return line;
    }

    public int LineIndex()
    {
        var line = Line();
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : throw Malformed("a number of the memo is none");
    }

    public readonly SerializationException Malformed(string fault) => new($"Malformed pickle: {fault} (at byte {Position} of {_pickle.Length}).");
}
