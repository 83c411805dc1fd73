using System.Buffers.Binary;
using System.Security.Cryptography;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>How a part of a message is written. The numbers are on the wire.</summary>
internal enum ContentPart : byte
{
    /// <summary>Its length and its bytes.</summary>
    Inline = 0,

    /// <summary>Its length and its bytes, which the receiver keeps.</summary>
    Kept = 1,

    /// <summary>The number of a content that the receiver has.</summary>
    Known = 2,
}

/// <summary>Writes messages for workers of a node in parts; large ones that the node has are not sent again. Used under the lock of the line.</summary>
internal sealed class ContentWriter(long capacity)
{
    private readonly ContentTable<(UInt128, UInt128)> _table = new(capacity);
    private readonly Dictionary<(UInt128, UInt128), long> _numbers = [];

    /// <summary>The number of bytes that were not sent.</summary>
    public long Spared { get; private set; }

    public void Write(WireWriter to, WireWriter message) => message.VisitParts(part => Write(to, part));

    private void Write(WireWriter to, ReadOnlySpan<byte> part)
    {
        if (!_table.Keeps(part.Length))
        {
            to.Byte((byte)ContentPart.Inline);
            to.Bytes(part);
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(part, hash);
        var name = (BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
        if (_numbers.TryGetValue(name, out long number) && _table.TryUse(number, out _))
        {
            to.Byte((byte)ContentPart.Known);
            to.VarUInt((ulong)number);
            Spared += part.Length;
            return;
        }

        _numbers[name] = _table.Add(name, part.Length, gone => _numbers.Remove(gone));
        to.Byte((byte)ContentPart.Kept);
        to.Bytes(part);
    }
}

/// <summary>Reads what a <see cref="ContentWriter"/> wrote.</summary>
internal sealed class ContentReader(long capacity)
{
    private readonly ContentTable<byte[]> _table = new(capacity);

    public long KeptBytes => _table.Bytes;

    /// <summary>Reads all parts of a message, which are the rest of the reader, into <paramref name="message"/>.</summary>
    /// <exception cref="SerializationException">The parts are malformed.</exception>
    public void Read(ref WireReader reader, WireWriter message)
    {
        while (!reader.AtEnd)
        {
            byte kind = reader.Byte();
            switch ((ContentPart)kind)
            {
                case ContentPart.Inline:
                    message.Raw(reader.Bytes());
                    break;
                case ContentPart.Kept:
                    var part = reader.Bytes();
                    if (!_table.Keeps(part.Length))
                    {
                        throw new SerializationException($"Malformed frame: a content of {part.Length} bytes is not to be kept.");
                    }

                    _table.Add(part.ToArray(), part.Length);
                    message.Raw(part);
                    break;
                case ContentPart.Known:
                    ulong number = reader.VarUInt();
                    message.Raw(_table.TryUse((long)number, out byte[] known)
                        ? known
                        : throw new SerializationException($"Malformed frame: there is no content {number}."));
                    break;
                default:
                    throw new SerializationException($"Malformed frame: {kind} is no kind of part.");
            }
        }
    }
}
