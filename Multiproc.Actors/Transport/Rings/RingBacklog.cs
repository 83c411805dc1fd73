namespace Multiproc.Transport.Rings;

/// <summary>What handlers sent while the ring was full: they must not wait. Used under the lock of the ring's outbox.</summary>
internal sealed class RingBacklog(FrameWriter writer)
{
    private readonly Queue<byte[]> _frames = new();
    private int _sent;
    private int _stream;

    public bool IsEmpty => _frames.Count == 0;

    public void Add(byte[] frame) => _frames.Enqueue(frame);

    public void Clear() => _frames.Clear();

    /// <summary>Writes what there is room for.</summary>
    public void Flush()
    {
        bool wrote = false;
        while (_frames.TryPeek(out byte[]? frame))
        {
            if (writer.FitsWhole(frame.Length))
            {
                if (!writer.TryWriteWhole(frame))
                {
                    break;
                }
            }
            else
            {
                if (_sent == 0)
                {
                    _stream = writer.NextStream();
                }

                if (!writer.TryWritePart(_stream, frame, ref _sent))
                {
                    break;
                }

                wrote = true;
                if (_sent < frame.Length)
                {
                    continue;
                }

                _sent = 0;
            }

            wrote = true;
            _frames.Dequeue();
        }

        if (wrote)
        {
            writer.Announce(Wake.Always);
        }
    }
}
