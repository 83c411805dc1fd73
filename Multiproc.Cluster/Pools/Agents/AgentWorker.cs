using Multiproc.Peers;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>A worker of another node's pool, as a child of this process: what comes for it goes on to it, and what it sends goes on to its pool.</summary>
internal sealed class AgentWorker : IChunkTarget
{
    private readonly AgentLine _line;
    private readonly HostCommand? _host;
    private readonly ChildProcess? _process;
    private readonly Lock _gate = new();
    private readonly string? _unusable;
    private readonly HeldChunks _held;
    private volatile Peer? _peer;
    private bool _started;
    private bool _killed;

    public AgentWorker(AgentLine line, NodeShares shares, int id, WorkerOrder order, HostCommand? host)
    {
        (_line, _host, Id) = (line, host, id);
        _held = new HeldChunks(this, shares);
        try
        {
            var options = Serializer.Unpack<ProcessOptions>(order.Options);
            _process = new ChildProcess(
                new PackedWork(order.Work, order.Name), order.Name, daemon: true, options, host is null ? null : StartMethod.Spawn)
            {
                SpawnOptions = new SpawnOptions(KeepStderrTail: true),
                Culture = order.Culture,
                Connecting = Connect,
            };
        }
        catch (Exception unusable) when (unusable is SerializationException or ArgumentException)
        {
            _unusable = unusable.Message;
        }

        Member = new PoolMember(id, _process is null ? new NoWorker(order.Name) : new NearWorker(_process), onThread: false);
    }

    public int Id { get; }

    public object Pool => _line;

    /// <summary>The worker as the checks of memory see it.</summary>
    public PoolMember Member { get; }

    public void Refuse(string reason) => _line.Tell(LineMessage.NotStarted, this, writer =>
    {
        writer.Bool(false);
        writer.String(reason);
    });

    public void Start()
    {
        bool may;
        lock (_gate)
        {
            may = !_killed;
        }

        try
        {
            if (_process is null || !may)
            {
                throw new ProcessStartException(_unusable ?? "It was killed before it was started.");
            }

            _process.StartWith(_host);
        }
        catch (Exception failure)
        {
            // Nothing that a pool asks for ends the node.
            _line.Forget(this);
            _line.Tell(LineMessage.NotStarted, this, writer =>
            {
                writer.Bool(failure is ProcessStartException { IsShortage: true });
                writer.String(failure.Message);
            });
            return;
        }

        lock (_gate)
        {
            _started = true;
            may = !_killed;
        }

        _line.Tell(LineMessage.Started, this, writer => writer.VarUInt((uint)_process.HostPid!.Value));
        if (!may)
        {
            _process.Kill();
        }

        _ = _process.Exited.ContinueWith(_ => OnExited(), TaskScheduler.Default);
    }

    public void Kill()
    {
        lock (_gate)
        {
            _killed = true;
            if (!_started)
            {
                return;
            }
        }

        _process!.Kill();
    }

    public void ExpectEnd() => _process?.ExpectEnd();

    /// <summary>Passes a message of the pool on, or holds it: see <see cref="HeldChunks"/>.</summary>
    /// <param name="message">The message with the head of a frame to the worker.</param>
    /// <param name="begun">Where the head ends.</param>
    public void Pass(ReadOnlySpan<byte> message, int begun)
    {
        if (message.Length > begun)
        {
            _held.Pass(message, begun);
        }
    }

    /// <summary>Sends a frame to the process. A pool sends nothing before the process has said that it is ready.</summary>
    public void Deliver(ReadOnlySpan<byte> frame)
    {
        try
        {
            // Never waits for room: the thread serves all workers of the pool.
            using (Reactor.EnterHandler())
            {
                _peer?.Send(frame);
            }
        }
        catch (ConnectionLostException)
        {
            // Its end is told when everything that it sent was delivered.
        }
    }

    /// <summary>Sends the pool chunks that were held here, and are not begun.</summary>
    public void GiveBack(List<(int Job, long First)> chunks) => _line.Tell(LineMessage.FromWorker, this, writer =>
    {
        writer.Byte((byte)PoolMessage.Returned);
        writer.VarUInt((uint)chunks.Count);
        foreach (var (job, first) in chunks)
        {
            writer.VarUInt((uint)job);
            writer.VarUInt((ulong)first);
        }
    });

    private void Connect(Peer peer)
    {
        _peer = peer;
        peer.Serve(Service.Pool, OnMessage, _line.Flush);
    }

    private void OnMessage(Peer peer, ref WireReader message)
    {
        var bytes = message.Rest();
        _line.Tell(LineMessage.FromWorker, this, bytes);
        _held.Observe(bytes);
    }

    private void OnExited()
    {
        _held.End();
        var memory = Member.MemoryAtDeath(_line.HardMemory);
        var end = new WorkerEnd(_process!.HostPid ?? 0, _process.Exited.Result, _process.StderrTail(), memory.Bytes, memory.RanOut, memory.Sentence);
        _line.Tell(LineMessage.Exited, this, end.WriteTo);
        _line.Forget(this);
    }

    /// <summary>Stands for a worker that cannot be started.</summary>
    private sealed class NoWorker(string name) : WorkerProcess
    {
        public override string Name => name;

        public override bool IsStarted => false;

        public override bool IsAlive => false;

        public override int? Pid => null;

        public override int? HostPid => null;

        public override int? LocalPid => null;

        public override Task<int> Exited { get; } = Task.FromResult(1);

        public override string StderrTail() => "";

        public override void ExpectEnd()
        {
            // There is no end.
        }

        public override void Kill()
        {
            // There is no process.
        }
    }
}
