using System.Buffers.Binary;

namespace Multiproc.Transport.Tcp;

/// <summary>Reads records from a stream. Memory is allocated as bytes arrive, not as sizes are announced.</summary>
internal sealed class StreamInbox(Stream stream, long maxFrame)
{
    private readonly PartialFrame?[] _lanes = new PartialFrame?[StreamRecord.Lanes];
    private byte[] _buffer = new byte[16 * 1024];
    private int _begin;
    private int _end;

    /// <summary>Delivers the next record, waiting until it arrives.</summary>
    /// <returns>How the stream ended; null if it continues.</returns>
    /// <exception cref="SerializationException">The record is malformed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public StreamEnd? DeliverNext(ILinkHandler handler)
    {
        if (!Fill(StreamRecord.HeaderBytes))
        {
            return _begin == _end ? StreamEnd.Closed : throw new EndOfStreamException("The connection ended inside a frame.");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_begin));
        var kind = (StreamRecordKind)_buffer[_begin + 4];
        if (length is < 0 or > StreamRecord.MaxBytes)
        {
            throw new SerializationException($"Malformed frame: a record of {length} bytes announced, at most {StreamRecord.MaxBytes} are allowed.");
        }

        if (!Fill(StreamRecord.HeaderBytes + length))
        {
            throw new EndOfStreamException("The connection ended inside a frame.");
        }

        var content = _buffer.AsSpan(_begin + StreamRecord.HeaderBytes, length);
        _begin += StreamRecord.HeaderBytes + length;
        switch (kind)
        {
            case StreamRecordKind.Frame:
                Deliver(handler, content);
                return null;
            case StreamRecordKind.First when length >= StreamRecord.FirstHeadBytes:
                BeginFrame(content);
                return null;
            case StreamRecordKind.More when length > StreamRecord.MoreHeadBytes:
                Continue(handler, content);
                return null;
            case StreamRecordKind.NoDescriptor when length == sizeof(long):
                handler.OnDescriptor(BinaryPrimitives.ReadInt64LittleEndian(content), null);
                return null;
            case StreamRecordKind.Bye when length == 0:
                return StreamEnd.Bye;
            default:
                throw new SerializationException($"Malformed frame: {length} bytes of unknown kind {(byte)kind}.");
        }
    }

    private void Deliver(ILinkHandler handler, ReadOnlySpan<byte> frame)
    {
        if (frame.Length > maxFrame)
        {
            throw TooLarge(frame.Length);
        }

        using (Reactor.EnterHandler())
        {
            handler.OnFrame(frame);
        }
    }

    private void BeginFrame(ReadOnlySpan<byte> content)
    {
        long total = BinaryPrimitives.ReadInt64LittleEndian(content[1..]);
        if (content[0] >= StreamRecord.Lanes || _lanes[content[0]] is not null)
        {
            throw new SerializationException($"Malformed frame: a frame begins on lane {content[0]}, which does not exist or has not finished another one.");
        }

        if (total > maxFrame || total <= content.Length - StreamRecord.FirstHeadBytes)
        {
            throw TooLarge(total);
        }

        _lanes[content[0]] = new PartialFrame((int)total, content[StreamRecord.FirstHeadBytes..]);
    }

    private void Continue(ILinkHandler handler, ReadOnlySpan<byte> content)
    {
        if (content[0] >= StreamRecord.Lanes || _lanes[content[0]] is not { } partial)
        {
            throw new SerializationException($"Malformed frame: a part of a frame that was never begun, on lane {content[0]}.");
        }

        partial.Add(content[1..]);
        if (partial.IsWhole)
        {
            _lanes[content[0]] = null;
            Deliver(handler, partial.Bytes);
        }
    }

    private SerializationException TooLarge(long size) => new($"Malformed frame: {size} bytes announced; frames of this connection have at most {maxFrame}.");

    /// <summary>Reads exactly the given number of bytes; returns false if the stream ends before.</summary>
    private bool Fill(int wanted)
    {
        if (_end - _begin >= wanted)
        {
            return true;
        }

        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        while (_end < wanted)
        {
            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, StreamRecord.HeaderBytes + StreamRecord.MaxBytes));
            }

            int count = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (count == 0)
            {
                return false;
            }

            _end += count;
        }

        return true;
    }

    private sealed class PartialFrame
    {
        private readonly int _total;
        private byte[] _bytes;
        private int _count;

        public PartialFrame(int total, ReadOnlySpan<byte> first)
        {
            _total = total;
            _bytes = new byte[Math.Min(total, first.Length * 2L)];
            Add(first);
        }

        public bool IsWhole => _count == _total;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

        public void Add(ReadOnlySpan<byte> part)
        {
            if (part.Length > _total - _count)
            {
                throw new SerializationException($"Malformed frame: more bytes came than the {_total} that were announced.");
            }

            if (part.Length > _bytes.Length - _count)
            {
                Array.Resize(ref _bytes, (int)Math.Min(_total, Math.Max(_bytes.Length * 2L, _count + (long)part.Length)));
            }

            part.CopyTo(_bytes.AsSpan(_count));
            _count += part.Length;
        }
    }
}

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>Without a close notify: the process died, or the connection was cut.</summary>
    Closed,

    /// <summary>By a close notify: the other side closed the link deliberately.</summary>
    Bye,
}
