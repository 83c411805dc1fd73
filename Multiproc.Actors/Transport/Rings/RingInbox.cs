using System.Runtime.InteropServices;

namespace Multiproc.Transport.Rings;

/// <summary>Reads one ring and assembles frames that were sent in parts. Used by the reactor only.</summary>
internal sealed class RingInbox(RingReader reader)
{
    private const int FramesPerTurn = 256;
    private const int FirstHeader = 16;
    private const int MoreHeader = 8;
    private const long LargestFrame = int.MaxValue - 64;
    private const int LargestKept = 8 * 1024 * 1024;

    /// <summary>The maximum number of frames that may be sent in parts at the same time; the sender respects it.</summary>
    public const int MaxStreams = 64;

    private Dictionary<int, Assembly>? _streams; // Allocated for the first frame that arrives in parts.

    /// <summary>The buffer of the last large frame: the next one is often of its size.</summary>
    private byte[]? _kept;

    /// <summary>Delivers the available frames, up to a bound so that other links have their turn. Returns true if there are more.</summary>
    public bool Deliver(ILinkHandler handler, Action ringWriter)
    {
        int left = FramesPerTurn;
        while (left-- > 0 && reader.TryRead(out var kind, out var record))
        {
            if (kind == RecordKind.Frame)
            {
                handler.OnFrame(record);
            }
            else
            {
                DeliverPart(handler, kind, record);
            }

            reader.Release();
        }

        if (reader.TakeWriterWaits())
        {
            ringWriter();
        }

        return !reader.IsEmpty;
    }

    private void DeliverPart(ILinkHandler handler, RecordKind kind, ReadOnlySpan<byte> record)
    {
        int header = kind == RecordKind.First ? FirstHeader : MoreHeader;
        if (record.Length < header)
        {
            throw new SerializationException($"Malformed frame: a part of {record.Length} bytes has no room for its header.");
        }

        _streams ??= [];
        int stream = MemoryMarshal.Read<int>(record);
        if (kind == RecordKind.First)
        {
            long total = MemoryMarshal.Read<long>(record[8..]);
            if (total is <= 0 or > LargestFrame || _streams.Count == MaxStreams)
            {
                throw new SerializationException($"Malformed frame: {total} bytes announced (at most {LargestFrame}), {_streams.Count} streams open.");
            }

            _streams[stream] = new Assembly((int)total, _kept);
            _kept = null;
        }

        if (!_streams.TryGetValue(stream, out var assembly))
        {
            throw new SerializationException($"Malformed frame: more of stream {stream}, which was not begun.");
        }

        if (assembly.Add(record[header..]))
        {
            _streams.Remove(stream);
            handler.OnFrame(assembly.Whole);
            _kept = assembly.Buffer.Length <= LargestKept ? assembly.Buffer : _kept;
        }
    }

    /// <summary>A frame that is being assembled. Its buffer grows with the bytes received, not with the announced size.</summary>
    private sealed class Assembly(int total, byte[]? kept)
    {
        private byte[] _bytes = kept ?? new byte[Math.Min(total, 1024 * 1024)];
        private int _length;

        public byte[] Buffer => _bytes;

        public ReadOnlySpan<byte> Whole => _bytes.AsSpan(0, total);

        public bool Add(ReadOnlySpan<byte> part)
        {
            if (part.Length > total - _length)
            {
                throw new SerializationException($"Malformed frame: {total} bytes announced, {(long)_length + part.Length} came.");
            }

            if (part.Length > _bytes.Length - _length)
            {
                System.Array.Resize(ref _bytes, (int)Math.Min(total, Math.Max(2L * _bytes.Length, (long)_length + part.Length)));
            }

            part.CopyTo(_bytes.AsSpan(_length));
            _length += part.Length;
            return _length == total;
        }
    }
}
