using Multiproc.Kernel;
using Multiproc.Objects.Peers;
using Multiproc.Objects.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Objects;

/// <summary>
/// The shared objects that live in this process, and the processes that can reach them. Every process has one home;
/// a manager is a process whose home is all that it has.
/// </summary>
internal sealed class Home
{
    private static readonly Lazy<Home> s_current = new(() => new Home(), LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly Lock _gate = new();

    /// <summary>
    /// Held from the moment at which a process comes or goes until all objects are told: else they could be told of an old connection's end when a new one
    /// of the same number asks already. Taken before the other.
    /// </summary>
    private readonly Lock _comingAndGoing = new();
    private readonly Dictionary<long, HomeObject> _objects = [];
    private readonly Dictionary<long, HomeBlock> _blocks = [];
    private readonly Dictionary<int, Peer> _peersByNumber = [];
    private readonly Dictionary<Guid, Peer> _peersById = [];
    private readonly Sessions _sessions;
    private readonly Guid _id = Guid.NewGuid();
    private readonly Front _front;
    private HomeDescriptors? _descriptors;
    private long _lastObject;
    private int _lastProcess;

    private Home()
    {
        _front = new Front(this);
        _sessions = new Sessions(EndSession);
        Held = new HeldObjects(this);
        Deadlocks = new DeadlockWatch(this);
        Serializer.ReferencesPacked = Held.Attach;
        Actors.DeadLettered += AnswerForTheGone;
    }

    public static Home Current => s_current.Value;

    public ActorSystem Actors { get; } = new("home");

    public HomeMemory Memory { get; } = new();

    /// <summary>Made at the first use: most children never send a descriptor.</summary>
    public HomeDescriptors Descriptors => _descriptors ?? Interlocked.CompareExchange(ref _descriptors, new HomeDescriptors(), null) ?? _descriptors;

    /// <summary>What this process keeps alive in homes that count.</summary>
    public HeldObjects Held { get; }

    /// <summary>What this process is called in the messages of others; empty: by its number.</summary>
    public string Name { get; set; } = "";

    public ConnectionOptions Connections { get; set; } = new();

    /// <summary>Those of homes that have another key than this process.</summary>
    public HomeKeys Keys { get; } = new();

    public CallSites CallSites { get; } = new();

    public ProcessNumbers ProcessNumbers { get; } = new();

    /// <summary>Looks for deadlocks by itself, when it is told whom to tell.</summary>
    public DeadlockWatch Deadlocks { get; }

    public Guid Id => _id;

    /// <summary>Who we are, without a listener: for peers that have a link already.</summary>
    public HomeAddress Identity => new(_id, Environment.ProcessId, "", Name);

    /// <summary>Who we are and where strangers find us: opens the listener on first use.</summary>
    public HomeAddress Address => new(_id, Environment.ProcessId, _front.Endpoint, Name);

    /// <summary>Where other machines find us, if they do; else where strangers of this machine do.</summary>
    public string PublicEndpoint => _front.Door?.ToString() ?? _front.Endpoint;

    public Instant Now => new(TimeProvider.System.GetElapsedTime(0).Ticks);

    /// <summary>Raised for each process that joins, before any of its commands is delivered.</summary>
    public event Action<Peer>? Joined;

    public long Create(ObjectKind kind, Payload options, out MemoryBlock? cell)
    {
        cell = kind.CellBytes > 0 ? Memory.Allocate(kind.CellBytes) : null;
        var block = cell;
        var state = kind.CreateState(options, block);
        var actor = Actors.Spawn(() => new ObjectActor(this, state), dispatcher: Dispatcher.Inline);
        long id = Interlocked.Increment(ref _lastObject);
        lock (_gate)
        {
            _objects.Add(id, new HomeObject(kind, actor, cell) { HoldsReferences = kind.KeepsValues && ReferenceMark.IsIn(options.Bytes.Span) });
        }

        return id;
    }

    /// <summary>Gives a number to an object that is memory alone.</summary>
    public long AddMemory(string type, long bytes)
    {
        long id = Interlocked.Increment(ref _lastObject);
        lock (_gate)
        {
            _blocks.Add(id, new HomeBlock(type, bytes));
        }

        return id;
    }

    /// <summary>Ends an object: calls that wait for it and calls to come are told that it is gone.</summary>
    public void Remove(long id)
    {
        HomeObject? removed;
        lock (_gate)
        {
            _objects.Remove(id, out removed);
            _blocks.Remove(id);
        }

        if (removed is not null)
        {
            using (Reactor.EnterHandler())
            {
                removed.Actor.StopGracefully();
            }
        }
    }

    /// <summary>A command from this process.</summary>
    public void DeliverLocal(Caller caller, long target, ICommand command)
    {
        if (Find(target) is not { } found)
        {
            Answer(caller, Objects.Answer.ObjectGone);
            return;
        }

        found.HoldsReferences |= found.Kind.KeepsValues;

        // The actor may run on this thread, and what it sends to other processes must not block it.
        using (Reactor.EnterHandler())
        {
            found.Actor.Tell(new Delivery(caller, command));
        }
    }

    /// <summary>A command from another process; malformed bytes are that connection's error, never the object's.</summary>
    public void Deliver(Peer peer, Caller caller, long target, ref WireReader reader)
    {
        if (Find(target) is not { } found)
        {
            Answer(caller, Objects.Answer.ObjectGone);
            return;
        }

        var command = reader;
        if (found.Cell is { } cell && command.Byte() == CellLook.Tag)
        {
            found.Actor.Tell(new Delivery(caller, new CellLook(cell)));
            return;
        }

        if (found.Kind.KeepsValues && !found.HoldsReferences)
        {
            found.HoldsReferences = ReferenceMark.IsIn(command.Rest());
            reader.HasNoReferences = !found.HoldsReferences;
        }

        found.Actor.Tell(new Delivery(caller, found.Kind.ReadCommand(ref reader)));
    }

    /// <summary>Has an object say which others of this home it refers to; false when it refers to none.</summary>
    public bool Survey(long id, Action<IReadOnlyList<long>> answer)
    {
        if (Find(id) is not { HoldsReferences: true } found)
        {
            return false;
        }

        found.Actor.Tell(new Survey(_id, answer));
        return true;
    }

    /// <summary>Ends an object that nobody can reach, and frees its cell, which nobody can write to any more.</summary>
    public void Collect(long id)
    {
        var cell = Find(id)?.Cell;
        Remove(id);
        if (cell is { } block)
        {
            Memory.Free(block, wasSent: false);
        }
    }

    /// <summary>Whether a process is still there or may come back, or this one is meant.</summary>
    public bool Knows(int process) => process == Caller.HomeProcess || FindPeer(process) is not null || _sessions.Has(process);

    /// <summary>Opens the listener at a path of the user's choice.</summary>
    public void ListenAt(string path) => _front.ListenAt(path);

    /// <summary>Opens a door for other machines.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">The address cannot be listened at.</exception>
    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls) => _front.ListenAt(host, port, key, tls);

    /// <summary>The home at a path or an endpoint of another machine, whoever it is.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not the given one.</exception>
    public Peer Reach(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls) => _front.Connect(endpoint, key, tls);

    /// <summary>A home of another machine is found where this process found it, whatever it calls itself.</summary>
    public HomeAddress AsReached(HomeAddress address) => _front.AsReached(address);

    /// <summary>Says goodbye to all processes of other machines, which else would wait for this one to come back.</summary>
    public void Leave()
    {
        Peer[] remote;
        lock (_gate)
        {
            remote = [.. _peersByNumber.Values.Where(static peer => !peer.SharesMachine)];
        }

        _front.CloseDoor();
        Array.ForEach(remote, static peer => peer.Close());

        // A process that ends at once may take its farewell with it, when something has come that it did not read.
        SpinWait.SpinUntil(() => Array.TrueForAll(remote, static peer => peer.IsLost), TimeSpan.FromSeconds(1));
    }

    /// <summary>What an object is, for who lists them.</summary>
    public string? KindOf(long id) => Find(id)?.Kind.Name;

    public void CancelCall(Caller waiter, long target)
    {
        if (Find(target) is { } found)
        {
            using (Reactor.EnterHandler())
            {
                found.Actor.Tell(new LifeCommand.CallCancelled(waiter));
            }
        }
    }

    public void Answer(Caller caller, in Answer answer)
    {
        if (!caller.WantsAnswer)
        {
            return;
        }

        if (caller.IsHome)
        {
            CallTable.Current.Finish(caller.Call, answer);
        }
        else if (FindPeer(caller.Process) is { IsLost: false } peer)
        {
            peer.TryAnswer(caller.Call, answer);
        }
    }

    /// <summary>Takes in a process that has proved itself: gives it a number, for good.</summary>
    public Peer Join(ILink link)
    {
        Peer peer;
        lock (_gate)
        {
            int number = checked(++_lastProcess);
            peer = new Peer(this, link, number);
            _peersByNumber.Add(number, peer);
        }

        CallSites.Serve(peer);
        ProcessNumbers.Serve(this, peer);
        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>
    /// Takes in a process of another machine that has proved itself. Its session is a number that it made up: with the same one it gets back the number that it had, and what
    /// it held.
    /// </summary>
    public Peer Join(ILink link, Guid session)
    {
        Peer? before;
        Peer peer;
        using var _ = _comingAndGoing.EnterScope();
        lock (_gate)
        {
            int number = _sessions.Begin(session, () => checked(++_lastProcess));
            peer = new Peer(this, link, number) { Session = session };
            _peersByNumber.Remove(number, out before);
            _peersByNumber.Add(number, peer);
            RemoveById_UnderGate(before);
        }

        if (before is not null)
        {
            // It has noticed the break before we did.
            before.Close();
            TellAll(new LifeCommand.ConnectionCut(peer.Number));
        }

        Joined?.Invoke(peer);
        return peer;
    }

    /// <summary>The peer has said who it is: facades of its objects find it from now on.</summary>
    public void Introduced(Peer peer)
    {
        lock (_gate)
        {
            _peersById.TryAdd(peer.Address!.Id, peer);
        }
    }

    /// <summary>The process is gone: its objects fail, and what it held in ours comes back - unless it may come back itself.</summary>
    public void Forget(Peer peer)
    {
        ProcessNumbers.Forget(peer);
        bool mayComeBack = peer is { Session: not null, MayComeBack: true };
        using var _ = _comingAndGoing.EnterScope();
        lock (_gate)
        {
            if (!_peersByNumber.TryGetValue(peer.Number, out var current) || !ReferenceEquals(current, peer))
            {
                return;
            }

            _peersByNumber.Remove(peer.Number);
            RemoveById_UnderGate(peer);
            if (mayComeBack)
            {
                _sessions.Suspend(peer.Session!.Value, Connections.SessionLease);
            }
            else if (peer.Session is { } session)
            {
                _sessions.End(session);
            }
        }

        BlockFolder.SweepSoon();
        TellAll(mayComeBack ? new LifeCommand.ConnectionCut(peer.Number) : new LifeCommand.ProcessGone(peer.Number));
    }

    /// <summary>Is this one of our own addresses?</summary>
    public bool IsSelf(HomeAddress address) => address.Id == _id;

    /// <summary>The peer at an address: the one we know, or a new connection.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours.</exception>
    public Peer Reach(HomeAddress address) => Known(address) ?? _front.Connect(address);

    public Peer? Known(HomeAddress address)
    {
        lock (_gate)
        {
            return _peersById.TryGetValue(address.Id, out var known) && !known.IsLost ? known : null;
        }
    }

    /// <summary>All objects that have a state, as they are at the moment.</summary>
    public KeyValuePair<long, HomeObject>[] AllObjects()
    {
        lock (_gate)
        {
            return [.. _objects];
        }
    }

    /// <summary>All objects that are memory alone.</summary>
    public KeyValuePair<long, HomeBlock>[] AllBlocks()
    {
        lock (_gate)
        {
            return [.. _blocks];
        }
    }

    /// <summary>The system's number of a process; 0 when it is not known (any more).</summary>
    public int PidOf(int process) => process == Caller.HomeProcess ? Environment.ProcessId : FindPeer(process)?.Address?.Pid ?? 0;

    /// <summary>A look at an object.</summary>
    public void Deliver(HomeObject target, Inspection inspection)
    {
        using (Reactor.EnterHandler())
        {
            target.Actor.Tell(inspection);
        }
    }

    /// <summary>The lease of a process that did not come back is over.</summary>
    private void EndSession(int number) => TellAll(new LifeCommand.ProcessGone(number));

    private void TellAll(LifeCommand command)
    {
        HomeObject[] objects;
        lock (_gate)
        {
            objects = [.. _objects.Values];
        }

        using (Reactor.EnterHandler())
        {
            foreach (var each in objects)
            {
                each.Actor.Tell(command);
            }
        }
    }

    private void RemoveById_UnderGate(Peer? peer)
    {
        if (peer?.Address is { } address && _peersById.TryGetValue(address.Id, out var known) && ReferenceEquals(known, peer))
        {
            _peersById.Remove(address.Id);
        }
    }

    /// <summary>A command that was under way to its object when that ended: its caller must not wait for ever.</summary>
    private void AnswerForTheGone(DeadLetter letter)
    {
        if (letter.Message is Delivery delivery)
        {
            Answer(delivery.Caller, Objects.Answer.ObjectGone);
        }
        else if (letter.Message is Inspection inspection)
        {
            inspection.Done.TrySetResult(null);
        }
        else if (letter.Message is Survey survey)
        {
            survey.Found([]);
        }
    }

    private HomeObject? Find(long id)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(id);
        }
    }

    /// <summary>The process with this number, if it is still there.</summary>
    public Peer? PeerOf(int process) => FindPeer(process);

    private Peer? FindPeer(int number)
    {
        lock (_gate)
        {
            return _peersByNumber.GetValueOrDefault(number);
        }
    }
}

/// <summary>An object of a home: its kind, the actor that owns its state, and its mapped cell if it has one.</summary>
internal sealed record HomeObject(ObjectKind Kind, ActorRef Actor, MemoryBlock? Cell)
{
    private volatile bool _holdsReferences;

    /// <summary>Whether it was ever given a value that refers to another counted object.</summary>
    public bool HoldsReferences
    {
        get => _holdsReferences;
        set => _holdsReferences = value;
    }
}

/// <summary>An object of a home that is memory alone: what it is, and its size.</summary>
internal sealed record HomeBlock(string Type, long Bytes);
