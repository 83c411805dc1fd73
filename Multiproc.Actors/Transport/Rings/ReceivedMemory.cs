using Multiproc.SharedMemory;

namespace Multiproc.Transport.Rings;

/// <summary>Keeps memory that the peer sent until it is requested.</summary>
internal sealed class ReceivedMemory
{
    private readonly Lock _gate = new();
    private Dictionary<long, Queue<MappedMemory>>? _came; // Allocated on first use: most children receive none.
    private readonly List<WaitSlot> _waiters = [];
    private List<long>? _unclaimed; // One entry for each abandoned request.
    private Exception? _failure;

    public void Put(long token, MappedMemory memory)
    {
        lock (_gate)
        {
            _came ??= [];
            if (!_came.TryGetValue(token, out var queue))
            {
                _came.Add(token, queue = new Queue<MappedMemory>());
            }

            queue.Enqueue(memory);
            WakeAll();
        }
    }

    /// <summary>Whether memory for the token has arrived, or will arrive, for an abandoned request: then it need not be requested again.</summary>
    public bool TakeUnclaimed(long token)
    {
        lock (_gate)
        {
            return _unclaimed is not null && _unclaimed.Remove(token);
        }
    }

    /// <exception cref="MultiprocTimeoutException">
    /// The memory did not arrive within the wait limit of this thread, or within <paramref name="patience"/> if it has none.
    /// </exception>
    public MappedMemory Take(long token, string peer, TimeSpan patience)
    {
        var limit = WaitLimit.OfThread is { IsNone: false } own ? own : WaitLimit.Of(patience, default, 0);
        var slot = new WaitSlot();
        while (true)
        {
            lock (_gate)
            {
                if (_came is not null && _came.TryGetValue(token, out var queue) && queue.TryDequeue(out var memory))
                {
                    return memory;
                }

                if (_failure is not null)
                {
                    throw new ConnectionLostException($"{peer} was lost before it gave its memory segment {token}: {_failure.Message}", _failure);
                }

                slot.Reset();
                _waiters.Add(slot);
            }

            if (limit.Await(slot))
            {
                continue;
            }

            lock (_gate)
            {
                _waiters.Remove(slot);
                (_unclaimed ??= []).Add(token);
            }

            limit.Throw($"Mapping its memory segment {token}", peer);
        }
    }

    public void Fail(Exception reason)
    {
        lock (_gate)
        {
            _failure = reason;
            DisposeOfAll();
            WakeAll();
        }
    }

    private void DisposeOfAll()
    {
        if (_came is null)
        {
            return;
        }

        foreach (var queue in _came.Values)
        {
            while (queue.TryDequeue(out var memory))
            {
                memory.Dispose();
            }
        }
    }

    private void WakeAll()
    {
        foreach (var waiter in _waiters)
        {
            waiter.Complete();
        }

        _waiters.Clear();
    }
}
