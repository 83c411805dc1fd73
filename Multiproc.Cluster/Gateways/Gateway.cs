using System.Collections.Concurrent;
using Akka.Actor;
using Multiproc.Cluster.Sessions;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>The stand-ins of a node of the cluster: one for each object that this process, or a child of it, uses.</summary>
internal sealed class Gateway : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (StandIn StandIn, byte Type, long Id)> _byName = [];
    private readonly ConcurrentDictionary<long, StandIn> _bySession = new();
    private readonly Node _node = Node.Current;
    private readonly string _self;
    private readonly string _address;
    private readonly Action<EntityEnvelope> _send;
    private readonly ITimer _timer;
    private string? _ended;
    private long _lastSession;

    /// <param name="self">The name of this incarnation of the node.</param>
    /// <param name="address">Its host and port.</param>
    /// <param name="send">Sends a message to an entity.</param>
    public Gateway(string self, string address, Action<EntityEnvelope> send)
    {
        (_self, _address, _send) = (self, address, send);
        _timer = TimeProvider.System.CreateTimer(_ => Tick(), null, s_tick, s_tick);
    }

    /// <summary>Why this node is no longer in the cluster; null while it is.</summary>
    public string? Ended => _ended;

    /// <summary>Opens an object by name, and creates it if it is new.</summary>
    /// <exception cref="InvalidOperationException">The name is that of an object of another type, or with other options.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it in time.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ObjectHandle Open(ObjectSpec spec, ObjectType type, TimeSpan patience, CancellationToken cancellation)
    {
        var (standIn, id) = Find(spec, type);
        if (!standIn.Opened.Wait(patience, cancellation))
        {
            throw new MultiprocTimeoutException(
                $"Opening '{spec.Name}' in the cluster did not succeed within {patience.TotalSeconds} s: most of the nodes, or the journal, cannot be reached. "
                + "Look at Members, or try again.");
        }

        var opened = standIn.Opened.Result;
        if (opened.Status == ReplyStatus.Ok)
        {
            return ObjectHandle.ToRelay(_node, id);
        }

        Forget(spec.Name, standIn);
        throw opened.Status == ReplyStatus.Refused
            ? new InvalidOperationException(opened.Reason)
            : new ConnectionLostException($"Opening '{spec.Name}' in the cluster: {opened.Reason}");
    }

    public void Receive(ToGateway message, Address owner)
    {
        if (_bySession.TryGetValue(message.Session.Number, out var standIn) && message.Session.Node == _self)
        {
            standIn.Owner = owner.HasGlobalScope ? $"{owner.Host}:{owner.Port}" : _address;
            standIn.Receive(message);
        }
    }

    /// <summary>The node whose entity of an object was heard last; null before the first, and for objects that are not open here.</summary>
    public string? OwnerOf(string name)
    {
        lock (_gate)
        {
            return _byName.TryGetValue(name, out var known) ? known.StandIn.Owner : null;
        }
    }

    /// <summary>The node has left the cluster, or was removed from it: nothing waits any more.</summary>
    public void End(string reason)
    {
        (StandIn StandIn, byte Type, long Id)[] all;
        lock (_gate)
        {
            _ended ??= reason;
            all = [.. _byName.Values];
        }

        Array.ForEach(all, each => each.StandIn.End(reason));
    }

    public void Dispose()
    {
        _timer.Dispose();
        End("this process has left the cluster.");
    }

    private (StandIn StandIn, long Id) Find(ObjectSpec spec, ObjectType type)
    {
        StandIn fresh;
        long id;
        lock (_gate)
        {
            if (_ended is { } ended)
            {
                throw new ConnectionLostException($"Opening '{spec.Name}' in the cluster: {ended}");
            }

            if (_byName.TryGetValue(spec.Name, out var known))
            {
                return known.Type == spec.Type && known.StandIn.Spec.Options.Equals(spec.Options)
                    ? (known.StandIn, known.Id)
                    : throw new InvalidOperationException(
                        $"'{spec.Name}' is open in this process with another type or other options: open it with the same ones, or choose another name.");
            }

            StandIn? made = null;
            fresh = made = new StandIn(spec, _node, () => NextSession(() => made!), _send);
            _bySession[fresh.Session.Number] = fresh;
            id = _node.Add(StandIn.TypeOf(type), fresh);
            _byName.Add(spec.Name, (fresh, spec.Type, id));
        }

        fresh.Open();
        return (fresh, id);
    }

    private SessionId NextSession(Func<StandIn> owner)
    {
        long number = Interlocked.Increment(ref _lastSession);
        if (owner() is { } standIn)
        {
            _bySession[number] = standIn;
        }

        return new SessionId(_self, number);
    }

    private void Forget(string name, StandIn standIn)
    {
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out var known) && known.StandIn == standIn)
            {
                _byName.Remove(name);
                _node.Remove(known.Id);
            }
        }
    }

    private void Tick()
    {
        foreach (var standIn in _bySession.Values.Distinct())
        {
            standIn.Tick();
        }
    }
}
