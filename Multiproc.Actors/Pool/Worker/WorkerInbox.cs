using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Holds messages that a worker has received and not begun, in reused buffers. Filled by the thread that delivers messages and emptied by the worker's
/// thread. Taking the next chunk and returning chunks are under the same lock, so that a chunk is either begun or returned.
/// </summary>
internal sealed class WorkerInbox
{
    private const int SmallSize = 512;
    private const int MostKept = 128;
    private const int MostLargeKept = 4;
    private const int LargestKept = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly WaitSlot _arrived = new();
    private readonly Stack<byte[]> _small = new();
    private readonly List<byte[]> _large = [];
    private readonly MessageQueue _messages = new();

    /// <summary>The job of the running chunk; 0 between chunks.</summary>
    public int CurrentJob { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            byte[] buffer = Rent(bytes.Length);
            bytes.CopyTo(buffer);
            _messages.Add(new Message(buffer, bytes.Length));
        }

        _arrived.Complete();
    }

    /// <summary>Waits for the next message and takes it; a chunk then counts as begun.</summary>
    public Message Take()
    {
        while (true)
        {
            lock (_gate)
            {
                if (TryTake(out var message))
                {
                    return message;
                }

                _arrived.Reset();
            }

            Reactor.Current.WaitUntil(_arrived, null, CancellationToken.None);
        }
    }

    /// <summary>Ends the running chunk and begins the next one, if it has arrived; returns whether it has.</summary>
    public bool TryTakeChunk(out Message next)
    {
        lock (_gate)
        {
            CurrentJob = 0;
            next = default;
            return _messages.Count > 0 && _messages.Oldest.IsChunk && TryTake(out next);
        }
    }

    public void Free(Message message)
    {
        lock (_gate)
        {
            if (message.Buffer.Length == SmallSize)
            {
                if (_small.Count < MostKept)
                {
                    _small.Push(message.Buffer);
                }
            }
            else if (_large.Count < MostLargeKept && message.Buffer.Length <= LargestKept)
            {
                _large.Add(message.Buffer);
            }
        }
    }

    /// <summary>Removes the chunks that have not begun and returns them.</summary>
    public List<(int Job, long First)> GiveBack()
    {
        lock (_gate)
        {
            var returned = new List<(int, long)>();
            for (int left = _messages.Count; left > 0; left--)
            {
                var message = _messages.Take();
                if (message.IsChunk)
                {
                    returned.Add(message.Chunk());
                }
                else
                {
                    _messages.Add(message);
                }
            }

            return returned;
        }
    }

    /// <summary>Drops everything; the next message taken tells the worker to leave.</summary>
    public void Quit()
    {
        lock (_gate)
        {
            _messages.Clear();
            _messages.Add(new Message([(byte)PoolMessage.Stop], 1));
        }

        _arrived.Complete();
    }

    /// <summary>Runs the action if the worker is working on the job, which it cannot end meanwhile.</summary>
    public void WhileAtWorkOn(int job, Action action)
    {
        lock (_gate)
        {
            if (CurrentJob == job)
            {
                action();
            }
        }
    }

    private bool TryTake(out Message message)
    {
        if (_messages.Count == 0)
        {
            message = default;
            return false;
        }

        message = _messages.Take();
        CurrentJob = message.IsChunk ? message.Chunk().Job : 0;
        return true;
    }

    private byte[] Rent(int size)
    {
        if (size <= SmallSize)
        {
            return _small.TryPop(out byte[]? small) ? small : new byte[SmallSize];
        }

        for (int i = 0; i < _large.Count; i++)
        {
            if (_large[i].Length >= size)
            {
                byte[] large = _large[i];
                _large.RemoveAt(i);
                return large;
            }
        }

        if (_large.Count == MostLargeKept)
        {
            _large.RemoveAt(0);
        }

        // Somewhat larger than needed, so that the next message of nearly this size fits.
        return FreshArray.OfBytes((int)Math.Min(size + (size / 8L), System.Array.MaxLength));
    }

    internal readonly record struct Message(byte[] Buffer, int Length)
    {
        public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

        public bool IsChunk => (PoolMessage)Buffer[0] is PoolMessage.Run or PoolMessage.Apply or PoolMessage.RunMany;

        public (int Job, long First) Chunk()
        {
            var reader = new WireReader(Bytes);
            var kind = (PoolMessage)reader.Byte();
            int job = (int)reader.VarUInt();
            return (job, kind == PoolMessage.Apply ? 0 : (long)reader.VarUInt());
        }
    }
}
