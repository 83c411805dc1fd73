using Multiproc.Pool;
using Multiproc.Pool.Workers;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// Messages for one worker, between the connection of its pool and its process. As long as no other pool wants the node they pass. Else its chunks are held
/// here, and go to the process one at a time, when the share of its pool allows it.
/// </summary>
internal sealed class HeldChunks(IChunkTarget worker, NodeShares shares)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<byte[]> _held = new();
    private int _inProcess;
    private bool _mayRun;
    private bool _waits;
    private bool _ended;

    /// <summary>Takes a message of the pool.</summary>
    /// <param name="frame">The message with the head of a frame to the process.</param>
    /// <param name="begun">Where the head ends.</param>
    public void Pass(ReadOnlySpan<byte> frame, int begun)
    {
        var kind = (PoolMessage)frame[begun];
        List<(int, long)>? back = null;
        bool gaveUp = false;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (IsUrgent(kind))
            {
                back = kind == PoolMessage.TakeBack && _held.Count > 0 ? TakeHeld_UnderGate(begun) : null;
                if (back is not null)
                {
                    // No chunk is left that they would have to come before.
                    PassHeld_UnderGate();
                    (gaveUp, _waits) = (_waits, false);
                }

                worker.Deliver(frame);
            }
            else if (_held.Count > 0 || (IsChunk(kind) && !MayPass_UnderGate()))
            {
                _held.AddLast(frame.ToArray());
            }
            else
            {
                _inProcess += IsChunk(kind) ? 1 : 0;
                worker.Deliver(frame);
            }
        }

        if (back is { Count: > 0 })
        {
            worker.GiveBack(back);
        }

        if (gaveUp)
        {
            shares.GiveUp(worker.Pool, this);
        }
    }

    /// <summary>Looks at a message of the process: a chunk may be done.</summary>
    public void Observe(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        int done = (PoolMessage)reader.Byte() switch
        {
            PoolMessage.LastResult => 1,
            PoolMessage.Returned => reader.Natural(),
            _ => 0,
        };
        if (done == 0)
        {
            return;
        }

        lock (_gate)
        {
            _inProcess -= done;
            if (_inProcess > 0 || !_mayRun)
            {
                return;
            }

            _mayRun = false;
        }

        shares.End(worker.Pool);
        AskAgain();
    }

    /// <summary>Passes the next chunk, since the share of the pool allows it.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _waits = false;
            _mayRun = true;
            if (!_ended && PassHeld_UnderGate())
            {
                return;
            }

            _mayRun = false;
        }

        // It has nothing to run any more.
        shares.End(worker.Pool);
    }

    /// <summary>The process has ended: nothing passes any more.</summary>
    public void End()
    {
        bool waited;
        bool ran;
        lock (_gate)
        {
            (_ended, waited, ran) = (true, _waits, _mayRun);
            _waits = _mayRun = false;
            _held.Clear();
        }

        if (waited)
        {
            shares.GiveUp(worker.Pool, this);
        }

        if (ran)
        {
            shares.End(worker.Pool);
        }
    }

    private static bool IsChunk(PoolMessage kind) => kind is PoolMessage.Run or PoolMessage.RunMany or PoolMessage.Apply;

    /// <summary>Whether a worker handles a message at once, also while it runs a task.</summary>
    private static bool IsUrgent(PoolMessage kind) => kind is PoolMessage.TakeBack or PoolMessage.Cancel or PoolMessage.End or PoolMessage.Overdue
        or PoolMessage.EndTask or PoolMessage.Quit;

    private void AskAgain()
    {
        lock (_gate)
        {
            if (_ended || _held.Count == 0 || _waits || _mayRun)
            {
                return;
            }

            // The first one is a chunk: only what has to wait for one is held.
            _mayRun = shares.Begin(worker.Pool, this);
            _waits = !_mayRun;
            if (_mayRun)
            {
                PassHeld_UnderGate();
            }
        }
    }

    private bool MayPass_UnderGate()
    {
        if (_mayRun)
        {
            return _inProcess == 0 || !shares.IsContended(worker.Pool);
        }

        _mayRun = shares.Begin(worker.Pool, this);
        _waits = !_mayRun;
        return _mayRun;
    }

    /// <summary>Passes what is held, up to the next chunk; all of it when no other pool wants the node. Returns whether a chunk was among it.</summary>
    private bool PassHeld_UnderGate()
    {
        bool any = false;
        while (_held.First is { } first)
        {
            bool isChunk = IsChunk((PoolMessage)first.Value[AgentLine.HeadBytes]);
            if (isChunk && any && shares.IsContended(worker.Pool))
            {
                // What is held begins with a chunk again.
                return true;
            }

            any |= isChunk;
            _inProcess += isChunk ? 1 : 0;
            _held.RemoveFirst();
            worker.Deliver(first.Value);
        }

        return any;
    }

    private List<(int Job, long First)> TakeHeld_UnderGate(int begun)
    {
        var taken = new List<(int, long)>();
        for (var node = _held.First; node is not null;)
        {
            var next = node.Next;
            if (IsChunk((PoolMessage)node.Value[begun]))
            {
                byte[] message = node.Value[begun..];
                taken.Add(new WorkerInbox.Message(message, message.Length).Chunk());
                _held.Remove(node);
            }

            node = next;
        }

        return taken;
    }
}

/// <summary>The process of a worker, for what is held before it.</summary>
internal interface IChunkTarget
{
    /// <summary>Identifies its pool.</summary>
    object Pool { get; }

    /// <summary>Sends a frame to the process. Must not block.</summary>
    void Deliver(ReadOnlySpan<byte> frame);

    /// <summary>Sends the pool chunks that were held, and that the process never got.</summary>
    void GiveBack(List<(int Job, long First)> chunks);
}
