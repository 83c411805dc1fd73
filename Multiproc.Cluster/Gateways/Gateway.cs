using System.Collections.Concurrent;
using Multiproc.Cluster.Leases;
using Multiproc.Cluster.Sessions;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>The stand-ins of a node of the cluster: one for each object that this process, or a child of it, uses.</summary>
internal sealed partial class Gateway : INameSpace, IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private const int MostOver = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (StandIn StandIn, long Id)> _byName = [];
    private readonly ConcurrentDictionary<long, StandIn> _bySession = new();
    private readonly ConcurrentDictionary<long, Errand> _errands = new();

    /// <summary>Those that wait for replies: of a million objects that are open, few.</summary>
    private readonly ConcurrentDictionary<StandIn, bool> _busy = new();

    /// <summary>The stand-ins of objects that have ended. Facades of them may be used still, and are told why they cannot.</summary>
    private readonly Queue<(StandIn StandIn, long Id)> _over = new();
    private readonly Node _node = Node.Current;
    private readonly string _self;
    private readonly string _journal;
    private readonly LeaseKeeper _leases;
    private readonly Action<EntityEnvelope, string?> _send;
    private readonly ITimer _timer;
    private string? _ended;
    private long _lastSession;

    /// <param name="self">The name of this incarnation of the node.</param>
    /// <param name="journal">The identity of its journal, which is that of the cluster.</param>
    /// <param name="leases">The lease by which its processes hold what they hold.</param>
    /// <param name="send">Sends a message to an entity, which was heard last at the node of this host and port; null for none.</param>
    public Gateway(string self, string journal, LeaseKeeper leases, Action<EntityEnvelope, string?> send)
    {
        (_self, _journal, _leases, _send) = (self, journal, leases, send);
        _node.Names.Add(this);
        _timer = TimeProvider.System.CreateTimer(_ => Tick(), null, s_tick, s_tick);
    }

    /// <summary>Why this node is no longer in the cluster; null while it is.</summary>
    public string? Ended => _ended;

    /// <summary>Opens an object by name, and creates it if it is new.</summary>
    /// <exception cref="NameConflictException">The name is that of another kind of object.</exception>
    /// <exception cref="InvalidOperationException">The object cannot be opened by this version.</exception>
    /// <exception cref="MultiprocTimeoutException">The cluster did not open it in time.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public ObjectHandle Open(ObjectSpec spec, ObjectType type, TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            var (standIn, id, isNew) = Find(spec, type);
            if (!standIn.Opened.Wait(patience, cancellation))
            {
                throw new MultiprocTimeoutException(
                    $"Opening '{spec.Name}' in the cluster did not succeed within {patience.TotalSeconds} s: most of the nodes, or the journal, cannot be "
                    + "reached. Look at Members, or try again.");
            }

            var opened = standIn.Opened.Result;
            if (opened.Status != ReplyStatus.Ok)
            {
                Forget(spec.Name, standIn);
                throw opened is { Status: ReplyStatus.Refused, Number: ToGateway.Opened.Conflict } ? new NameConflictException(opened.Reason!)
                    : opened.Status == ReplyStatus.Refused ? new InvalidOperationException(opened.Reason)
                    : new ConnectionLostException($"Opening '{spec.Name}' in the cluster: {opened.Reason}");
            }

            // What this process has open may have been deleted by another one, and the name may be that of another object.
            if (isNew || IsStill(standIn, patience, cancellation))
            {
                return standIn.Spec.ConflictWith(spec) is { } conflict ? throw new NameConflictException(conflict)
                    : ObjectHandle.ToRelay(_node, id, ObjectReference.Of(_journal, standIn.Spec, standIn.Incarnation));
            }

            Release(standIn);
        }
    }

    /// <summary>Takes a message of an entity.</summary>
    /// <param name="message">The message.</param>
    /// <param name="owner">The host and port of the node that owns the object.</param>
    public void Receive(ToGateway message, string owner)
    {
        if (_bySession.TryGetValue(message.Session.Number, out var standIn) && message.Session.Node == _self)
        {
            standIn.Owner = owner;
            standIn.Receive(message);
            if (standIn.IsOver)
            {
                Release(standIn);
            }
        }
        else if (_errands.TryGetValue(message.Session.Number, out var errand) && message.Session.Node == _self)
        {
            errand.Receive(message, owner);
        }
    }

    /// <summary>Has an object told what it is, and deleted if that is wanted.</summary>
    /// <exception cref="MultiprocTimeoutException">It did not answer in time.</exception>
    /// <exception cref="ConnectionLostException">This node is no longer in the cluster.</exception>
    public async Task<(ToGateway.Seen Seen, string Address)> RunAsync(string entity, bool deletes, TimeSpan patience, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _ended) is { } ended)
        {
            throw new ConnectionLostException($"Asking '{entity}' in the cluster: {ended}");
        }

        var session = new SessionId(_self, Interlocked.Increment(ref _lastSession));
        var errand = new Errand(session, entity, deletes, _send);
        _errands[session.Number] = errand;
        try
        {
            errand.Begin(_node.Now);
            return await errand.Done.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new MultiprocTimeoutException(
                $"'{entity}' in the cluster did not answer within {patience.TotalSeconds} s: most of the nodes, or the journal, cannot be reached. "
                + "Look at Members, or try again.",
                late);
        }
        finally
        {
            _errands.TryRemove(session.Number, out _);
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

    /// <summary>What a facade's object is in the cluster; null when it is no object of this cluster.</summary>
    public ObjectSpec? SpecOf(ObjectHandle handle)
    {
        lock (_gate)
        {
            return handle.IsRelayed && handle.IsLocal
                ? _byName.Values.Concat(_beside.Values).FirstOrDefault(each => each.Id == handle.Id).StandIn?.Spec
                : null;
        }
    }

    /// <summary>The node has left the cluster, or was removed from it: nothing waits any more.</summary>
    public void End(string reason)
    {
        (StandIn StandIn, long Id)[] all;
        lock (_gate)
        {
            _ended ??= reason;
            all = [.. _byName.Values, .. _beside.Values];
        }

        _node.Names.Remove(this);

        Array.ForEach(all, each => each.StandIn.End(reason));
        foreach (var errand in _errands.Values)
        {
            errand.End(reason);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        End("this process has left the cluster.");
    }

    private bool IsStill(StandIn standIn, TimeSpan patience, CancellationToken cancellation)
    {
        var (seen, _) = RunAsync(standIn.Entity, deletes: false, patience, cancellation).GetAwaiter().GetResult();
        return seen.Spec is not null && seen.Incarnation == standIn.Incarnation;
    }

    private (StandIn StandIn, long Id, bool IsNew) Find(ObjectSpec spec, ObjectType type)
    {
        (StandIn StandIn, long Id) made;
        lock (_gate)
        {
            if (_ended is { } ended)
            {
                throw new ConnectionLostException($"Opening '{spec.Name}' in the cluster: {ended}");
            }

            if (_byName.TryGetValue(spec.Name, out var known))
            {
                return (known.StandIn, known.Id, IsNew: !known.StandIn.Opened.IsCompleted && known.StandIn.Spec.ConflictWith(spec) is null);
            }

            made = Make(spec, type, incarnation: 0);
            _byName.Add(spec.Name, made);
        }

        made.StandIn.Open();
        return (made.StandIn, made.Id, IsNew: true);
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

    /// <summary>The name of an object that has ended is free: the next opening makes another stand-in.</summary>
    private void Release(StandIn standIn)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(standIn.Spec.Name, out var known) || known.StandIn != standIn)
            {
                return;
            }

            _byName.Remove(standIn.Spec.Name);
            Retire(known);
        }
    }

    private void Tick()
    {
        foreach (var errand in _errands.Values)
        {
            errand.Tick(_node.Now);
        }

        foreach (var (standIn, _) in _busy)
        {
            standIn.Tick();
        }
    }

    private void SetBusy(StandIn standIn, bool isBusy)
    {
        if (isBusy)
        {
            _busy[standIn] = true;
        }
        else
        {
            _busy.TryRemove(standIn, out _);
        }
    }
}
