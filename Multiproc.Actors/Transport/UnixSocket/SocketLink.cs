using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Transport.UnixSocket;

/// <summary>
/// A link that sends its frames over the socket itself: a length and a kind, then the bytes. Portable; a thread of the link reads.
/// </summary>
internal sealed class SocketLink : ILink
{
    private const int HeaderBytes = 5;
    private const byte FrameMark = 0;
    private const byte MemoryMark = 1;
    private const byte NoDescriptorMark = 2;
    private const int FirstChunk = 1024 * 1024;

    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _backlog = new();
    private readonly ReceivedMemory _received = new();
    private bool _writing;
    private volatile bool _closedHere;
    private volatile bool _lost;

    public SocketLink(Socket socket, string peer)
    {
        _socket = socket;
        Peer = peer;
    }

    public string Peer { get; }

    public void Start(ILinkHandler handler) =>
        OwnThread.Start(() => Read(handler), "multiproc link", 512 * 1024);

    public void Send(ReadOnlySpan<byte> frame, Wake wake = Wake.Always) => Send(frame, FrameMark);

    public void SendMemory(long token, MappedMemory memory)
    {
        if (memory is not FileMemory file)
        {
            throw new NotSupportedException("Anonymous memory cannot be sent over a plain socket: use the mapped link of this system.");
        }

        byte[] path = Encoding.UTF8.GetBytes(file.Path);
        byte[] body = new byte[sizeof(long) + path.Length];
        BinaryPrimitives.WriteInt64LittleEndian(body, token);
        path.CopyTo(body, sizeof(long));
        Send(body, MemoryMark);
    }

    public MappedMemory ReceiveMemory(long token, TimeSpan patience) => _received.Take(token, Peer, patience);

    public bool TakeUnclaimedMemory(long token) => _received.TakeUnclaimed(token);

    /// <summary>Tells the peer that descriptors cannot be sent, since there is no portable way.</summary>
    public void SendDescriptor(long token, SafeDescriptor? descriptor)
    {
        byte[] body = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(body, token);
        Send(body, NoDescriptorMark);
    }

    public void Dispose()
    {
        _closedHere = true;
        _socket.Dispose();
    }

    /// <summary>
    /// Sends a frame. A handler must not wait for a slow peer: its frame is queued and a pool thread writes it. A user's thread writes itself, after the
    /// queued frames.
    /// </summary>
    private void Send(ReadOnlySpan<byte> frame, byte mark)
    {
        byte[] whole = new byte[HeaderBytes + frame.Length];
        BinaryPrimitives.WriteInt32LittleEndian(whole, frame.Length);
        whole[4] = mark;
        frame.CopyTo(whole.AsSpan(HeaderBytes));
        bool writer;
        lock (_gate)
        {
            if (_lost || _closedHere)
            {
                throw Lost();
            }

            _backlog.Enqueue(whole);
            writer = !_writing;
            _writing = true;
        }

        if (!writer)
        {
            return;
        }

        if (Reactor.InHandler)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => WriteBacklog(), null);
        }
        else if (!WriteBacklog())
        {
            throw Lost();
        }
    }

    private ConnectionLostException Lost() => new($"{Peer} has ended or closed the connection: nothing can be sent to it.");

    /// <summary>Returns false if the connection broke.</summary>
    private bool WriteBacklog()
    {
        while (true)
        {
            byte[]? next;
            lock (_gate)
            {
                if (!_backlog.TryDequeue(out next))
                {
                    _writing = false;
                    return true;
                }
            }

            try
            {
                for (int sent = 0; sent < next.Length;)
                {
                    sent += _socket.Send(next.AsSpan(sent));
                }
            }
            catch (Exception lost) when (lost is SocketException or ObjectDisposedException)
            {
                // The reader notices the same and notifies the handler.
                lock (_gate)
                {
                    _lost = true;
                    _backlog.Clear();
                    _writing = false;
                }

                return false;
            }
        }
    }

    private void Read(ILinkHandler handler)
    {
        Exception? reason = null;
        try
        {
            byte[] header = new byte[HeaderBytes];
            byte[] body = new byte[64 * 1024];
            while (ReadExactly(header, HeaderBytes))
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(header);
                if (length < 0)
                {
                    throw new SerializationException($"Malformed frame: {length} bytes announced.");
                }

                body = ReadBody(body, length);
                Deliver(handler, header[4], body.AsSpan(0, length));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or SerializationException or EndOfStreamException)
        {
            reason = failure;
        }

        _lost = true;
        _socket.Dispose();
        var told = _closedHere
            ? null
            : reason as SerializationException ?? (Exception)new ConnectionLostException($"{Peer} has ended or closed the connection.", reason);
        _received.Fail(told ?? new ConnectionLostException($"The connection to {Peer} was closed here."));
        using (Reactor.EnterHandler())
        {
            handler.OnClosed(told);
        }
    }

    private void Deliver(ILinkHandler handler, byte mark, ReadOnlySpan<byte> body)
    {
        switch (mark)
        {
            case FrameMark:
                using (Reactor.EnterHandler())
                {
                    handler.OnFrame(body);
                    handler.OnDelivered();
                }

                break;
            case MemoryMark when body.Length > sizeof(long):
                _received.Put(BinaryPrimitives.ReadInt64LittleEndian(body), Open(Encoding.UTF8.GetString(body[sizeof(long)..])));
                break;
            case NoDescriptorMark when body.Length == sizeof(long):
                handler.OnDescriptor(BinaryPrimitives.ReadInt64LittleEndian(body), null);
                break;
            default:
                throw new SerializationException($"Malformed frame: {body.Length} bytes of unknown kind {mark}.");
        }
    }

    private static FileMemory Open(string path)
    {
        try
        {
            return FileMemory.Open(path);
        }
        catch (Exception unusable) when (unusable is MultiprocException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SerializationException($"Malformed frame: the announced memory cannot be mapped ({unusable.Message})", unusable);
        }
    }

    /// <summary>Reads a frame. The buffer grows with the bytes received, not with the announced size.</summary>
    private byte[] ReadBody(byte[] buffer, int length)
    {
        int received = 0;
        while (received < length)
        {
            int wanted = (int)Math.Min(length, Math.Max(received * 2L, FirstChunk));
            if (buffer.Length < wanted)
            {
                System.Array.Resize(ref buffer, wanted);
            }

            int size = _socket.Receive(buffer.AsSpan(received, Math.Min(buffer.Length, length) - received));
            received += size > 0 ? size : throw new EndOfStreamException("The connection ended inside a frame.");
        }

        return buffer;
    }

    private bool ReadExactly(byte[] target, int length)
    {
        int received = 0;
        while (received < length)
        {
            int size = _socket.Receive(target.AsSpan(received, length - received));
            if (size == 0)
            {
                return received == 0 ? false : throw new EndOfStreamException("The connection ended inside a frame.");
            }

            received += size;
        }

        return true;
    }
}
