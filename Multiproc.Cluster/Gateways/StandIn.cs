using Multiproc.Cluster.Sessions;
using Multiproc.Nodes;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Counters;
using Multiproc.Objects.Dictionaries;
using Multiproc.Objects.Lists;
using Multiproc.Objects.Queues;
using Multiproc.Objects.RateLimiters;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Objects.Sets;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Cluster.Gateways;

/// <summary>
/// Stands in for an object of the cluster in the node of this process: facades here and in child processes send it their commands as to any object, and it
/// relays them. Never blocks.
/// </summary>
internal sealed class StandIn : IHostedObject
{
    /// <summary>Larger commands do not fit into a message between machines.</summary>
    public const int LargestBody = 3 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly GatewayEffects _effects = new();
    private readonly ObjectSpec _spec;
    private readonly IReplyTo _node;
    private readonly Action<EntityEnvelope, string?> _send;
    private readonly Func<SessionId> _nextSession;
    private readonly Action<StandIn, bool> _setBusy;
    private readonly TaskCompletionSource<Reply> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GatewayCore _core;
    private bool _isBusy;

    /// <param name="spec">What it is opened as.</param>
    /// <param name="node">Where it stands.</param>
    /// <param name="nextSession">Gives the next session of it.</param>
    /// <param name="send">Sends a message to an entity, which was heard last at the node of this host and port; null for none.</param>
    /// <param name="setBusy">Is told when it begins to wait for replies, and so to need <see cref="Tick"/>, and by a tick that it no longer does.</param>
    /// <param name="incarnation">Which object of the name it is; 0 to open whichever there is.</param>
    public StandIn(
        ObjectSpec spec, IReplyTo node, Func<SessionId> nextSession, Action<EntityEnvelope, string?> send, Action<StandIn, bool> setBusy, long incarnation = 0)
    {
        (_spec, _node, _send, _nextSession, _setBusy) = (spec, node, send, nextSession, setBusy);
        Entity = EntityName.Of(spec.Name);
        _core = new GatewayCore(nextSession(), spec, incarnation);
        if (_core.Opened is { } opened)
        {
            _opened.SetResult(opened);
        }
    }

    public ObjectSpec Spec => _spec;

    public string Entity { get; }

    public SessionId Session => _core.Session;

    /// <summary>Whether the object has ended: calls are refused, and the name may be that of another object.</summary>
    public bool IsOver => _core.IsOver;

    /// <summary>Which object of the name it stands in for; 0 before it was opened.</summary>
    public long Incarnation => _core.Incarnation;

    /// <summary>Where the entity was that was heard last.</summary>
    public string? Owner { get; set; }

    /// <summary>The reply to the opening.</summary>
    public Task<Reply> Opened => _opened.Task;

    /// <summary>The type of object that this node tells its peers: commands as usual, and reading the cell, which is not here.</summary>
    public static ObjectType TypeOf(ObjectType type) => type with
    {
        ReadCommand = (ref WireReader reader) => ReadCommand(type, ref reader),
        KeepsValues = false,
        CellBytes = 0,
    };

    public void Open() => Do(() => _core.Open(_node.Now, _effects));

    public void Tick() => Do(() =>
    {
        if (_core.IsIdle)
        {
            _isBusy = false;
            _setBusy(this, false);
            return;
        }

        _core.Tick(_node.Now, _effects);
        ClusterMetrics.Count(ClusterMetrics.Resent, _effects.Sends.Count);
    });

    public void Receive(ToGateway message) => Do(() =>
    {
        if (message.Session != _core.Session)
        {
            return;
        }

        _core.Receive(message, _node.Now, _effects);
        if (_core.IsLost)
        {
            ClusterMetrics.Count(ClusterMetrics.SessionsLost);
            _core.End($"the cluster took this node for dead and gave away what its processes held in '{_spec.Name}'.", _effects);
            _core = new GatewayCore(_nextSession(), _spec, _core.Incarnation);
            if (_core.Incarnation == 0)
            {
                _core.Open(_node.Now, _effects);
            }
        }
    });

    public void End(string reason) => Do(() => _core.End(reason, _effects));

    public void Tell(IObjectMessage message)
    {
        switch (message)
        {
            case Delivery delivery:
                Call(delivery.Caller, (IWireCommand)delivery.Command);
                break;
            case LifecycleEvent.CallCancelled cancelled:
                Do(() => _core.Cancel(cancelled.Waiter, _node.Now, _effects));
                break;
            case LifecycleEvent.CallGivenUp given:
                Do(() => _core.GiveUp(given.Waiter, given.TimedOut, _node.Now, _effects));
                break;
            case LifecycleEvent.ProcessGone gone:
                Do(() => _core.ProcessGone(gone.Process, _node.Now, _effects));
                break;
            case LifecycleEvent.ConnectionCut cut:
                Do(() => Array.ForEach(_core.WaitersOf(cut.Process), waiter => _core.Cancel(waiter, _node.Now, _effects)));
                break;
            case SnapshotRequest request:
                request.Done.TrySetResult(new ObjectSnapshot(StateSnapshot.Nothing, new Dictionary<Caller, Instant>()));
                break;
            case Survey survey:
                survey.Reply(null);
                break;
        }
    }

    public void Stop() => End($"the cluster was left by this process, so '{_spec.Name}' cannot be reached any more.");

    private static ICommand ReadCommand(ObjectType type, ref WireReader reader)
    {
        var ahead = reader;
        if (ahead.Byte() == CellSnapshot.Tag)
        {
            reader.Byte();
            return CellSnapshot.Question;
        }

        return type.ReadCommand(ref reader);
    }

    private static bool IsRead(ICommand command) => command switch
    {
        CellSnapshot or QueueCommand.Size or QueueCommand.CountDeadLetters or BarrierCommand.CountWaiting or BroadcastCommand.CountReaders => true,
        ReadWriteCommand.CountHolds or SemaphoreCommand.CountHolds => true,
        DictionaryCommand or ListCommand or SetCommand or RateLimiterCommand or CounterCommand or CacheCommand => command.IsIdempotent,
        _ => false,
    };

    private void Call(Caller caller, IWireCommand command)
    {
        using var writer = new WireWriter();
        command.WriteTo(writer);
        if (writer.Total > LargestBody)
        {
            _node.Reply(caller, Reply.TooLarge(
                $"the command has {writer.Total} bytes, but one of a cluster object may have {LargestBody}: "
                + "send it in parts, or store it elsewhere and send its name."));
            return;
        }

        ClusterMetrics.Count(ClusterMetrics.Calls);
        byte[] body = writer.ToArray();
        Do(() =>
        {
            var now = _node.Now;
            var deadline = command is ITimedCommand { Timeout: { IsInfinite: false, MayWait: true } timeout } ? now.After(timeout) : Instant.Never;
            _core.Call(caller, body, IsRead(command), deadline, now, _effects);
        });
    }

    /// <summary>Does something, and performs what came out: sends in order under the lock, replies outside of it.</summary>
    private void Do(Action happens)
    {
        (Caller Caller, Reply Reply)[] replies;
        lock (_gate)
        {
            happens();
            foreach (var message in _effects.Sends)
            {
                _send(new EntityEnvelope(Entity, message), Owner);
            }

            replies = _effects.Replies.Count == 0 ? [] : [.. _effects.Replies];
            _effects.Clear();
            if (_core.Opened is { } opened)
            {
                _opened.TrySetResult(opened);
            }

            if (!_isBusy && !_core.IsIdle)
            {
                _isBusy = true;
                _setBusy(this, true);
            }
        }

        // What is sent to other processes must not block this thread, which may be one of Akka's.
        using (Reactor.EnterHandler())
        {
            foreach (var (caller, reply) in replies)
            {
                _node.Reply(caller, reply);
            }
        }
    }
}
