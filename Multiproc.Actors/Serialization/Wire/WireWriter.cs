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

    // Not from the shared pool: writers are kept and reused by their threads, and the pool's event source would cost every child a millisecond.
    public WireWriter(int capacity = 256) => _buffer = new byte[capacity];

    /// <summary>From this size on an array may stay where it is.</summary>
    private const int LeastPiece = 64 * 1024;

    /// <summary>The bytes of a length up to 4 GiB.</summary>
    private const int LengthRoom = 5;

    /// <summary>What a frame has around a value, and more.</summary>
    private const int FrameRoom = 256;

    private readonly int? _limit;
    private List<Piece>? _pieces;
    private long _pieceBytes;

    /// <summary>The largest message: as long as an array can be. Tests lower it, which warm processes them gigabytes.</summary>
    public static int LargestMessage { get; set; } = System.Array.MaxLength;

    /// <summary>The largest value: it still fits a message when it is handed on inside another frame than the one in which it came.</summary>
    public static int LargestValue => Math.Max(0, LargestMessage - FrameRoom);

    /// <summary>How much is in the buffer, which is all unless <see cref="HasPieces"/>.</summary>
    public int Length { get; private set; }

    /// <summary>
    /// How many bytes it may have, with the arrays that stayed where they are; by default as many as a message. To ask for more is a <see cref="SerializationException"/>,
    /// and nothing more was written.
    /// </summary>
    public int Limit
    {
        get => _limit ?? (IsForValues ? LargestValue : LargestMessage);
        init => _limit = value;
    }

    /// <summary>Whether its limit is that of a value, which others will put into a frame, not that of a frame.</summary>
    public bool IsForValues { get; init; }

    /// <summary>
    /// Large arrays are not copied into the buffer: they are read when the writer is sent. Only for who sends it at once, and only by <see cref="CopyTo"/>.
    /// </summary>
    public bool KeepsPieces { get; init; }

    public int Capacity => _buffer.Length;

    public bool HasPieces => _pieces is { Count: > 0 };

    /// <summary>With the arrays that stayed where they are.</summary>
    /// <exception cref="SerializationException">There are more than <see cref="Limit"/>.</exception>
    public int Total
    {
        get
        {
            long total = Length + _pieceBytes;
            return total <= Limit ? (int)total : throw TooLarge(total);
        }
    }

    /// <summary>To be asked when a value is written: the buffer grows without arrays that stayed where they are, and what it has room for is not asked about.</summary>
    /// <exception cref="SerializationException">There are more bytes than <see cref="Limit"/>.</exception>
    public void RequireFits()
    {
        long total = Length + _pieceBytes;
        if (total > Limit)
        {
            throw TooLarge(total);
        }
    }

    /// <summary>How large a value was that was refused for its size; 0 when none was.</summary>
    public long RefusedBytes { get; private set; }

    /// <summary>Whether a counted object was written: whoever keeps the bytes keeps it.</summary>
    public bool HoldsReferences { get; set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Reset()
    {
        Length = 0;
        _pieces?.Clear();
        _pieceBytes = 0;
        _consigned = null;
        HoldsReferences = false;
        RefusedBytes = 0;
    }

    /// <summary>Forgets all that was written behind <paramref name="length"/>, and disposes what was consigned there.</summary>
    public void Truncate(int length)
    {
        Length = Math.Min(Length, length);
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

    /// <summary>Says what this process keeps for the receiver of what is written next; disposing it takes it back.</summary>
    public void Consign(IDisposable item) => (_consigned ??= []).Add((Length, item));

    /// <summary>What was consigned since the last reset; null when nothing was. From now on it is the caller's to take back.</summary>
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

    /// <summary>All that was written, the arrays that stayed where they are at their places.</summary>
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

    /// <summary>The content of an array of plain memory.</summary>
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

    /// <summary>Bytes that were taken before, to be overwritten.</summary>
    public Span<byte> Overwrite(int position, int size) => _buffer.AsSpan(position, size);

    /// <summary>Overwrites four bytes that were taken before.</summary>
    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(position, 4), value);

    /// <summary>Overwrites a byte that was taken before.</summary>
    public void PatchByte(int position, byte value) => _buffer[position] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void Double(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(8), value);

    /// <summary>One to ten bytes, seven bits each, low bits first.</summary>
    public void VarUInt(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>A signed number whose small magnitudes are short (zigzag).</summary>
    public void VarInt(long value) => VarUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A length and text as UTF-8, which cannot say lone surrogates: for names. Users' text goes by <see cref="Codecs.Primitives.WriteText"/>.</summary>
    public void String(string value)
    {
        int size = SizeOf(value);
        VarUInt((ulong)size);
        Encoding.UTF8.GetBytes(value, Take(size));
    }

    /// <summary>A length and bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        VarUInt((ulong)value.Length);
        Raw(value);
    }

    /// <summary>Room for the length of what is written next.</summary>
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

        // As long as its room: all but the last byte say that there is more.
        var room = _buffer.AsSpan(begun - LengthRoom, LengthRoom);
        for (int i = 0; i < LengthRoom; i++)
        {
            room[i] = (byte)((length >> (7 * i) & 0x7F) | (i < LengthRoom - 1 ? 0x80u : 0));
        }
    }

    /// <summary>Bytes without a length.</summary>
    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>Room for <paramref name="size"/> bytes that the caller fills at once.</summary>
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
            // More than an int can count.
            throw TooLarge(Length + _pieceBytes + int.MaxValue + 1);
        }
    }

    private SerializationException TooLarge(long wanted)
    {
        RefusedBytes = wanted;
        return new SerializationException(
            $"A value would have {wanted} bytes or more as a message, which can have {Limit}: nothing was sent. Send it in parts (SendBytes takes memory of any size), or put the data in a SharedMemoryBlock or a SharedArray and send that.");
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
