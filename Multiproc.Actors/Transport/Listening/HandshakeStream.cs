using System.Net.Sockets;

namespace Multiproc.Transport;

/// <summary>
/// The stream of a socket whose peer is not authenticated yet: the whole handshake ends by a deadline, however slowly the peer drips, and takes a
/// limited number of bytes from it. The waiting thread keeps the time itself, since a timer is late in a program whose thread pool is busy.
/// <see cref="Lift"/> ends both limits.
/// </summary>
/// <param name="socket">The socket.</param>
/// <param name="deadline">The end of the handshake; after it, reads and writes throw what an expired timeout of the socket throws.</param>
/// <param name="maxBytes">The largest number of bytes that the peer may send.</param>
/// <param name="ownsSocket">Whether disposing the stream closes the socket.</param>
internal sealed class HandshakeStream(Socket socket, Deadline deadline, long maxBytes = long.MaxValue, bool ownsSocket = false) : Stream
{
    private readonly NetworkStream _inner = new(socket, ownsSocket);
    private long _came;
    private bool _lifted;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Lets the single reads and writes that follow on the socket itself take no longer than what is left until the deadline.</summary>
    public void LimitSocket() => socket.SendTimeout = socket.ReceiveTimeout = Left();

    /// <summary>Ends the limits: the peer is authenticated.</summary>
    public void Lift()
    {
        _lifted = true;
        socket.SendTimeout = socket.ReceiveTimeout = 0;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_lifted)
        {
            return _inner.Read(buffer);
        }

        if (_came == maxBytes)
        {
            throw new IOException($"it sent {maxBytes} bytes before it was authenticated");
        }

        socket.ReceiveTimeout = Left();
        int count = _inner.Read(buffer[..(int)Math.Min(buffer.Length, maxBytes - _came)]);
        _came += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_lifted)
        {
            socket.SendTimeout = Left();
        }

        _inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => _inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The milliseconds until the deadline, 0 for no limit.</summary>
    private int Left()
    {
        if (deadline.IsNever)
        {
            return 0;
        }

        return deadline.RemainingMilliseconds is > 0 and var left
            ? left
            : throw new IOException("the handshake took too long", new SocketException((int)SocketError.TimedOut));
    }
}
