using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>
/// A facade's reference to its object: in this process the actor itself, elsewhere the peer that is its node, found on first use. When a facade is sent, this
/// handle is what is sent; the receiver finds its own route.
/// </summary>
internal sealed partial class ObjectHandle
{
    // The forms of an address on the wire.
    private const byte Plain = 0;
    private const byte Counted = 1;
    private const byte Named = 2;
    private const byte NameOnly = 3;

    [ThreadStatic]
    private static Node? s_reader;

    [ThreadStatic]
    private static int s_guest;

    private readonly Node _here;
    private readonly bool _isLocal;
    private readonly NodeAddress? _node;
    private readonly ObjectMemory _memory;
    private readonly bool _isCounted;
    private readonly int _guest;
    private readonly Lease? _lease;
    private readonly NamedReference? _named;
    private Peer? _peer;
    private bool? _isFar;
    private volatile bool _disposed;

    /// <summary>Refers to an object of this node.</summary>
    public ObjectHandle(Node here, long id, MemoryBlock? cell, bool isCounted = false)
    {
        _here = here;
        Id = id;
        _isCounted = isCounted;
        _isLocal = true;
        _memory = new ObjectMemory(cell);
    }

    private ObjectHandle(Node here, long id, int guest)
    {
        _here = here;
        Id = id;
        _isLocal = true;
        _guest = guest;
        _memory = new ObjectMemory(made: null);
    }

    private ObjectHandle(Node here, long id, NamedReference named)
    {
        _here = here;
        Id = id;
        _isLocal = true;
        _named = named;
        _memory = new ObjectMemory(MemoryAddress.Relayed, default);
    }

    private ObjectHandle(Node here, NodeAddress node, long id, NamedReference named)
        : this(here, node, id, MemoryAddress.Relayed) => _named = named;

    /// <summary>Refers to an object that this node relays to, and that is known by a name elsewhere. Disposing the handle does not end the object.</summary>
    public static ObjectHandle ToRelay(Node here, long id, NamedReference named) => new(here, id, named);

    /// <summary>Refers to an object that a node relays to, for use in this one.</summary>
    public static ObjectHandle ToRelay(Node here, NodeAddress node, long id, NamedReference named) =>
        here.IsSelf(node) ? new(here, id, named) : new(here, node, id, named);

    /// <summary>Refers to an object of any node, for use in this one.</summary>
    public ObjectHandle(Node here, NodeAddress node, long id, MemoryAddress cell, bool isCounted = false, bool isNew = false)
    {
        _here = here;
        Id = id;
        _isCounted = isCounted;
        _node = _here.AsReached(node);
        _lease = isCounted ? _here.Held.Take(_node, id, isNew) : null;
        _isLocal = _here.IsSelf(node);
        _memory = new ObjectMemory(cell, _isLocal && !cell.IsNone && cell != MemoryAddress.Relayed ? _here.Memory.Own(cell) : default);
    }

    public long Id { get; }

    /// <summary>The type of the facade, for error texts.</summary>
    public Type? Facade { get; set; }

    public bool IsDisposed => _disposed;

    public bool IsLocal => _isLocal;

    /// <summary>Whether the object's node is a manager, which counts the processes that refer to the object.</summary>
    public bool IsCounted => _isCounted;

    /// <summary>Whether disposing this handle would end the object, which has not happened yet.</summary>
    public bool OwnsObject => _isLocal && _node is null && _guest == 0 && !_disposed && !IsRelayed;

    /// <summary>Whether the node only relays to the object, which a cluster owns: every operation is a message, also in the node itself.</summary>
    public bool IsRelayed => _memory.Address == MemoryAddress.Relayed;

    /// <summary>The number under which the object's node knows this process, or the guest that this handle acts for.</summary>
    public int OurNumber => _isLocal ? _guest : Peer.OurNumber;

    /// <summary>Whether the node takes back what it grants when its holder ends, so that it must be told what has arrived.</summary>
    public bool MustAcknowledge => !_isLocal || _guest != 0 || IsRelayed;

    /// <summary>Watches for the moment from which what this process holds of the object may be given to others.</summary>
    /// <returns>Null when that does not happen while it lives: for objects that are of one node for good.</returns>
    /// <exception cref="ConnectionLostException">The node cannot be asked.</exception>
    public LossToken? WatchForLoss() => _named is null ? null : _here.Names.WatchOf(_named.Space, _isLocal ? null : _node).Enter();

    /// <summary>Where the object stands in an order of all objects that is the same in all processes.</summary>
    public string Order => _named is null ? $"{NodeId:N}/{Id:x16}" : $"{_named.Space}/{_named.Name}";

    public int IdentityHash => HashCode.Combine(NodeId, Id, _memory.Address);

    /// <summary>The node that the object lives in.</summary>
    public Guid NodeId => _isLocal ? _here.Id : _node!.Id;

    private Peer Peer
    {
        get
        {
            ThrowIfDisposed();
            var peer = _peer;
            return peer is not null && !(peer.IsLost && peer.MayComeBack) ? peer : _peer = Connect();
        }
    }

    private Peer Connect()
    {
        var limit = WaitLimit.OfThread;
        return limit.IsNone ? _here.Reach(_node!) : ConnectWithin(limit);
    }

    /// <summary>Whether the object's node is on this machine.</summary>
    public bool IsOnThisMachine => !IsRelayed && (_isLocal || Peer.SharesMachine);

    /// <summary>Whether the object's node is on this machine, as far as that is known without connecting.</summary>
    public bool IsKnownNear => _isLocal || _peer is { SharesMachine: true };

    /// <summary>Refers to another object of the same node, which exists as long as the node.</summary>
    public ObjectHandle Beside(long id) => _isLocal ? new ObjectHandle(_here, id, cell: null) : new ObjectHandle(_here, _node!, id, MemoryAddress.None);

    /// <summary>Whether the object is in another process of this machine that is connected now.</summary>
    public bool IsNear => !IsRelayed && _peer is { SharesMachine: true, IsLost: false };

    /// <summary>Returns the process id of a process that the object's node knows by number; 0 when it has ended.</summary>
    public int PidOf(int process) => _isLocal ? _here.PidOf(process)
        : process == OurNumber ? Environment.ProcessId
        : process == Caller.LocalProcess ? _node!.Pid
        : _here.ProcessNumbers.Ask(Peer, process);

    /// <summary>Raised once by <see cref="Dispose"/>, for facades that keep the address of the memory.</summary>
    public event Action? Ended;

    public void WriteTo(WireWriter writer)
    {
        ThrowIfDisposed();
        if (writer.OutlivesProcesses && _named is null)
        {
            throw new UnsendableException(
                "lives in a process, which what it is put into outlives: store an object of the cluster, or a value of your own by which it can be found");
        }

        _memory.MarkSent();
        WriteForm(writer);
        if (writer.OutlivesProcesses)
        {
            return;
        }

        (_node ?? _here.Address).WriteTo(writer);
        writer.VarUInt((ulong)Id);
        writer.VarUInt((ulong)_memory.Address.Segment);
        writer.VarUInt((ulong)_memory.Address.Offset);
        writer.VarUInt((ulong)_memory.Address.Size);
    }

    private void WriteForm(WireWriter writer)
    {
        if (_named is not null)
        {
            writer.Byte(writer.OutlivesProcesses ? NameOnly : Named);
            _named.WriteTo(writer);
        }
        else if (_isCounted)
        {
            writer.Byte(Counted);
            writer.Raw(ReferenceMark.Bytes);
            writer.HoldsReferences = true;
        }
        else
        {
            writer.Byte(Plain);
        }
    }

    /// <summary>Whether another handle refers to the same object: by number or, for plain memory, which has none, by address.</summary>
    public bool IsSameObject(ObjectHandle other) => Id == other.Id && NodeId == other.NodeId && _memory.Address == other._memory.Address;

    /// <summary>Reads facades for a node beside that of the process, on this thread: for tests, whose nodes share a process.</summary>
    public static T ReadFor<T>(Node node, Func<T> read)
    {
        s_reader = node;
        try
        {
            return read();
        }
        finally
        {
            s_reader = null;
        }
    }

    /// <summary>
    /// Reads facades of this node's objects on behalf of a guest, on this thread: their calls are the guest's, and never use a cell. They do not keep their
    /// objects alive.
    /// </summary>
    public static T ReadAs<T>(int guest, Func<T> read)
    {
        s_guest = guest;
        try
        {
            return read();
        }
        finally
        {
            s_guest = 0;
        }
    }

    /// <summary>Reads a handle out of a value: it belongs to the node of this process.</summary>
    /// <remarks>When the object was just created for this process, <paramref name="isNew"/>, its keeper counts this process already.</remarks>
    public static ObjectHandle ReadFrom(ref WireReader reader, bool isNew = false)
    {
        byte form = reader.Byte();
        if (form > NameOnly)
        {
            throw new SerializationException($"Malformed address: {form} is not a form of it. It is of a newer version: update this process.");
        }

        var here = s_reader ?? Multiproc.Nodes.Node.Current;
        var named = form is Named or NameOnly ? NamedReference.ReadFrom(ref reader) : null;
        if (form == NameOnly)
        {
            return here.Names.Resolve(named!, sent: null);
        }

        bool isCounted = form == Counted;
        if (isCounted && !reader.Raw(ReferenceMark.Bytes.Length).SequenceEqual(ReferenceMark.Bytes))
        {
            throw new SerializationException("Malformed address: a counted object without its mark.");
        }

        var node = NodeAddress.ReadFrom(ref reader);
        ulong id = reader.VarUInt();
        if (id > long.MaxValue)
        {
            throw new SerializationException($"Malformed address: {id} is not an object number.");
        }

        var memory = new MemoryAddress((long)reader.VarUInt(), (long)reader.VarUInt(), (long)reader.VarUInt());
        if (s_guest != 0 && named is null && here.IsSelf(node))
        {
            return new ObjectHandle(here, (long)id, s_guest);
        }

        return named is null ? new ObjectHandle(here, node, (long)id, memory, isCounted, isNew) : here.Names.Resolve(named, (node, (long)id));
    }

    /// <summary>Ends the object if it lives in this process; elsewhere only releases this handle.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        bool owned = OwnsObject;
        _disposed = true;

        // Before the memory goes: a facade that looked it up meanwhile sees the mark, or is notified here.
        Interlocked.MemoryBarrier();
        Ended?.Invoke();
        _lease?.Dispose();
        if (owned)
        {
            _here.Remove(Id);
            _memory.Free(_here.Memory);
        }

        _memory.End();
    }

    public void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw Disposed();
        }
    }

    // A method of its own, so that the check at each use is small enough to be inlined.
    private ObjectDisposedException Disposed() => new(
        $"{(Facade is { } facade ? facade.Name.Split('`')[0] : "Object")} ({ToString()})",
        "It was disposed in this process. Dispose a shared object after its last use, and in its node last of all.");

    public override string ToString() => _named is not null ? $"'{_named.Name}' of a cluster" : $"object {Id} of {(object?)_node ?? "this process"}";
}
