using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// One side of the connection between a pool and the agent of a node: messages over a link, of which several may go in one frame. Sending never waits for the
/// other side: what is under way is bounded by the scheduling of the pool.
/// </summary>
internal abstract class PoolLine : ILinkHandler
{
    /// <summary>The size from which a frame is sent before the step that fills it has ended.</summary>
    private const int EnoughForAFrame = 32 * 1024;
    private const int LargestKept = 8 * 1024 * 1024;

    private readonly ILink _link;
    private readonly Lock _gate = new();
    private WireWriter _frame = new();
    private long _bytes;
    private volatile bool _isLost;

    protected PoolLine(ILink link) => _link = link;

    public bool IsLost => _isLost;

    /// <summary>The number of bytes that were sent.</summary>
    public long BytesSent => Interlocked.Read(ref _bytes);

    public void Start() => _link.Start(this);

    /// <summary>Closes the connection; the other side is told that it is on purpose.</summary>
    public void Close() => _link.Dispose();

    /// <summary>Sends what was put into the frame so far.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            Flush_UnderGate();
        }
    }

    void ILinkHandler.OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        while (!reader.AtEnd)
        {
            var kind = (LineMessage)reader.Byte();
            int worker = reader.Natural();
            var body = new WireReader(reader.Bytes());
            OnMessage(kind, worker, ref body);
        }

        OnDelivered();
    }

    void ILinkHandler.OnClosed(Exception? reason)
    {
        _isLost = true;
        OnClosed(reason);
    }

    /// <exception cref="SerializationException">The message is malformed: the connection is closed.</exception>
    protected abstract void OnMessage(LineMessage kind, int worker, ref WireReader body);

    /// <summary>Called when all messages of a frame were handled.</summary>
    protected abstract void OnDelivered();

    protected abstract void OnClosed(Exception? reason);

    /// <summary>Sends a message. To a lost line nothing is sent: its end is told by <see cref="OnClosed"/>.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="worker">The worker that it is about; 0 for none.</param>
    /// <param name="body">Writes its body; null for none.</param>
    /// <param name="later">Whether <see cref="Flush"/> is called soon.</param>
    protected void Send(LineMessage kind, int worker = 0, Action<WireWriter>? body = null, bool later = false)
    {
        lock (_gate)
        {
            int whole = _frame.Length;
            int begun = Begin_UnderGate(kind, worker);
            try
            {
                body?.Invoke(_frame);
            }
            catch
            {
                _frame.Truncate(whole);
                throw;
            }

            End_UnderGate(begun, later);
        }
    }

    /// <summary>Sends a message whose body is there already.</summary>
    protected void Send(LineMessage kind, int worker, ReadOnlySpan<byte> body, bool later)
    {
        lock (_gate)
        {
            int begun = Begin_UnderGate(kind, worker);
            _frame.Raw(body);
            End_UnderGate(begun, later);
        }
    }

    /// <summary>Sends a large message, and waits until the connection has taken it. Not for handlers.</summary>
    protected void SendAndWait(LineMessage kind, Action<WireWriter> body)
    {
        Flush();
        var frame = new WireWriter(EnoughForAFrame);
        frame.Byte((byte)kind);
        frame.VarUInt(0);
        int begun = frame.BeginBytes();
        body(frame);
        frame.EndBytes(begun);
        _link.Send(frame, Wake.Always);
        Interlocked.Add(ref _bytes, frame.Length);
    }

    protected static SerializationException Unexpected(LineMessage kind, string who) =>
        new($"Malformed frame: {who} does not take message {(byte)kind} here.");

    private int Begin_UnderGate(LineMessage kind, int worker)
    {
        _frame.Byte((byte)kind);
        _frame.VarUInt((uint)worker);
        return _frame.BeginBytes();
    }

    private void End_UnderGate(int begun, bool later)
    {
        _frame.EndBytes(begun);
        if (!later || _frame.Length >= EnoughForAFrame)
        {
            Flush_UnderGate();
        }
    }

    private void Flush_UnderGate()
    {
        if (_frame.Length == 0)
        {
            return;
        }

        try
        {
            // Queued, also by threads of the program: a node that does not read must not hold up a pool that has others.
            if (!IsLost)
            {
                using var handler = Reactor.EnterHandler();
                _link.Send(_frame, Wake.Always);
            }

            Interlocked.Add(ref _bytes, _frame.Length);
        }
        catch (ConnectionLostException)
        {
            // Told by OnClosed.
        }

        _frame.Reset();
        if (_frame.Capacity > LargestKept)
        {
            _frame = new WireWriter();
        }
    }
}
