using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Multiproc.SharedMemory;

namespace Multiproc.Serialization;

/// <summary>A growing buffer of little-endian fields. Not thread-safe; reused by <see cref="Reset"/>.</summary>
internal sealed class WireWriter : IDisposable
{
    private byte[] _buffer;
    private List<(int Position, IDisposable Item)>? _consigned;

    // Not from the shared array pool: writers are kept and reused by their threads, and the pool's event source would cost every child a millisecond.
    public WireWriter(int capacity = 256) => _buffer = new byte[capacity];

    /// <summary>The size from which an array may be referenced instead of copied.</summary>
    public const int LeastPiece = 64 * 1024;

    /// <summary>The number of bytes of a length up to 4 GiB.</summary>
    private const int LengthRoom = 5;

    /// <summary>An upper bound of the bytes that a frame has around a value.</summary>
    private const int FrameRoom = 256;

    private readonly int? _limit;
    private List<Piece>? _pieces;
    private List<int>? _cuts;
    private long _pieceBytes;

    /// <summary>The largest message: the maximum length of an array. Tests lower it to save gigabytes.</summary>
    public static int LargestMessage { get; set; } = System.Array.MaxLength;

    /// <summary>The largest value: it still fits into a message when it is forwarded in another frame than the one in which it arrived.</summary>
    public static int LargestValue => Math.Max(0, LargestMessage - FrameRoom);

    /// <summary>The number of bytes in the buffer: all bytes unless <see cref="HasPieces"/>.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// The maximum number of bytes, including referenced arrays; by default that of a message. Exceeding it is a <see cref="SerializationException"/>,
    /// and nothing more is written.
    /// </summary>
    public int Limit
    {
        get => _limit ?? (IsForValues ? LargestValue : LargestMessage);
        init => _limit = value;
    }

    /// <summary>Whether the limit is that of a value, which will be put into a frame, and not that of a frame.</summary>
    public bool IsForValues { get; init; }

    /// <summary>
    /// Whether large arrays are referenced instead of copied into the buffer. Only for writers that are sent at once, and only by <see cref="CopyTo"/>.
    /// </summary>
    public bool KeepsPieces { get; init; }

    public int Capacity => _buffer.Length;

    public bool HasPieces => _pieces is { Count: > 0 };

    /// <summary>The number of bytes written, including referenced arrays.</summary>
    /// <exception cref="SerializationException">There are more bytes than <see cref="Limit"/>.</exception>
    public int Total
    {
        get
        {
            long total = Length + _pieceBytes;
            return total <= Limit ? (int)total : throw TooLarge(total);
        }
    }

    /// <summary>Checks the limit after a value was written: growth of the buffer checks neither referenced arrays nor writes for which it has room.</summary>
    /// <exception cref="SerializationException">There are more bytes than <see cref="Limit"/>.</exception>
    public void RequireFits()
    {
        long total = Length + _pieceBytes;
        if (total > Limit)
        {
            throw TooLarge(total);
        }
    }

    /// <summary>The size of a value that was rejected for its size; 0 if none was.</summary>
    public long RefusedBytes { get; private set; }

    /// <summary>Whether a reference to a counted object was written: it lives as long as the bytes are kept.</summary>
    public bool HoldsReferences { get; set; }

    /// <summary>Whether the bytes are kept for longer than any process lives: objects are then referred to by names, and those without are refused.</summary>
    public bool OutlivesProcesses { get; set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Reset()
    {
        Length = 0;
        _pieces?.Clear();
        _cuts?.Clear();
        _pieceBytes = 0;
        _consigned = null;
        HoldsReferences = OutlivesProcesses = false;
        RefusedBytes = 0;
    }

    /// <summary>Removes everything written after <paramref name="length"/>, and disposes the resources consigned there.</summary>
    public void Truncate(int length)
    {
        Length = Math.Min(Length, length);
        _cuts?.RemoveAll(cut => cut > length);
        for (int last = (_pieces?.Count ?? 0) - 1; last >= 0 && _pieces![last].Position >= length; last--)
        {
            _pieceBytes -= _pieces[last].Size;
            _pieces.RemoveAt(last);
        }

        for (int last = (_consigned?.Count ?? 0) - 1; last >= 0 && _consigned![last].Position >= length; last--)
        {
            _consigned[last].Item.Dispose();
            _consigned.RemoveAt(last);
        }
    }

    /// <summary>Consigns a resource that this process keeps for the receiver of the next bytes; disposing it takes it back.</summary>
    /// <exception cref="UnsendableException">The bytes outlive this process.</exception>
    public void Consign(IDisposable item)
    {
        if (OutlivesProcesses)
        {
            item.Dispose();
            throw new UnsendableException("belongs to a process, which what it is put into outlives");
        }

        (_consigned ??= []).Add((Length, item));
    }

    /// <summary>Returns the resources consigned since the last reset, or null; the caller takes over disposing them.</summary>
    public IReadOnlyList<IDisposable>? TakeConsigned()
    {
        var taken = _consigned?.ConvertAll(static each => each.Item);
        _consigned = null;
        return taken;
    }

    public byte[] ToArray()
    {
        byte[] all = FreshArray.OfBytes(Total);
        CopyTo(all);
        return all;
    }

    /// <summary>Copies everything that was written, including referenced arrays at their places.</summary>
    public void CopyTo(Span<byte> target)
    {
        int from = 0;
        for (int i = 0; i < (_pieces?.Count ?? 0); i++)
        {
            var piece = _pieces![i];
            _buffer.AsSpan(from, piece.Position - from).CopyTo(target);
            target = target[(piece.Position - from)..];
            piece.Bytes.CopyTo(target);
            target = target[piece.Size..];
            from = piece.Position;
        }

        _buffer.AsSpan(from, Length - from).CopyTo(target);
    }

    /// <summary>
    /// Notes that what was written since <paramref name="begin"/> is a value of its own, which may come again in other messages. Only for writers that keep
    /// pieces, and large values: else it does nothing.
    /// </summary>
    public void NoteValue(int begin)
    {
        if (KeepsPieces && Length - begin >= LeastPiece)
        {
            (_cuts ??= []).Add(begin);
            _cuts.Add(Length);
        }
    }

    /// <summary>Gives everything that was written in parts, in order: large arrays and large values are parts of their own.</summary>
    public void VisitParts(PartVisitor visit)
    {
        int from = 0;
        int nextCut = 0;
        for (int i = 0; i <= (_pieces?.Count ?? 0); i++)
        {
            var piece = i < (_pieces?.Count ?? 0) ? _pieces![i] : null;
            int until = piece?.Position ?? Length;
            for (; nextCut < (_cuts?.Count ?? 0) && _cuts![nextCut] <= until; nextCut++)
            {
                Visit(_cuts[nextCut]);
            }

            Visit(until);
            if (piece is not null)
            {
                visit(piece.Bytes);
            }
        }

        void Visit(int end)
        {
            if (end > from)
            {
                visit(_buffer.AsSpan(from, end - from));
                from = end;
            }
        }
    }

    /// <summary>Writes the content of an array of unmanaged elements.</summary>
    public unsafe void RawArray<T>(T[] values)
        where T : unmanaged
    {
        long size = (long)values.Length * sizeof(T);
        if (Length + _pieceBytes + size > Limit)
        {
            throw TooLarge(Length + _pieceBytes + size);
        }

        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (KeepsPieces && bytes.Length >= LeastPiece)
        {
            (_pieces ??= []).Add(new Piece(Length, values, bytes.Length));
            _pieceBytes += bytes.Length;
        }
        else
        {
            Raw(bytes);
        }
    }

    public void Byte(byte value)
    {
        if (Length == _buffer.Length)
        {
            Grow(1);
        }

        _buffer[Length++] = value;
    }

    /// <summary>Returns bytes that were reserved before, to be overwritten.</summary>
    public Span<byte> Overwrite(int position, int size) => _buffer.AsSpan(position, size);

    /// <summary>Overwrites four bytes that were reserved before.</summary>
    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(position, 4), value);

    /// <summary>Overwrites a byte that was reserved before.</summary>
    public void PatchByte(int position, byte value) => _buffer[position] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>Writes a number as one to ten bytes of seven bits each, low bits first.</summary>
    public void VarUInt(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>Writes a signed number, with few bytes for small magnitudes (zigzag).</summary>
    public void VarInt(long value) => VarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>
    /// Writes a length and text as UTF-8, which cannot encode lone surrogates: for names. Users' text is written by <see cref="Codecs.Primitives.WriteText"/>.
    /// </summary>
    public void String(string value)
    {
        int size = SizeOf(value);
        VarUInt((ulong)size);
        Encoding.UTF8.GetBytes(value, Take(size));
    }

    /// <summary>Writes a length and bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        VarUInt((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Reserves room for the length of the bytes written next.</summary>
    public int BeginBytes()
    {
        Take(LengthRoom);
        return Length;
    }

    /// <summary>Ends what <see cref="BeginBytes"/> began: with what follows it reads as <see cref="Bytes"/>.</summary>
    public void EndBytes(int begun)
    {
        uint length = (uint)(Length - begun);
        foreach (var piece in _pieces ?? [])
        {
            length += piece.Position >= begun ? (uint)piece.Size : 0;
        }

        // Padded to the reserved room: all bytes but the last say that more follow.
        var room = _buffer.AsSpan(begun - LengthRoom, LengthRoom);
        for (int i = 0; i < LengthRoom; i++)
        {
            room[i] = (byte)((length >> (7 * i) & 0x7F) | (i < LengthRoom - 1 ? 0x80u : 0));
        }
    }

    /// <summary>Writes bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Reserves <paramref name="size"/> bytes, which the caller fills at once.</summary>
    public Span<byte> Take(int size)
    {
        if (_buffer.Length - Length < size)
        {
            Grow(size);
        }

        var span = _buffer.AsSpan(Length, size);
        Length += size;
        return span;
    }

    public void Dispose()
    {
        _buffer = [];
        Length = 0;
    }

    /// <summary>Receives a part of a message.</summary>
    public delegate void PartVisitor(ReadOnlySpan<byte> part);

    private sealed record Piece(int Position, System.Array Content, int Size)
    {
        public ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(Content), Size);
    }

    private int SizeOf(string text)
    {
        try
        {
            return Encoding.UTF8.GetByteCount(text);
        }
        catch (ArgumentException) when (text.Length > int.MaxValue / Encoding.UTF8.GetMaxByteCount(1))
        {
            // The size exceeds an int.
            throw TooLarge(Length + _pieceBytes + int.MaxValue + 1);
        }
    }

    private SerializationException TooLarge(long wanted)
    {
        RefusedBytes = wanted;
        return new SerializationException(
            $"A value would have {wanted} bytes or more as a message, which can have {Limit}: nothing was sent. Send it in parts (SendBytes takes memory of "
                + "any size), or put the data in a SharedMemoryBlock or a SharedArray and send that.");
    }

    private void Grow(int size)
    {
        long wanted = (long)Length + size;
        if (wanted + _pieceBytes > Limit)
        {
            throw TooLarge(wanted + _pieceBytes);
        }

        byte[] larger = FreshArray.OfBytes((int)Math.Max(wanted, Math.Min(2L * _buffer.Length, Limit - _pieceBytes)));
        Written.CopyTo(larger);
        _buffer = larger;
    }
}
