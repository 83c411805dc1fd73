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
internal sealed partial class Home
{
    private static readonly Lazy<Home> s_current = new(() => new Home(), LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly Guid _id = Guid.NewGuid();

    // Made at the first use: most children need none of them, and to load what they consist of takes a tenth of a child's boot.
    private ActorSystem? _actors;
    private HomeObjects? _objects;
    private HomeMemory? _memory;
    private HomeDescriptors? _descriptors;
    private HeldObjects? _held;
    private HomeKeys? _keys;
    private Front? _front;

    private Home()
    {
        Peers = new HomePeers(this, TellAll);
        Deadlocks = new DeadlockWatch(this);
        Serializer.ReferencesPacked = bytes => Held.Attach(bytes);
    }

    public static Home Current => s_current.Value;

    public HomeObjects Objects => _objects ?? Interlocked.CompareExchange(ref _objects, new HomeObjects(), null) ?? _objects;

    public HomePeers Peers { get; }

    public ActorSystem Actors => _actors ?? MakeActors();

    public HomeMemory Memory => _memory ?? Interlocked.CompareExchange(ref _memory, new HomeMemory(), null) ?? _memory;

    public HomeDescriptors Descriptors => _descriptors ?? Interlocked.CompareExchange(ref _descriptors, new HomeDescriptors(), null) ?? _descriptors;

    /// <summary>What this process keeps alive in homes that count.</summary>
    public HeldObjects Held => _held ?? Interlocked.CompareExchange(ref _held, new HeldObjects(this), null) ?? _held;

    /// <summary>What this process is called in the messages of others; empty: by its number.</summary>
    public string Name { get; set; } = "";

    public ConnectionOptions Connections { get; set; } = new();

    /// <summary>Those of homes that have another key than this process.</summary>
    public HomeKeys Keys => _keys ?? Interlocked.CompareExchange(ref _keys, new HomeKeys(), null) ?? _keys;

    public CallSites CallSites { get; } = new();

    public ProcessNumbers ProcessNumbers { get; } = new();

    /// <summary>Looks for deadlocks by itself, when it is told whom to tell.</summary>
    public DeadlockWatch Deadlocks { get; }

    private Front Front => _front ?? Interlocked.CompareExchange(ref _front, new Front(this), null) ?? _front;

    public Guid Id => _id;

    /// <summary>Who we are, without a listener: for peers that have a link already.</summary>
    public HomeAddress Identity => new(_id, Environment.ProcessId, "", Name);

    /// <summary>Who we are and where strangers find us: opens the listener on first use.</summary>
    public HomeAddress Address => new(_id, Environment.ProcessId, Front.Endpoint, Name);

    /// <summary>Where other machines find us, if they do; else where strangers of this machine do.</summary>
    public string PublicEndpoint => Front.Door?.ToString() ?? Front.Endpoint;

    public Instant Now => new(TimeProvider.System.GetElapsedTime(0).Ticks);

    public long Create(ObjectKind kind, Payload options, out MemoryBlock? cell)
    {
        cell = kind.CellBytes > 0 ? Memory.Allocate(kind.CellBytes) : null;
        var block = cell;
        var state = kind.CreateState(options, block);
        var actor = Actors.Spawn(() => new ObjectActor(this, state), dispatcher: Dispatcher.Inline);
        return Objects.Add(new HomeObject(kind, actor, cell) { HoldsReferences = kind.KeepsValues && ReferenceMark.IsIn(options.Bytes.Span) });
    }

    /// <summary>Ends an object: calls that wait for it and calls to come are told that it is gone.</summary>
    public void Remove(long id)
    {
        if (Objects.Remove(id) is { } removed)
        {
            using (Reactor.EnterHandler())
            {
                removed.Actor.StopGracefully();
            }
        }
    }

    /// <summary>Ends an object that nobody can reach, and frees its cell, which nobody can write to any more.</summary>
    public void Collect(long id)
    {
        var cell = Objects.Find(id)?.Cell;
        Remove(id);
        if (cell is { } block)
        {
            Memory.Free(block, wasSent: false);
        }
    }

    /// <summary>Whether a process is still there or may come back, or this one is meant.</summary>
    public bool Knows(int process) => process == Caller.HomeProcess || Peers.Expects(process);

    /// <summary>Opens the listener at a path of the user's choice.</summary>
    public void ListenAt(string path) => Front.ListenAt(path);

    /// <summary>Opens a door for other machines.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="IOException">The address cannot be listened at.</exception>
    public RemoteEndpoint ListenAt(string host, int port, ReadOnlyMemory<byte> key, TlsOptions tls) => Front.ListenAt(host, port, key, tls);

    /// <summary>The home at a path or an endpoint of another machine, whoever it is.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not the given one.</exception>
    public Peer Reach(string endpoint, ReadOnlyMemory<byte> key, TlsOptions tls) => Front.Connect(endpoint, key, tls);

    /// <summary>A home of another machine is found where this process found it, whatever it calls itself.</summary>
    public HomeAddress AsReached(HomeAddress address) => Front.AsReached(address);

    /// <summary>Says goodbye to all processes of other machines, which else would wait for this one to come back.</summary>
    public void Leave()
    {
        Front.CloseDoor();
        Peers.Leave();
    }

    /// <summary>Lets go of the memory of a home that is gone, as far as no facade uses it.</summary>
    public void ForgetMemoryOf(Guid home) => _memory?.Forget(home);

    /// <summary>Is this one of our own addresses?</summary>
    public bool IsSelf(HomeAddress address) => address.Id == _id;

    /// <summary>The peer at an address: the one we know, or a new connection.</summary>
    /// <exception cref="ConnectionLostException">Nobody is there.</exception>
    /// <exception cref="AuthenticationException">Its key is not ours.</exception>
    public Peer Reach(HomeAddress address) => Peers.Known(address) ?? Front.Connect(address);

    /// <summary>The system's number of a process; 0 when it is not known (any more).</summary>
    public int PidOf(int process) => process == Caller.HomeProcess ? Environment.ProcessId : Peers.Find(process)?.Address?.Pid ?? 0;

    private ActorSystem MakeActors()
    {
        var fresh = new ActorSystem("home");
        fresh.DeadLettered += AnswerForTheGone;
        return Interlocked.CompareExchange(ref _actors, fresh, null) ?? fresh;
    }
}
