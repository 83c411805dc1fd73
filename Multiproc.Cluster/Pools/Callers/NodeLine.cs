using System.Collections.Concurrent;
using System.Diagnostics;
using Multiproc.Pool;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>The connection of a pool to a node, with the workers there.</summary>
internal sealed class NodeLine : PoolLine
{
    /// <summary>The most bytes of an argument of a task.</summary>
    public const int MostBytesOfArgument = 256 << 20;

    private const int Pings = 8;
    private const int PartBytes = 256 * 1024;

    private readonly ConcurrentDictionary<int, (FarWorker Worker, WorkerMessages Messages)> _workers = new();
    private readonly List<WorkerMessages> _touched = [];
    private readonly ContentWriter _contents = new(AgentLine.ContentBytes);
    private readonly PoolGreeting _greeting;
    private readonly INodeEvents _events;
    private long _pinged;
    private int _pings;
    private bool _isOver;
    private volatile string? _closedBecause;
    private long _spared;

    /// <param name="link">The link to the agent.</param>
    /// <param name="node">The incarnation of the node.</param>
    /// <param name="address">Where it is reached.</param>
    /// <param name="isSelf">Whether it is the node of this process.</param>
    /// <param name="greeting">What the pool says first.</param>
    /// <param name="events">Is told what happens.</param>
    public NodeLine(ILink link, string node, string address, bool isSelf, PoolGreeting greeting, INodeEvents events)
        : base(link) => (Node, Address, IsSelf, _greeting, _events) = (node, address, isSelf, greeting, events);

    public string Node { get; }

    public string Address { get; }

    public bool IsSelf { get; }

    public int LargestInput { get; init; } = MostBytesOfArgument;

    /// <summary>How long a message takes there and back: the shortest of a few, zero for this process.</summary>
    public TimeSpan RoundTrip { get; private set; }

    public long BytesSpared => Interlocked.Read(ref _spared);

    /// <summary>Closes the connection for a reason, with which the workers are then lost.</summary>
    public void Close(string reason)
    {
        _closedBecause ??= reason;
        Close();
    }

    /// <summary>Introduces the pool; the answer is told to the events.</summary>
    public void Greet() => Send(LineMessage.Greeting, body: _greeting.WriteTo);

    /// <summary>Has a worker started.</summary>
    /// <exception cref="ConnectionLostException">The line has ended.</exception>
    public void StartWorker(FarWorker worker, WorkerMessages messages, WorkerOrder order)
    {
        _workers.TryAdd(worker.Id, (worker, messages));
        if (IsLost && _workers.TryRemove(worker.Id, out _))
        {
            throw new ConnectionLostException($"The connection to {Address} has ended.");
        }

        Send(LineMessage.Start, worker.Id, order.WriteTo);
    }

    public void Tell(LineMessage kind, FarWorker worker) => Send(kind, worker.Id);

    /// <summary>Sends a message to a worker; what the node has is not sent again.</summary>
    /// <exception cref="ConnectionLostException">The line has ended.</exception>
    public void Send(FarWorker worker, WireWriter message, bool later)
    {
        if (IsLost)
        {
            throw new ConnectionLostException($"The connection to {Address} has ended.");
        }

        Send(
            LineMessage.ToWorker, worker.Id,
            writer =>
            {
                if (IsSelf)
                {
                    // Within a process nothing is gained by not copying it.
                    writer.Byte((byte)ContentPart.Inline);
                    int begun = writer.BeginBytes();
                    message.VisitParts(writer.Raw);
                    writer.EndBytes(begun);
                }
                else
                {
                    _contents.Write(writer, message);
                    Interlocked.Exchange(ref _spared, _contents.Spared);
                }
            },
            later);
    }

    protected override void OnMessage(LineMessage kind, int worker, ref WireReader body)
    {
        switch (kind)
        {
            case LineMessage.FromWorker when _workers.TryGetValue(worker, out var known):
                known.Messages.OnMessage(ref body);
                if (!_touched.Contains(known.Messages))
                {
                    _touched.Add(known.Messages);
                }

                break;
            case LineMessage.FromWorker:
                break;
            case LineMessage.Welcome:
                Ping();
                break;
            case LineMessage.Pong:
                OnPong();
                break;
            case LineMessage.Refused:
                _isOver = true;
                _events.OnRefused(this, body.String());
                break;
            case LineMessage.WantsFiles:
                SendFiles(ref body);
                break;
            case LineMessage.Started when _workers.TryGetValue(worker, out var started):
                started.Worker.OnStarted(body.Natural());
                break;
            case LineMessage.NotStarted when _workers.TryRemove(worker, out var none):
                bool mayPass = body.Bool();
                _events.OnNotStarted(none.Worker, body.String(), mayPass);
                break;
            case LineMessage.Exited when _workers.TryRemove(worker, out var ended):
                Deliver();
                ended.Worker.OnExited(WorkerEnd.ReadFrom(ref body));
                _events.OnExited(ended.Worker);
                break;
            case LineMessage.Leaving:
                _events.OnLeaving(this);
                break;
            default:
                throw Unexpected(kind, "a pool");
        }
    }

    protected override void OnDelivered() => Deliver();

    protected override void OnClosed(Exception? reason)
    {
        string why = _closedBecause ?? reason?.Message ?? "this process has closed it.";
        foreach (int id in _workers.Keys)
        {
            // One that is being started at this moment is told about here, or by the failure of its start.
            if (_workers.TryRemove(id, out var lost) && lost.Worker.OnLost($"the connection to its node has ended: {why}"))
            {
                _events.OnExited(lost.Worker);
            }
        }

        if (!_isOver)
        {
            _events.OnClosed(this, why);
        }
    }

    /// <summary>The results of a frame are in their jobs: the scheduling is told of all chunks at once.</summary>
    private void Deliver()
    {
        foreach (var messages in _touched)
        {
            messages.OnDelivered();
        }

        _touched.Clear();
    }

    private void Ping()
    {
        _pinged = Stopwatch.GetTimestamp();
        Send(LineMessage.Ping);
    }

    private void OnPong()
    {
        var took = Stopwatch.GetElapsedTime(_pinged);
        RoundTrip = IsSelf ? TimeSpan.Zero : _pings == 0 || took < RoundTrip ? took : RoundTrip;
        if (++_pings < Pings)
        {
            Ping();
            return;
        }

        _events.OnWelcome(this);
    }

    /// <summary>Sends the files of the program that the node does not have; first, if it does not know them, what there are.</summary>
    private void SendFiles(ref WireReader wanted)
    {
        int[] places = new int[wanted.Count()];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = wanted.Natural();
        }

        // It takes a while, and this thread delivers messages.
        _ = Task.Run(() =>
        {
            try
            {
                if (places.Length == 0)
                {
                    Send(LineMessage.Greeting, body: (_greeting with { Program = OwnProgram.WithFiles }).WriteTo);
                    return;
                }

                Array.ForEach(places, SendFile);
            }
            catch (Exception failure)
            {
                // Also when the node asks for files that there are not.
                _isOver = true;
                _events.OnRefused(this, $"The files of this program could not be sent: {failure.Message}");
                Close();
            }
        });
    }

    private void SendFile(int place)
    {
        var file = OwnProgram.WithFiles.Files[place];
        using var stream = File.OpenRead(Path.Combine(OwnProgram.Folder, file.Path));
        byte[] part = new byte[PartBytes];
        for (int count = stream.Read(part); count > 0; count = stream.Read(part))
        {
            int size = count;
            SendAndWait(LineMessage.FilePart, writer =>
            {
                writer.VarUInt((uint)place);
                writer.Bytes(part.AsSpan(0, size));
            });
        }
    }
}

/// <summary>What a pool hears of its nodes.</summary>
internal interface INodeEvents
{
    void OnWelcome(NodeLine line);

    void OnRefused(NodeLine line, string reason);

    void OnLeaving(NodeLine line);

    void OnClosed(NodeLine line, string reason);

    /// <summary>A worker was not started; whether that may pass.</summary>
    void OnNotStarted(FarWorker worker, string reason, bool mayPass);

    void OnExited(FarWorker worker);
}
