using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.InMemory;

/// <summary>A link between two ends in one process, for tests and for targets that run on threads. Frames are copied; a pool thread delivers them.</summary>
internal sealed class InMemoryLink : ILink
{
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _inbox = new();
    private readonly Rings.ReceivedMemory _received = new();
    private InMemoryLink _other = null!;
    private ILinkHandler? _handler;
    private bool _delivering;
    private bool _closed;
    private bool _closedHere;
    private bool _told;

    private InMemoryLink(string peer) => Peer = peer;

    public string Peer { get; }

    public static (InMemoryLink First, InMemoryLink Second) Pair()
    {
        var first = new InMemoryLink("the second end");
        var second = new InMemoryLink("the first end") { _other = first };
        first._other = second;
        return (first, second);
    }

    public void Start(ILinkHandler handler)
    {
        lock (_gate)
        {
            _handler = handler;
        }

        Schedule();
    }

    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new ConnectionLostException($"{Peer} has closed the connection: nothing can be sent to it.");
            }
        }

        _other.Receive(frame.ToArray());
    }

    /// <summary>Maps the memory once more: each end ends its own mapping.</summary>
    public void SendMemory(long token, MappedMemory memory) => _other._received.Put(token, memory.MapAgain());

    public MappedMemory ReceiveMemory(long token, TimeSpan patience) => _received.Take(token, Peer, patience);

    public bool TakeUnclaimedMemory(long token) => _received.TakeUnclaimed(token);

    public void SendDescriptor(long token, SafeDescriptor? descriptor) =>
        _other._handler?.OnDescriptor(token, descriptor is null ? null : SafeDescriptor.Duplicate(descriptor.Number));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _closedHere = true;
        }

        Schedule();
        _other.PeerClosed();
    }

    private void PeerClosed()
    {
        lock (_gate)
        {
            _closed = true;
        }

        Schedule();
    }

    private void Receive(byte[] frame)
    {
        lock (_gate)
        {
            _inbox.Enqueue(frame);
        }

        Schedule();
    }

    private void Schedule()
    {
        lock (_gate)
        {
            if (_delivering || _handler is null)
            {
                return;
            }

            _delivering = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static link => link.Deliver(), this, preferLocal: false);
    }

    private void Deliver()
    {
        using var scope = Reactor.EnterHandler();
        while (true)
        {
            byte[]? frame;
            bool tell;
            lock (_gate)
            {
                if (!_inbox.TryDequeue(out frame))
                {
                    tell = _closed && !_told;
                    _told |= tell;
                    _delivering = tell;
                    if (!tell)
                    {
                        return;
                    }
                }
                else
                {
                    tell = false;
                }
            }

            if (tell)
            {
                Tell(_closedHere ? null : new ConnectionLostException($"{Peer} has closed the connection."));
                continue;
            }

            try
            {
                _handler!.OnFrame(frame!);
                _handler.OnDelivered();
            }
            catch (SerializationException malformed)
            {
                lock (_gate)
                {
                    _inbox.Clear();
                    _closed = true;
                    _told = true;
                }

                _other.PeerClosed();
                Tell(malformed);
            }
        }
    }

    private void Tell(Exception? reason)
    {
        _received.Fail(reason ?? new ConnectionLostException($"The connection to {Peer} was closed here."));
        _handler!.OnClosed(reason);
    }
}
