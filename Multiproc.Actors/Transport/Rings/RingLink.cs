using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <summary>
/// A link over two rings in mapped memory. A Unix socket stays open beside them: its end of file is the peer's death notice, and
/// descriptors of memory are sent over it.
/// </summary>
internal sealed partial class RingLink : ILink, IReadySource
{
    private readonly LinkSocket _socket;
    private readonly LinkMemory _memory;
    private readonly Doorbell _peerBell;
    private readonly int _peerIndex;
    private readonly int _index;
    private readonly RingOutbox _outbox;
    private readonly RingInbox _inbox;
    private readonly StagingBuffer _staging;
    private readonly StagingBuffer _peerStaging;
    private readonly GivenUpCalls _givenUp;
    private readonly GivenUpCalls _peerGivenUp;
    private readonly ReceivedMemory _received = new();
    private readonly Action _ringPeer;
    private ILinkHandler? _handler;
    private bool _isAdopted;
    private volatile bool _dying;
    private volatile Exception? _malformed;
    private volatile bool _closedHere;
    private bool _closed;
    private int _watched;

    private RingLink(RingLinkParts parts, bool acceptor)
    {
        _socket = parts.Socket;
        _memory = parts.Memory;
        _peerBell = parts.PeerBell;
        _peerIndex = parts.PeerIndex;
        Peer = parts.Peer;
        _ringPeer = () => _peerBell.Ring(_peerIndex, Wake.Always);
        _inbox = new RingInbox(_memory.Reader(acceptor));
        _staging = _memory.Staging(acceptor);
        _peerStaging = _memory.Staging(!acceptor);
        _givenUp = _memory.GivenUp(acceptor);
        _peerGivenUp = _memory.GivenUp(!acceptor);
        _outbox = new RingOutbox(_memory.Writer(acceptor), wake => _peerBell.Ring(_peerIndex, wake), () => _dying || _closedHere, Watch, Peer);

        // Registered last: the previous owner of this number may still set the bit, and then the reactor delivers from this link.
        _index = parts.Index ?? Reactor.Current.Register(this);
    }

    public string Peer { get; private set; }

    /// <summary>The number of our ready bit, which the peer sets when it has sent a message.</summary>
    public int Index => _index;

    public void Start(ILinkHandler handler)
    {
        Volatile.Write(ref _handler, handler);
        Watch();

        // Earlier frames are waiting: set our own ready bit. A child's main thread waits for its work next and delivers them itself.
        RingSelf();
        if (!_isAdopted)
        {
            Reactor.Current.BeginGuard();
        }
    }

    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always) => _outbox.Send(frame, wake);

    public void Send(WireWriter frame, Wake wake) => _outbox.Send(frame, wake);

    public StagingBuffer Staging => _staging;

    public void SendStaged(Wake wake)
    {
        _outbox.Send(_staging.Written, wake, isStaged: true);
        _staging.Clear();
    }

    public void Announce(Wake wake) => _outbox.Announce(wake);

    public void MarkGivenUp(long call) => _outbox.WhileOpen(_givenUp.Mark, call);

    public bool IsGivenUp(long call) => _peerGivenUp.Contains(call);

    public void ForgetGivenUp(long call) => _peerGivenUp.Forget(call);

    public void SendMemory(long token, MappedMemory memory) => _socket.Send(token, (LinuxMemory)memory);

    public MappedMemory ReceiveMemory(long token, TimeSpan patience) => _received.Take(token, Peer, patience);

    public bool TakeUnclaimedMemory(long token) => _received.TakeUnclaimed(token);

    public void SendDescriptor(long token, SafeDescriptor? descriptor) => _socket.Send(token, descriptor);

    /// <summary>Runs in the reactor: one thread at a time.</summary>
    public void DeliverReady()
    {
        if (_closed)
        {
            return;
        }

        if (Volatile.Read(ref _handler) is not { } handler)
        {
            // Delivery has not begun, but a sender may be waiting for room.
            if (_dying)
            {
                _outbox.Fail();
            }
            else
            {
                _outbox.Flush();
            }

            return;
        }

        // Read before the drain: by then all frames of a dead peer are in the ring.
        bool dying = _dying || _closedHere;
        bool more = false;
        try
        {
            more = _inbox.Deliver(handler, _ringPeer);
            _outbox.Flush();
            if (!more && dying && !_closedHere && _peerStaging.Unsent() is { IsEmpty: false } unsent)
            {
                handler.OnFrame(unsent);
            }

            handler.OnDelivered();
        }
        catch (SerializationException malformed)
        {
            _malformed = malformed;
            dying = true;
            more = false;
        }

        if (more)
        {
            RingSelf();
        }
        else if (dying)
        {
            Finish(handler);
        }
    }

    public void Dispose()
    {
        if (_closedHere)
        {
            return;
        }

        _closedHere = true;
        _socket.Shutdown();
        if (Volatile.Read(ref _handler) is null)
        {
            Release();
        }
        else
        {
            RingSelf();
        }
    }

    private void RingSelf() => Reactor.Current.Doorbell.Ring(_index, Wake.Always);

    /// <summary>Watches the peer from the start of delivery on, or earlier if a sender waits for room: it must learn that the peer died.</summary>
    private void Watch()
    {
        if (Interlocked.Exchange(ref _watched, 1) == 0)
        {
            _socket.Watch(OnSocketReadable);
        }
    }

    /// <summary>Runs on the monitor's thread when memory has arrived, or the peer is gone.</summary>
    private void OnSocketReadable()
    {
        try
        {
            int count = _socket.Receive(out long token, out int descriptor);
            if (count >= 0 && token < 0)
            {
                Volatile.Read(ref _handler)!.OnDescriptor(-token, count == 1 ? new SafeDescriptor(descriptor) : null);
                return;
            }

            if (count == 1)
            {
                _received.Put(token, LinuxMemory.Adopt(descriptor));
                return;
            }

            if (count == 0)
            {
                // The system silently drops descriptors for which this process has no free number.
                _malformed = new SerializationException(
                    $"Malformed frame: {Peer} announced memory and sent none, or this process has no descriptor left to take it: close files or raise the "
                        + "limit on open files (ulimit -n).");
            }
        }
        catch (SerializationException malformed)
        {
            _malformed = malformed;
        }
        catch (MultiprocException unusable)
        {
            _malformed = new SerializationException($"Malformed frame: {Peer} gave memory that cannot be mapped ({unusable.Message})", unusable);
        }

        _dying = true;
        _socket.Unwatch();
        Reactor.Current.Doorbell.RingForTheDead(_index);
    }

    private void Finish(ILinkHandler handler)
    {
        _closed = true;
        Exception? reason = _malformed is { } malformed
            ? malformed
            : _closedHere ? null : new ConnectionLostException($"{Peer} has ended or closed the connection.");
        _dying = true;
        _outbox.Fail();
        _received.Fail(reason ?? new ConnectionLostException($"The connection to {Peer} was closed here."));
        Release();
        handler.OnClosed(reason);
    }

    /// <summary>Releases the mapping once no thread can be sending any more; senders check under the outbox's lock.</summary>
    private void Release()
    {
        Reactor.Current.Unregister(_index);
        _socket.Close();
        _outbox.Retire(() =>
        {
            _memory.Dispose();
            _peerBell.Dispose();
        });
    }
}
