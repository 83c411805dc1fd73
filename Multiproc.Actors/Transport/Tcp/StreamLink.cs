using System.Buffers.Binary;
using System.Net.Sockets;
using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// A link to a process of another machine: frames over TCP, with or without TLS. Only bytes are exchanged, neither memory nor descriptors.
/// A thread of the link reads.
/// </summary>
internal sealed class StreamLink : ILink
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly StreamOutbox _outbox;
    private readonly StreamInbox _inbox;
    private readonly byte[] _rest = new byte[4096];
    private Timer? _farewell;
    private volatile bool _farewellIsOver;
    private volatile bool _closedHere;
    private volatile bool _lost;
    private volatile bool _started;

    /// <param name="socket">The socket.</param>
    /// <param name="stream">The stream over it.</param>
    /// <param name="peer">The other side, for messages.</param>
    /// <param name="maxFrame">The most bytes that a frame may have.</param>
    /// <param name="maxBacklog">The most bytes that handlers may queue for a peer that does not read, until it is disconnected.</param>
    public StreamLink(Socket socket, Stream stream, string peer, long maxFrame, long maxBacklog = StreamOutbox.MaxBacklog)
    {
        _socket = socket;
        _stream = stream;
        Peer = peer;
        _outbox = new StreamOutbox(stream, peer, () => Shut(SocketShutdown.Both), HasRoom) { Backlog = maxBacklog };
        _inbox = new StreamInbox(stream, maxFrame);
    }

    public string Peer { get; }

    public bool SharesMachine => false;

    public void Start(ILinkHandler handler)
    {
        _started = true;
        OwnThread.Start(() => Read(handler), "multiproc link", 512 * 1024);
    }

    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always) => Send(frame, StreamRecordKind.Frame);

    /// <summary>Rejects a request for memory, which violates the protocol.</summary>
    public void SendMemory(long token, MappedMemory memory) =>
        throw new SerializationException($"Malformed frame: {Peer} asks for memory segment {token}, and no memory can be mapped over TCP.");

    public MappedMemory ReceiveMemory(long token, TimeSpan patience) => throw new NotSupportedException(
        $"Memory of {Peer} cannot be mapped over TCP. Use an object of a manager - its Value, Array or Dictionary - instead of mapped values, arrays and "
            + "blocks.");

    /// <summary>Tells the peer that descriptors cannot be sent.</summary>
    public void SendDescriptor(long token, SafeDescriptor? descriptor)
    {
        byte[] body = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(body, token);
        Send(body, StreamRecordKind.NoDescriptor);
    }

    /// <summary>
    /// Closes the link so that sent frames still arrive: shuts down sending first, then reads briefly until the other side has closed, too. A socket that
    /// is closed with unread bytes discards those still to be sent.
    /// </summary>
    public void Dispose()
    {
        if (_closedHere)
        {
            return;
        }

        _closedHere = true;
        using (new Timer(_ => Shut(SocketShutdown.Both), null, s_farewell, Timeout.InfiniteTimeSpan))
        {
            _outbox.TrySayBye();
        }

        _outbox.Fail();
        if (_started)
        {
            Shut(SocketShutdown.Send);
            _farewell = new Timer(_ => EndFarewell(), null, s_farewell, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _socket.Dispose();
            _stream.Dispose();
        }
    }

    private void Send(ReadOnlySpan<byte> body, StreamRecordKind kind)
    {
        if (_lost || _closedHere)
        {
            throw new ConnectionLostException($"{Peer} has ended or closed the connection: nothing can be sent to it.");
        }

        _outbox.Send(body, kind, mayWait: !Reactor.InHandler);
    }

    private void Read(ILinkHandler handler)
    {
        Exception? reason = null;
        StreamEnd? end = null;
        try
        {
            while (end is null && !_closedHere)
            {
                end = _inbox.DeliverNext(handler);
            }

            while (end is null && !_farewellIsOver && _stream.Read(_rest) > 0)
            {
                // Discards the rest.
            }
        }
        catch (Exception failure)
        {
            // An exception caused by a frame of another machine ends its connection, and nothing else.
            reason = failure;
        }

        _lost = true;
        _outbox.Fail();
        _farewell?.Dispose();
        _socket.Dispose();
        _stream.Dispose();
        var told = _closedHere ? null : Reason(end, reason);
        using (Reactor.EnterHandler())
        {
            handler.OnClosed(told);
        }
    }

    private Exception Reason(StreamEnd? end, Exception? failure) => failure switch
    {
        SerializationException malformed => malformed,
        null when end is StreamEnd.Bye => new ConnectionLostException($"{Peer} has closed the connection.") { IsFinal = true },
        null or IOException or SocketException or ObjectDisposedException =>
            new ConnectionLostException($"The connection to {Peer} broke{(failure is null ? "" : $" ({failure.Message})")}.", failure),
        _ => new SerializationException($"Malformed frame of {Peer}: {failure.Message}", failure),
    };

    /// <summary>Marks the link as closed for a peer that sends without end: its bytes arrive even after the socket was shut down.</summary>
    private void EndFarewell()
    {
        _farewellIsOver = true;
        Shut(SocketShutdown.Both);
    }

    private bool HasRoom()
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectWrite);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return true; // The write tells.
        }
    }

    /// <summary>Wakes readers and writers; unlike a close it discards no bytes in flight.</summary>
    private void Shut(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The connection has ended already, which is the goal.
        }
    }
}
