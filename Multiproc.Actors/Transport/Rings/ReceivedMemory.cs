using Multiproc.SharedMemory;

namespace Multiproc.Transport.Rings;

/// <summary>Memory that the peer sent, until it is asked for.</summary>
internal sealed class ReceivedMemory
{
    private readonly Lock _gate = new();
    private Dictionary<long, Queue<MappedMemory>>? _came; // Made for the first: most children get none.
    private readonly List<WaitSlot> _waiters = [];
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

    public MappedMemory Take(long token, string peer)
    {
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

            Reactor.Current.WaitUntil(slot, null, CancellationToken.None);
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
