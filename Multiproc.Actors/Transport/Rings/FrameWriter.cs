using System.Runtime.InteropServices;
using Multiproc.Serialization;

namespace Multiproc.Transport.Rings;

/// <summary>Writes frames as records of a ring: whole if they fit, otherwise in parts. Used under the lock of the ring's outbox.</summary>
internal sealed class FrameWriter(RingWriter writer, Action<Wake> ring)
{
    private const int FirstHeader = 16;
    private const int MoreHeader = 8;

    private int _lastStream;

    /// <summary>Whether a frame of this length is one record.</summary>
    public bool FitsWhole(long length) => length <= writer.LargestRecord;

    /// <summary>Returns the stream number of a frame that is sent in parts. Needs no lock.</summary>
    public int NextStream() => Interlocked.Increment(ref _lastStream);

    /// <summary>Wakes the reader for the written frames.</summary>
    public void Announce(Wake wake) => ring(wake);

    public bool TryWriteWhole(ReadOnlySpan<byte> frame, bool isStaged = false, WireWriter? inPieces = null) =>
        TryWrite(RecordKind.Frame, default, frame, isStaged, inPieces);

    /// <param name="stream">The frame's stream number.</param>
    /// <param name="frame">The whole frame.</param>
    /// <param name="sent">The number of bytes written so far; updated.</param>
    public bool TryWritePart(int stream, ReadOnlySpan<byte> frame, ref int sent)
    {
        Span<byte> header = stackalloc byte[FirstHeader];
        header.Clear();
        MemoryMarshal.Write(header, stream);
        bool first = sent == 0;
        if (first)
        {
            MemoryMarshal.Write(header[8..], (long)frame.Length);
        }

        var part = frame.Slice(sent, Math.Min(frame.Length - sent, writer.LargestRecord - FirstHeader));
        if (!TryWrite(first ? RecordKind.First : RecordKind.More, header[..(first ? FirstHeader : MoreHeader)], part))
        {
            return false;
        }

        sent += part.Length;
        return true;
    }

    /// <summary>
    /// Retries once after setting the mark, which closes the race with a reader that made room just before. The frames in the ring may all have been sent
    /// without waking the reader: it must be woken now, or both sides would wait forever.
    /// </summary>
    private bool TryWrite(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isStaged = false, WireWriter? inPieces = null)
    {
        if (TryWriteOnce(kind, head, body, isStaged, inPieces))
        {
            return true;
        }

        writer.MarkWaiting();
        if (TryWriteOnce(kind, head, body, isStaged, inPieces))
        {
            return true;
        }

        ring(Wake.Always);
        return false;
    }

    private bool TryWriteOnce(RecordKind kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool isStaged, WireWriter? inPieces) =>
        inPieces is null ? writer.TryWrite(kind, head, body, isStaged) : writer.TryWrite(kind, inPieces);
}
