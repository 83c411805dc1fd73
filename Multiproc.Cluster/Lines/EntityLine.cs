using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Lines;

/// <summary>
/// One side of a connection between two nodes for messages to entities and their answers. A message may be lost with the connection, as it may be on every
/// other way: the stand-in sends again what was not answered.
/// </summary>
/// <remarks>
/// One thread at a time sends, everything that others have added meanwhile in one frame: they do not wait for it. Sending never waits for the other side.
/// </remarks>
internal abstract class EntityLine(ILink link) : ILinkHandler
{
    private const int LargestKept = 1024 * 1024;

    private readonly Lock _gate = new();
    private WireWriter _filling = new();
    private WireWriter _sent = new();
    private bool _isSending;
    private volatile bool _isLost;

    protected enum Kind : byte
    {
        /// <summary>For an entity.</summary>
        Asked = 1,

        /// <summary>From an entity.</summary>
        Answered = 2,

        /// <summary>A message whose entity is not loaded there, back again.</summary>
        NotHere = 3,
    }

    /// <summary>Whether the connection has ended: nothing is sent, and what still comes is not heard.</summary>
    public bool IsLost => _isLost;

    public void Start() => link.Start(this);

    public void Close()
    {
        _isLost = true;
        link.Dispose();
    }

    void ILinkHandler.OnFrame(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        while (!reader.AtEnd)
        {
            var kind = (Kind)reader.Byte();
            var body = new WireReader(reader.Bytes());
            if (!_isLost)
            {
                OnMessage(kind, ref body);
            }
        }
    }

    void ILinkHandler.OnClosed(Exception? reason)
    {
        _isLost = true;
        OnClosed();
    }

    /// <exception cref="SerializationException">The message is malformed: the connection is closed.</exception>
    protected abstract void OnMessage(Kind kind, ref WireReader body);

    protected abstract void OnClosed();

    protected void Send(EntityEnvelope envelope, Kind kind) => Send(kind, envelope, static (writer, envelope) =>
    {
        writer.String(envelope.Entity);
        writer.Write(envelope.Message);
    });

    protected void Send(ToGateway answer) => Send(Kind.Answered, answer, static (writer, answer) => writer.Write(answer));

    protected static EntityEnvelope ReadEnvelope(ref WireReader body) => new(body.String(), body.ReadToEntity());

    protected static SerializationException Unexpected(Kind kind, string where) => new($"Malformed frame: message {(byte)kind} is not taken {where}.");

    private void Send<TMessage>(Kind kind, TMessage message, Action<WireWriter, TMessage> write)
    {
        lock (_gate)
        {
            if (_isLost)
            {
                return;
            }

            _filling.Byte((byte)kind);
            int begun = _filling.BeginBytes();
            write(_filling, message);
            _filling.EndBytes(begun);
            if (_isSending)
            {
                return;
            }

            _isSending = true;
        }

        while (TakeFrame() is { } frame)
        {
            try
            {
                // Queued if the socket has no room: this may be a thread of Akka's.
                using var handler = Reactor.EnterHandler();
                link.Send(frame, Wake.Always);
            }
            catch (ConnectionLostException)
            {
                // The link's own thread tells OnClosed.
                _isLost = true;
            }
        }
    }

    private WireWriter? TakeFrame()
    {
        lock (_gate)
        {
            if (_filling.Length == 0 || _isLost)
            {
                _isSending = false;
                return null;
            }

            _sent.Reset();
            var empty = _sent.Capacity > LargestKept ? new WireWriter() : _sent;
            (_sent, _filling) = (_filling, empty);
            return _sent;
        }
    }
}
