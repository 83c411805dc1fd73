using System.Runtime.InteropServices;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <summary>
/// A link over two rings in mapped memory. A Unix socket stays open beside them: its end of file is the peer's death notice, and
/// descriptors of memory travel over it.
/// </summary>
internal sealed class RingLink : ILink, IReadySource
{
    // The number of a closed descriptor is soon another's: nothing is done with it but under this lock, and not after the close.
    private readonly Lock _socketGate = new();
    private readonly int _socket;
    private bool _socketClosed;
    private readonly LinkMemory _memory;
    private readonly Doorbell _peerBell;
    private readonly int _peerIndex;
    private readonly int _index;
    private readonly RingOutbox _outbox;
    private readonly RingInbox _inbox;
    private readonly RingDraft _draft;
    private readonly RingDraft _peerDraft;
    private readonly ReceivedMemory _received = new();
    private readonly IDisposable? _socketOwner;
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
        _socketOwner = parts.SocketOwner;
        _memory = parts.Memory;
        _peerBell = parts.PeerBell;
        _peerIndex = parts.PeerIndex;
        Peer = parts.Peer;
        _ringPeer = () => _peerBell.Ring(_peerIndex, Wake.Always);
        _inbox = new RingInbox(_memory.Reader(acceptor));
        _draft = _memory.Draft(acceptor);
        _peerDraft = _memory.Draft(!acceptor);
        _outbox = new RingOutbox(_memory.Writer(acceptor), wake => _peerBell.Ring(_peerIndex, wake), () => _dying || _closedHere, Watch, Peer);

        // Last: whoever had this number before may ring it still, and then the reactor delivers from here.
        _index = parts.Index ?? Reactor.Current.Register(this);
    }

    public string Peer { get; private set; }

    /// <summary>The number of our ready bit, which the peer sets when it has something for us.</summary>
    public int Index => _index;

    /// <summary>
    /// Makes both ends of a link to a child that does not exist yet. What the child needs waits in its socket before it is started,
    /// so that neither side ever waits for the other.
    /// </summary>
    /// <param name="childSocket">The child's end: to be inherited by it, then closed here.</param>
    public static RingLink PrepareForChild(out int childSocket)
    {
        var reactor = Reactor.Current;
        var (ours, theirs) = SocketPair();
        try
        {
            var memory = LinkMemory.Create();
            var childBell = Doorbell.Create();
            var link = new RingLink(new RingLinkParts(ours, null, memory, childBell, PeerIndex: 0, "a child that is starting"), acceptor: true);
            LinkHandshake.SendToChild(ours, link.Index, memory, reactor.Doorbell, childBell);
            childSocket = theirs;
            return link;
        }
        catch
        {
            SocketCalls.close(ours);
            SocketCalls.close(theirs);
            throw;
        }
    }

    /// <summary>The child's side of <see cref="PrepareForChild"/>; must come before anything else uses the reactor.</summary>
    public static RingLink AdoptFromParent(int socket)
    {
        var (index, memory, parentBell, ownBell) = LinkHandshake.ReceiveFromParent(socket);
        Reactor.Adopt(ownBell);
        return new RingLink(new RingLinkParts(socket, null, memory, parentBell, index, "the parent process"), acceptor: false) { _isAdopted = true };
    }

    /// <summary>The accepting side of an authenticated socket.</summary>
    public static RingLink Accept(int socket, IDisposable owner, string peer)
    {
        var (peerIndex, peerBell) = LinkHandshake.ReceiveOffer(socket);
        var memory = LinkMemory.Create();
        var link = new RingLink(new RingLinkParts(socket, owner, memory, peerBell, peerIndex, peer), acceptor: true);
        try
        {
            LinkHandshake.SendAcceptance(socket, link.Index, memory, Reactor.Current.Doorbell);
            return link;
        }
        catch
        {
            // The stranger is gone already: its ready bit, memory and doorbell go with it.
            link.Dispose();
            throw;
        }
    }

    /// <summary>The connecting side of an authenticated socket.</summary>
    public static RingLink Connect(int socket, IDisposable owner, string peer)
    {
        // Our ready bit must have a number before the peer can ring it: the place is taken by a stand-in until the link is whole.
        var place = new ReservedPlace();
        int index = Reactor.Current.Register(place);
        try
        {
            LinkHandshake.SendOffer(socket, index, Reactor.Current.Doorbell);
            var (peerIndex, memory, peerBell) = LinkHandshake.ReceiveAcceptance(socket);
            var link = new RingLink(new RingLinkParts(socket, owner, memory, peerBell, peerIndex, peer, index), acceptor: false);
            place.Link = link;
            return link;
        }
        catch
        {
            Reactor.Current.Unregister(index);
            throw;
        }
    }

    public void Start(ILinkHandler handler)
    {
        Volatile.Write(ref _handler, handler);
        Watch();

        // Frames that came before are waiting: ring ourselves. A child's main thread waits for its work next and delivers them itself.
        RingSelf();
        if (!_isAdopted)
        {
            Reactor.Current.BeginGuard();
        }
    }

    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always) => _outbox.Send(frame, wake);

    public void Send(WireWriter frame, Wake wake) => _outbox.Send(frame, wake);

    public RingDraft Draft => _draft;

    public void SendDraft(Wake wake)
    {
        _outbox.Send(_draft.Written, wake, isDraft: true);
        _draft.Clear();
    }

    public void Announce(Wake wake) => _outbox.Announce(wake);

    public void SendMemory(long token, MappedMemory memory)
    {
        Span<byte> body = stackalloc byte[sizeof(long)];
        MemoryMarshal.Write(body, token);

        // Runs in handlers, too: a peer that asks for ever more memory and takes none must not stop the others' messages.
        lock (_socketGate)
        {
            if (!_socketClosed)
            {
                DescriptorMessage.Send(_socket, body, [((LinuxMemory)memory).Descriptor], wait: false);
            }
        }
    }

    public MappedMemory ReceiveMemory(long token) => _received.Take(token, Peer);

    /// <summary>The socket carries memory and descriptors: a descriptor's token is sent negative.</summary>
    public void SendDescriptor(long token, SafeDescriptor? descriptor)
    {
        Span<byte> body = stackalloc byte[sizeof(long)];
        MemoryMarshal.Write(body, -token);
        lock (_socketGate)
        {
            if (!_socketClosed)
            {
                DescriptorMessage.Send(_socket, body, descriptor is null ? [] : [descriptor.Number], wait: false);
            }
        }
    }

    /// <summary>Runs as reactor: one thread at a time.</summary>
    public void DeliverReady()
    {
        if (_closed)
        {
            return;
        }

        if (Volatile.Read(ref _handler) is not { } handler)
        {
            // Nobody listens here yet, but somebody may be sending and wait for room.
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

        // Read before the drain: what a dead peer sent is all there by then.
        bool dying = _dying || _closedHere;
        bool more = false;
        try
        {
            more = _inbox.Deliver(handler, _ringPeer);
            _outbox.Flush();
            if (!more && dying && !_closedHere && _peerDraft.Unsent() is { IsEmpty: false } unsent)
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
        lock (_socketGate)
        {
            if (!_socketClosed)
            {
                SocketCalls.shutdown(_socket, SocketCalls.ShutdownBoth);
            }
        }

        if (Volatile.Read(ref _handler) is null)
        {
            Release();
        }
        else
        {
            RingSelf();
        }
    }

    private static unsafe (int Ours, int Theirs) SocketPair()
    {
        int* ends = stackalloc int[2];
        if (SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends) != 0)
        {
            throw new MultiprocException($"No socket pair could be made ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}): raise the limit on open files.");
        }

        return (ends[0], ends[1]);
    }

    private void RingSelf() => Reactor.Current.Doorbell.Ring(_index, Wake.Always);

    /// <summary>From the start on, or earlier when a sender waits for room: it must learn that the peer died.</summary>
    private void Watch()
    {
        if (Interlocked.Exchange(ref _watched, 1) == 0)
        {
            LifeMonitor.Current.Watch(_socket, OnSocketReadable);
        }
    }

    /// <summary>On the monitor's thread: memory has come, or the peer is gone.</summary>
    private void OnSocketReadable()
    {
        Span<byte> body = stackalloc byte[sizeof(long)];
        Span<int> descriptors = stackalloc int[1];
        try
        {
            int count = DescriptorMessage.Receive(_socket, body, descriptors, wait: false);
            if (count >= 0 && MemoryMarshal.Read<long>(body) is < 0 and var token)
            {
                Volatile.Read(ref _handler)!.OnDescriptor(-token, count == 1 ? new SafeDescriptor(descriptors[0]) : null);
                return;
            }

            if (count == 1)
            {
                _received.Put(MemoryMarshal.Read<long>(body), LinuxMemory.Adopt(descriptors[0]));
                return;
            }

            if (count == 0)
            {
                _malformed = new SerializationException($"Malformed frame: {Peer} announced memory and sent none.");
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
        LifeMonitor.Current.Forget(_socket);
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

    private void CloseSocket()
    {
        lock (_socketGate)
        {
            _socketClosed = true;
            if (_socketOwner is { } owner)
            {
                owner.Dispose();
            }
            else
            {
                SocketCalls.close(_socket);
            }
        }
    }

    /// <summary>The mapping stays until nobody can be sending any more; senders check under the outbox's lock.</summary>
    private void Release()
    {
        Reactor.Current.Unregister(_index);
        LifeMonitor.Current.Forget(_socket, CloseSocket);
        _outbox.Retire(() =>
        {
            _memory.Dispose();
            _peerBell.Dispose();
        });
    }

    private sealed class ReservedPlace : IReadySource
    {
        public RingLink? Link { get; set; }

        public void DeliverReady() => Link?.DeliverReady();
    }
}

/// <summary>What a link is made of.</summary>
internal sealed record RingLinkParts(
    int Socket, IDisposable? SocketOwner, LinkMemory Memory, Doorbell PeerBell, int PeerIndex, string Peer, int? Index = null);
