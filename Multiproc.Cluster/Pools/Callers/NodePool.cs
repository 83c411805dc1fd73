using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Multiproc.Pool;
using Multiproc.Pool.Workers;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// Supplies a pool with workers on nodes: keeps a connection to each node with the role, starts workers there, and tells the scheduling of those that come,
/// leave and are lost. What to do is decided by <see cref="NodesState"/>, one command at a time.
/// </summary>
internal sealed partial class NodePool : IWorkerStarter, INodeEvents
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_beforeNextAttempt = TimeSpan.FromSeconds(1);

    private readonly PoolRoster _roster;
    private readonly ClusterPools _cluster;
    private readonly NodesState _state;
    private readonly PoolGreeting _greeting;
    private readonly Payload _work;
    private readonly Payload _culture;
    private readonly Payload[] _options;
    private readonly long _begun = TimeProvider.System.GetTimestamp();
    private readonly ConcurrentDictionary<string, NodeLine> _lines = new();
    private readonly Lock _gate = new();
    private readonly Queue<NodesCommand> _commands = new();
    private readonly List<NodesEffect> _effects = [];
    private readonly Timer _tick;
    private bool _stepping;
    private volatile bool _ended;
    private volatile int _wanted;

    /// <exception cref="SerializationException">The initializer or finalizer cannot be sent.</exception>
    public NodePool(PoolRoster roster, ClusterPools cluster, string? role, TimeSpan? patience)
    {
        (_roster, _cluster, Role) = (roster, cluster, role);
        var plan = roster.Plan;
        _wanted = plan.Workers;
        _state = new NodesState(role, plan.Options.StartAttempts, patience);
        _greeting = new PoolGreeting(
            cluster.Address, Environment.ProcessId, plan.Options.HardMaxMemoryPerWorker, plan.Options.MaxMemoryPerWorker, cluster.Program());
        _work = Serializer.PackForNewProcess<ChildWork>(
            new PoolWorkerStart(plan.Initializer, plan.Finalizer, plan.Options.MaxMemoryPerWorker, onThread: false));
        _culture = CultureTravel.OfThisThread();
        var process = plan.Options.Process;
        _options = plan.Options.WorkerAffinity is { } sets
            ? [.. sets.Select(set => Serializer.Pack(process with { Affinity = set }))]
            : [Serializer.Pack(process)];
        _tick = new Timer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The role of the nodes that it uses; null for all.</summary>
    public string? Role { get; }

    /// <summary>Nodes are given up, not the pool: others may come.</summary>
    public int StartAttempts => int.MaxValue;

    public int Places
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(1, _state.Nodes.Count(static each => each.Status is NodeStatus.Connecting or NodeStatus.Used));
            }
        }
    }

    public IReadOnlyList<NodeInsight> Nodes
    {
        get
        {
            (string Node, string Address, NodeStatus Status, string? Problem)[] nodes;
            lock (_gate)
            {
                nodes = [.. _state.Nodes];
            }

            return [.. nodes.Select(each =>
            {
                var line = _lines.GetValueOrDefault(each.Node);
                PoolMember[] members = [.. MembersOn(each.Node)];
                return new NodeInsight(
                    each.Address, members.Length, line?.RoundTrip ?? TimeSpan.Zero, members.Sum(static member => member.Times.Tasks), line?.BytesSent ?? 0,
                    line?.BytesSpared ?? 0, each.Status.ToString().ToLowerInvariant(), each.Problem);
            })];
        }
    }

    public void Begin()
    {
        _tick.Change(s_period, s_period);
        _cluster.Add(this);
    }

    public void StartLater() => ThreadPool.UnsafeQueueUserWorkItem(
        static pool =>
        {
            // Where most workers are missing; a worker that is to leave is none.
            var line = pool._lines.Values.Where(each => pool.Lacks(each.Node) > 0).MaxBy(each => pool.Lacks(each.Node));
            if (line is null || pool._ended || pool._roster.IsTerminated)
            {
                pool._roster.Tell(new PoolNotice.NotStarted(null));
            }
            else
            {
                pool.Start(line);
            }
        }, this, preferLocal: false);

    public void Resize(int by)
    {
        Interlocked.Add(ref _wanted, by);
        foreach (string node in _lines.Keys)
        {
            Fill(node);
            foreach (var surplus in MembersOn(node).Where(static member => !member.Leaves).OrderByDescending(static member => member.Id)
                .Take(Math.Max(0, -Lacks(node))))
            {
                Dismiss(surplus);
            }
        }
    }

    public void End() => _ended = true;

    public void Dispose()
    {
        _ended = true;
        _cluster.Remove(this);
        _tick.Dispose();
        foreach (string node in _lines.Keys)
        {
            Drop(node, "the pool was disposed.");
        }
    }

    /// <summary>The node of this process is no longer in the cluster: nobody runs the tasks any more.</summary>
    public void OnClusterEnded(string reason)
    {
        _ended = true;
        _roster.Break(new ConnectionLostException($"The pool over nodes has ended: {reason}"));
        _roster.EndJobs();
        foreach (string node in _lines.Keys)
        {
            Drop(node, reason);
        }
    }

    /// <summary>Handles a command, after those that came before; perhaps on the thread of another caller.</summary>
    public void Step(NodesCommand command)
    {
        Enqueue(command);
        StepAll();
    }

    /// <summary>Notes a command, for callers with locks; <see cref="StepAll"/> handles it.</summary>
    public void Enqueue(NodesCommand command)
    {
        lock (_gate)
        {
            _commands.Enqueue(command);
        }
    }

    public void StepAll()
    {
        lock (_gate)
        {
            if (_stepping)
            {
                return;
            }

            _stepping = true;
        }

        while (true)
        {
            lock (_gate)
            {
                if (!_commands.TryDequeue(out var next))
                {
                    _stepping = false;
                    return;
                }

                _effects.Clear();
                _state.Step(next, _effects);
            }

            try
            {
                // Only the thread that steps touches the list.
                foreach (var effect in _effects)
                {
                    Perform(effect);
                }
            }
            catch (Exception failure)
            {
                // Without the effect a caller might wait for ever: it is told why.
                _roster.BreakBy(failure);
            }
        }
    }

    private void Perform(NodesEffect effect)
    {
        switch (effect)
        {
            case NodesEffect.Connect connect:
                Connect(connect.Node);
                break;
            case NodesEffect.ConnectLater later:
                _lines.TryRemove(later.Node, out _);
                _ = Task.Delay(s_beforeNextAttempt).ContinueWith(_ => Step(new NodesCommand.TryAgain(later.Node)), TaskScheduler.Default);
                break;
            case NodesEffect.Fill fill:
                Fill(fill.Node);
                break;
            case NodesEffect.Drain drain:
                foreach (var member in MembersOn(drain.Node))
                {
                    Dismiss(member);
                }

                break;
            case NodesEffect.Drop drop:
                Drop(drop.Node, drop.Reason);
                break;
            case NodesEffect.Say say:
                StandardStreams.Complain(say.Text);
                ProcessLog.Current.Report(LogLevel.Warning, LogEvents.PoolOnNode, say.Text);
                break;
            case NodesEffect.FailJobs fail:
                _roster.FailJobs(fail.IsTimeout ? new MultiprocTimeoutException(fail.Reason) : new MultiprocException(fail.Reason));
                break;
        }
    }

    private void Tick()
    {
        var now = TimeProvider.System.GetElapsedTime(_begun);
        bool hasWorkers = _roster.Members.Values.Any(static member => member.IsReady && !member.HasEnded);
        Step(new NodesCommand.Tick(now, !_roster.Jobs.IsEmpty, hasWorkers));
    }

    private void Connect(string node)
    {
        if (_ended)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                var (link, address, isSelf) = await _cluster.ConnectAsync(node).ConfigureAwait(false);
                var line = new NodeLine(link, node, address, isSelf, _greeting, this) { LargestInput = _cluster.LargestInput };
                _lines[node] = line;
                line.Start();
                line.Greet();
                if (_ended || !IsMember(node))
                {
                    // It was too late to be told so by the commands that ended it.
                    Drop(node, "the pool, or the node, has ended.");
                }
            }
            catch (Exception failure)
            {
                // Whatever it is, it is told as the node's problem, and tried again: else the pool would wait for this node for ever.
                Step(new NodesCommand.Unreached(node, failure.Message));
            }
        });
    }

    private bool IsMember(string node)
    {
        lock (_gate)
        {
            return _state.Nodes.Any(each => each.Node == node);
        }
    }

    /// <summary>Ends a connection; everything that had come over it is handled before its workers are lost.</summary>
    private void Drop(string node, string reason)
    {
        if (_lines.TryRemove(node, out var line))
        {
            line.Close(reason);
        }
    }
}
