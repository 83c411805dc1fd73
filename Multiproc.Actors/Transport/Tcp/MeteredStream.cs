namespace Multiproc.Transport.Tcp;

/// <summary>
/// Counts the bytes of a peer until it is authenticated: one that sends more than a handshake takes is disconnected. Afterwards the stream is unlimited.
/// </summary>
internal sealed class MeteredStream(Stream inner, long limit) : Stream
{
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

    public void Lift() => _lifted = true;

    public override int Read(Span<byte> buffer)
    {
        if (_lifted)
        {
            return inner.Read(buffer);
        }

        if (_came == limit)
        {
            throw new IOException($"it sent {limit} bytes before it was authenticated");
        }

        int count = inner.Read(buffer[..(int)Math.Min(buffer.Length, limit - _came)]);
        _came += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
