namespace Multiproc.Transport.Rings;

/// <summary>Queues the frames that handlers, which must not wait, sent while the ring was full. Used under the lock of the ring's outbox.</summary>
internal sealed class RingBacklog(FrameWriter writer)
{
    private readonly Queue<Kept> _frames = new();
    private int _sent;
    private int _stream;

    public bool IsEmpty => _frames.Count == 0;

    public void Add(byte[] frame) => _frames.Enqueue(new Kept(frame, 0, 0, null));

    /// <summary>Queues the rest of a partly written large frame.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="stream">The frame's stream number.</param>
    /// <param name="sent">The number of bytes written so far.</param>
    /// <param name="done">Called when the whole frame is written.</param>
    public void AddRest(byte[] frame, int stream, int sent, Action done) => _frames.Enqueue(new Kept(frame, stream, sent, done));

    public void Clear() => _frames.Clear();

    /// <summary>Writes as many frames as there is room for.</summary>
    public void Flush()
    {
        bool wrote = false;
        while (_frames.TryPeek(out var kept))
        {
            byte[] frame = kept.Frame;
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
                    (_stream, _sent) = kept.Sent > 0 ? (kept.Stream, kept.Sent) : (writer.NextStream(), 0);
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
            kept.Done?.Invoke();
        }

        if (wrote)
        {
            writer.Announce(Wake.Always);
        }
    }

    private readonly record struct Kept(byte[] Frame, int Stream, int Sent, Action? Done);
}
