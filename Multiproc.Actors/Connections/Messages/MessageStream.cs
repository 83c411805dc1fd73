using Multiproc.Transport;

namespace Multiproc.Connections;

/// <summary>
/// Transfers whole messages in order between two ends. Nothing is read ahead: another process may have the same end, and the next message may be
/// for it. Threads take turns of one whole message each.
/// </summary>
internal abstract unsafe partial class MessageStream(Endpoint endpoint, bool readable, bool writable) : IDisposable
{
    /// <summary>The largest announced size for which a buffer is allocated at once. Beyond it the buffer grows with the bytes received.</summary>
    private const int BelievedBytes = 16 * 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private volatile bool _readable = readable;
    private volatile bool _writable = writable;

    public Endpoint Endpoint { get; } = endpoint;

    public bool Readable => _readable;

    public bool Writable => _writable;

    public long? MaxMessageSize { get; set; }

    protected SemaphoreSlim Sending => _sending;

    protected SemaphoreSlim Receiving => _receiving;

    /// <summary>Sends a message whose first bytes are its short header.</summary>
    public abstract void SendFramed(byte* message, nuint size, CancellationToken cancellation);

    public abstract void Send(byte* body, nuint size, CancellationToken cancellation);

    public abstract bool Poll(Deadline deadline, CancellationToken cancellation);

    /// <summary>Receives a message into a buffer, which is replaced if it is too small.</summary>
    /// <returns>The size of the message.</returns>
    public abstract int Receive(ref byte[] buffer, long? limit, Deadline deadline, CancellationToken cancellation);

    /// <exception cref="BufferTooShortException">The message is larger; the exception holds it.</exception>
    public abstract long ReceiveInto(byte* target, nuint capacity, Deadline deadline, CancellationToken cancellation);

    /// <summary>Receives a message into a new array of its size.</summary>
    public byte[] Receive(long? limit, Deadline deadline, CancellationToken cancellation)
    {
        byte[] message = [];
        Receive(ref message, limit, deadline, cancellation);
        return message;
    }

    public void Dispose() => Endpoint.Dispose();

    protected static void Enter(SemaphoreSlim gate, Deadline deadline, CancellationToken cancellation)
    {
        if (!gate.Wait(0, CancellationToken.None) && !gate.Wait(deadline.RemainingOrInfinite, cancellation))
        {
            throw TimedOut();
        }
    }

    /// <returns>The number of bytes up to which the buffer can be filled.</returns>
    protected static int Grow(ref byte[] buffer, int done, int size)
    {
        int wanted = (int)Math.Min(size, Math.Max(BelievedBytes, done * 2L));
        if (buffer.Length < wanted)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(wanted);
            buffer.AsSpan(0, done).CopyTo(larger);
            buffer = larger;
        }

        return Math.Min(size, buffer.Length);
    }

    protected void RequireReadable()
    {
        Endpoint.ThrowIfClosed();
        if (!_readable)
        {
            throw new IOException("The connection cannot be read: it is the sending end of a pipe, or a message was refused or left unfinished.");
        }
    }

    protected void RequireWritable()
    {
        Endpoint.ThrowIfClosed();
        if (!_writable)
        {
            throw new IOException("The connection cannot be written: it is the receiving end of a pipe, or a message was left unfinished.");
        }
    }

    protected void RequireSize(long size, long limit)
    {
        long most = Math.Min(limit, MaxMessageSize ?? long.MaxValue);
        if (size < 0 || size > most)
        {
            BreakReceiving();
            throw new IOException(size < 0
                ? $"Bad message length: {size}. The other end does not speak this protocol."
                : $"Bad message length: {size} bytes announced, {most} allowed. The connection can no longer be read.");
        }
    }

    /// <summary>Ends receiving, since the position of the next message is unknown.</summary>
    protected void BreakReceiving()
    {
        _readable = false;
        if (!_writable)
        {
            Dispose();
        }
    }

    protected void BreakSending()
    {
        _writable = false;
        if (!_readable)
        {
            Dispose();
        }
    }

    protected static MultiprocTimeoutException TimedOut() => new("No message came in time: wait longer, or call Poll first.");
}
