using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>The connection of one pool to this node, with its workers here. When it ends, they are killed: nobody is left for their results.</summary>
internal sealed class AgentLine(PoolAgent agent, ILink link, bool isNear) : PoolLine(link)
{
    /// <summary>What a line keeps of large arguments.</summary>
    public const long ContentBytes = 128L << 20;

    private const int LargestKept = 8 * 1024 * 1024;

    /// <summary>The size of the head of a frame to a worker's process.</summary>
    public const int HeadBytes = 2;

    private readonly ConcurrentDictionary<int, AgentWorker> _workers = new();
    private readonly ConcurrentDictionary<int, PoolMember> _members = new();
    private readonly ContentReader _contents = new(ContentBytes);
    private WireWriter _message = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private PoolGreeting? _pool;
    private ProgramArrival? _arrival;
    private HostCommand? _host;
    private MemoryWatch? _memory;
    private bool _isWelcome;
    private bool _leaving;
    private bool _closed;

    public long HardMemory => _pool!.HardMemory;

    public override string ToString() => $"the pool of process {_pool?.Pid} of {_pool?.Caller}";

    /// <summary>Tells the pool that this node leaves, and waits until its workers have ended.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _leaving = true;
        }

        Send(LineMessage.Leaving);
        CompleteIfDrained();
        return _drained.Task;
    }

    public void Tell(LineMessage kind, AgentWorker worker, Action<WireWriter> body) => Send(kind, worker.Id, body);

    /// <summary>Tells what a worker sent; it goes with what follows, when all that came from the worker is delivered.</summary>
    public void Tell(LineMessage kind, AgentWorker worker, ReadOnlySpan<byte> body) => Send(kind, worker.Id, body, later: true);

    public void Forget(AgentWorker worker)
    {
        _workers.TryRemove(worker.Id, out _);
        _members.TryRemove(worker.Id, out _);
        CompleteIfDrained();
    }

    protected override void OnMessage(LineMessage kind, int worker, ref WireReader body)
    {
        if (!_isWelcome)
        {
            Introduce(kind, ref body);
            return;
        }

        switch (kind)
        {
            case LineMessage.Ping:
                Send(LineMessage.Pong);
                break;
            case LineMessage.Start:
                StartWorker(worker, WorkerOrder.ReadFrom(ref body));
                break;
            case LineMessage.ToWorker:
                // Read in any case, since the contents in it are kept for later messages.
                _message.Reset();
                Peers.Peer.BeginService(_message, Peers.Service.Pool);
                _contents.Read(ref body, _message);
                _workers.GetValueOrDefault(worker)?.Pass(_message.Written, HeadBytes);
                if (_message.Capacity > LargestKept)
                {
                    _message = new WireWriter();
                }

                break;
            case LineMessage.Kill:
                _workers.GetValueOrDefault(worker)?.Kill();
                break;
            case LineMessage.ExpectEnd:
                _workers.GetValueOrDefault(worker)?.ExpectEnd();
                break;
            default:
                throw Unexpected(kind, "a node");
        }
    }

    protected override void OnDelivered()
    {
        // Workers are woken by each message: they have other processors.
    }

    protected override void OnClosed(Exception? reason)
    {
        lock (_gate)
        {
            _closed = true;
        }

        _memory?.Dispose();
        _arrival?.Dispose();
        agent.Forget(this);
        if (!_workers.IsEmpty)
        {
            ProcessLog.Current.Report(
                LogLevel.Information, LogEvents.PoolOnNode, $"{agent.Address} ends {_workers.Count} workers of {this}: the connection to it has ended");
        }

        // On another thread: each kill looks through /proc for children of the worker.
        _ = Task.Run(() =>
        {
            foreach (var worker in _workers.Values)
            {
                Kill(worker);
            }

            CompleteIfDrained();
        });
    }

    private void Introduce(LineMessage kind, ref WireReader body)
    {
        switch (kind)
        {
            case LineMessage.Greeting when _pool is null:
                _pool = PoolGreeting.ReadFrom(ref body);
                Decide();
                break;
            case LineMessage.FilePart when _arrival is { } arrival:
                Take(arrival, ref body);
                break;
            default:
                throw Unexpected(kind, "a node that has not let a pool in");
        }
    }

    private void Decide()
    {
        var program = _pool!.Program;
        string? problem = CurrentProcess.Instance.Daemon
            ? $"{agent.Address} is a daemonic process, which cannot have children: start it with daemon: false."
            : isNear ? null : program.ProblemAt(agent.Program(), agent.Address);
        if (problem is null)
        {
            Welcome();
            return;
        }

        if (agent.Accepted is not { } accepted || program.Runtime != agent.Program().Runtime)
        {
            Refuse(problem);
            return;
        }

        if (program.Files.Count == 0)
        {
            // The caller looks at its files only when somebody wants them: it greets again.
            _pool = null;
            Send(LineMessage.WantsFiles, body: static writer => writer.VarUInt(0));
            return;
        }

        try
        {
            _arrival = accepted.Begin(program, _pool.Caller);
            if (_arrival.Missing.Count == 0)
            {
                _host = _arrival.Finish();
                Welcome();
                return;
            }

            Send(LineMessage.WantsFiles, body: writer =>
            {
                writer.VarUInt((uint)_arrival.Missing.Count);
                foreach (int place in _arrival.Missing)
                {
                    writer.VarUInt((uint)place);
                }
            });
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or MultiprocException)
        {
            Refuse($"{agent.Address} could not take the code of {program.Name}: {unusable.Message}");
        }
    }

    private void Take(ProgramArrival arrival, ref WireReader part)
    {
        try
        {
            if (!arrival.IsOver && arrival.Take(ref part))
            {
                _host = arrival.Finish();
                Welcome();
            }
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            arrival.Dispose();
            Refuse($"{agent.Address} could not keep the code of {_pool!.Program.Name}: {unusable.Message}");
        }
    }

    private void Refuse(string reason)
    {
        ProcessLog.Current.Report(LogLevel.Warning, LogEvents.PoolOnNode, $"{this} was refused: {reason}");
        Send(LineMessage.Refused, body: writer => writer.String(reason));
    }

    private void Welcome()
    {
        _isWelcome = true;
        _memory = MemoryWatch.For(
            new PoolPlan(StartMethod.Spawn, 0, new PoolOptions { HardMaxMemoryPerWorker = _pool!.HardMemory, MaxMemoryPerWorker = _pool.SoftMemory }),
            _members);
        Send(LineMessage.Welcome);
    }

    private void StartWorker(int id, WorkerOrder order)
    {
        var worker = new AgentWorker(this, agent.Shares, id, order, _host);
        bool may;
        lock (_gate)
        {
            may = !_leaving && !_closed && _workers.Count < PoolAgent.MostWorkers && _workers.TryAdd(id, worker);
        }

        if (!may)
        {
            worker.Refuse($"{agent.Address} leaves the cluster, or has {PoolAgent.MostWorkers} workers of this pool already.");
            return;
        }

        _members.TryAdd(id, worker.Member);

        // A start takes its time, and this thread delivers messages.
        ThreadPool.UnsafeQueueUserWorkItem(static each => each.Start(), worker, preferLocal: false);
    }

    private void Kill(AgentWorker worker)
    {
        try
        {
            worker.Kill();
        }
        catch (MultiprocException failure)
        {
            // The others are killed all the same.
            ProcessLog.Current.Report(LogLevel.Warning, LogEvents.PoolOnNode, $"{agent.Address} cannot end a worker of {this}: {failure.Message}");
        }
    }

    private void CompleteIfDrained()
    {
        lock (_gate)
        {
            if (!(_leaving || _closed) || !_workers.IsEmpty)
            {
                return;
            }
        }

        _drained.TrySetResult();
    }
}
