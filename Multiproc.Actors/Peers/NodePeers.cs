using Multiproc.Nodes;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>The processes that can reach a node: how they come, go and come back, and what its objects are told of that.</summary>
internal sealed class NodePeers
{
    private readonly Node _node;
    private readonly Action<LifecycleEvent> _tellObjects;

    /// <summary>
    /// Held from the moment at which a process comes or goes until all objects are told: else they could be told of an old connection's end when a new one
    /// of the same number asks already. Taken before the other.
    /// </summary>
    private readonly Lock _comingAndGoing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Peer> _byNumber = [];
    private readonly Dictionary<Guid, Peer> _byId = [];
    private Sessions? _sessions;
    private int _lastNumber;

    public NodePeers(Node node, Action<LifecycleEvent> tellObjects)
    {
        _node = node;
        _tellObjects = tellObjects;
    }

    /// <summary>Made for the first process of another machine: its lease is over when it did not come back.</summary>
    private Sessions Sessions => _sessions ?? MakeSessions();

    /// <summary>Raised for each process that joins, before any of its commands is delivered.</summary>
    public event Action<Peer>? Joined;

    /// <summary>Takes in a process that has proved itself: gives it a number, for good.</summary>
    public Peer Join(ILink link)
    {
        Peer peer;
        lock (_gate)
        {
            int number = checked(++_lastNumber);
            peer = new Peer(_node, link, number);
            _byNumber.Add(number, peer);
        }

        _node.CallSites.Serve(peer);
        _node.ProcessNumbers.Serve(_node, peer);
        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>
    /// Takes in a process of another machine that has proved itself. Its session is a number that it made up: with the same one it gets back the number that it
    /// had, and what it held.
    /// </summary>
    public Peer Join(ILink link, Guid session)
    {
        Peer? before;
        Peer peer;
        using var _ = _comingAndGoing.EnterScope();
        lock (_gate)
        {
            int number = Sessions.Begin(session, () => checked(++_lastNumber));
            peer = new Peer(_node, link, number) { Session = session };
            _byNumber.Remove(number, out before);
            _byNumber.Add(number, peer);
            RemoveById_UnderGate(before);
        }

        if (before is not null)
        {
            // It has noticed the break before we did.
            before.Close();
            _tellObjects(new LifecycleEvent.ConnectionCut(peer.Number));
        }

        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>The peer has said who it is: facades of its objects find it from now on.</summary>
    public void Introduced(Peer peer)
    {
        lock (_gate)
        {
            _byId.TryAdd(peer.Address!.Id, peer);
        }
    }

    /// <summary>The process is gone: its objects fail, and what it held in ours comes back - unless it may come back itself.</summary>
    public void Forget(Peer peer)
    {
        _node.ProcessNumbers.Forget(peer);
        if (peer.Address is { } address)
        {
            _node.ForgetMemoryOf(address.Id);
        }

        bool mayComeBack = peer is { Session: not null, MayComeBack: true };
        using var _ = _comingAndGoing.EnterScope();
        lock (_gate)
        {
            if (!_byNumber.TryGetValue(peer.Number, out var current) || !ReferenceEquals(current, peer))
            {
                return;
            }

            _byNumber.Remove(peer.Number);
            RemoveById_UnderGate(peer);
            if (mayComeBack)
            {
                Sessions.Suspend(peer.Session!.Value, _node.Connections.SessionLease);
            }
            else if (peer.Session is { } session)
            {
                Sessions.End(session);
            }
        }

        BlockFolder.SweepSoon();
        _tellObjects(mayComeBack ? new LifecycleEvent.ConnectionCut(peer.Number) : new LifecycleEvent.ProcessGone(peer.Number));
    }

    /// <summary>The process with this number, if it is still there.</summary>
    public Peer? Find(int number)
    {
        lock (_gate)
        {
            return _byNumber.GetValueOrDefault(number);
        }
    }

    /// <summary>Whether the process of a number is still there or may come back.</summary>
    public bool Expects(int number) => Find(number) is not null || (_sessions?.Has(number) ?? false);

    /// <summary>The process whose node this is, if there is a connection to it.</summary>
    public Peer? Known(NodeAddress address)
    {
        lock (_gate)
        {
            return _byId.TryGetValue(address.Id, out var known) && !known.IsLost ? known : null;
        }
    }

    /// <summary>Says goodbye to all processes of other machines, which else would wait for this one to come back.</summary>
    public void Leave()
    {
        Peer[] remote;
        lock (_gate)
        {
            remote = [.. _byNumber.Values.Where(static peer => !peer.SharesMachine)];
        }

        Array.ForEach(remote, static peer => peer.Close());

        // A process that ends at once may take its farewell with it, when something has come that it did not read.
        SpinWait.SpinUntil(() => Array.TrueForAll(remote, static peer => peer.IsLost), TimeSpan.FromSeconds(1));
    }

    private void RemoveById_UnderGate(Peer? peer)
    {
        if (peer?.Address is { } address && _byId.TryGetValue(address.Id, out var known) && ReferenceEquals(known, peer))
        {
            _byId.Remove(address.Id);
        }
    }

    private Sessions MakeSessions()
    {
        var fresh = new Sessions(number => _tellObjects(new LifecycleEvent.ProcessGone(number)));
        return Interlocked.CompareExchange(ref _sessions, fresh, null) ?? fresh;
    }
}
