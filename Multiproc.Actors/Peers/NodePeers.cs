using Multiproc.Nodes;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>The processes that can reach a node: how they connect, disconnect and reconnect, and what its objects are told of it.</summary>
internal sealed class NodePeers
{
    private readonly Node _node;
    private readonly Action<LifecycleEvent> _tellObjects;

    /// <summary>
    /// Held from the moment at which a process connects or disconnects until all objects are told. Otherwise they could be told of the end of an old connection
    /// when a new one with the same process number is already in use. Taken before the other gate.
    /// </summary>
    private readonly Lock _comingAndGoing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Peer> _byNumber = [];
    private readonly Dictionary<Guid, Peer> _byId = [];
    private Sessions? _sessions;
    private Guests? _guests;
    private int _lastNumber;

    public NodePeers(Node node, Action<LifecycleEvent> tellObjects)
    {
        _node = node;
        _tellObjects = tellObjects;
    }

    /// <summary>Created for the first process of another machine: its lease ends when it does not come back.</summary>
    private Sessions Sessions => _sessions ?? MakeSessions();

    /// <summary>The callers without a link: null until the first one is admitted, which hardly any process has.</summary>
    public Guests? Guests => Volatile.Read(ref _guests);

    /// <summary>Raised for each process that joins, before its first command is delivered.</summary>
    public event Action<Peer>? Joined;

    /// <summary>Admits an authenticated process and gives it a number, for good.</summary>
    public Peer Join(ILink link)
    {
        Peer peer;
        lock (_gate)
        {
            int number = checked(++_lastNumber);
            peer = new Peer(_node, link, number);
            _byNumber.Add(number, peer);
        }

        _node.Serve(peer);
        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>
    /// Admits an authenticated process of another machine. It chooses its session id: with the same id it gets back its process number and what it held.
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
            // It noticed the break before this process did.
            before.Close();
            _tellObjects(new LifecycleEvent.ConnectionCut(peer.Number));
        }

        _node.Serve(peer);
        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>Registers a peer whose hello has come: facades of its objects find it from now on.</summary>
    public void Introduced(Peer peer)
    {
        lock (_gate)
        {
            _byId.TryAdd(peer.Address!.Id, peer);
        }
    }

    /// <summary>Handles the end of a process: its objects fail, and what it held in this node's objects is given back, unless it may reconnect.</summary>
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

    /// <summary>Finds the process with this number, if it is still connected.</summary>
    public Peer? Find(int number)
    {
        lock (_gate)
        {
            return _byNumber.GetValueOrDefault(number);
        }
    }

    /// <summary>The connected processes of this machine that have said who they are.</summary>
    public IReadOnlyList<Peer> Near()
    {
        lock (_gate)
        {
            return [.. _byId.Values.Where(static peer => peer.SharesMachine && !peer.IsLost)];
        }
    }

    /// <summary>Whether the process with this number is connected or may come back.</summary>
    public bool Expects(int number) => Find(number) is not null || (_sessions?.Has(number) ?? false) || (Guests?.Has(number) ?? false);

    /// <summary>Admits a caller that speaks another protocol than links do. See <see cref="Peers.Guests"/>.</summary>
    public int AdmitGuest(int pid) => (Guests ?? MakeGuests()).Admit(pid);

    /// <summary>Finds the process of a node, if there is a connection to it.</summary>
    public Peer? Known(NodeAddress address)
    {
        lock (_gate)
        {
            return _byId.TryGetValue(address.Id, out var known) && !known.IsLost ? known : null;
        }
    }

    /// <summary>Closes all sessions with other machines cleanly, so that peers do not wait for a reconnect.</summary>
    public void Leave()
    {
        Peer[] remote;
        lock (_gate)
        {
            remote = [.. _byNumber.Values.Where(static peer => !peer.SharesMachine)];
        }

        Array.ForEach(remote, static peer => peer.Close());

        // If this process ended right now, unread incoming data could make the system reset the connection and drop the close notify.
        SpinWait.SpinUntil(() => Array.TrueForAll(remote, static peer => peer.IsLost), TimeSpan.FromSeconds(1));
    }

    private void RemoveById_UnderGate(Peer? peer)
    {
        if (peer?.Address is { } address && _byId.TryGetValue(address.Id, out var known) && ReferenceEquals(known, peer))
        {
            _byId.Remove(address.Id);
        }
    }

    private Guests MakeGuests()
    {
        var fresh = new Guests(NextNumber, _tellObjects);
        return Interlocked.CompareExchange(ref _guests, fresh, null) ?? fresh;
    }

    private int NextNumber()
    {
        lock (_gate)
        {
            return checked(++_lastNumber);
        }
    }

    private Sessions MakeSessions()
    {
        var fresh = new Sessions(number => _tellObjects(new LifecycleEvent.ProcessGone(number)));
        return Interlocked.CompareExchange(ref _sessions, fresh, null) ?? fresh;
    }
}
