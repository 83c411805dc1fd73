using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers;

/// <summary>
/// A facade's way to its object: in this process the actor itself, elsewhere the peer that is its node, found on first use.
/// What is sent is this handle; the receiver finds its own way.
/// </summary>
internal sealed partial class ObjectHandle
{
    private readonly Node _here = Multiproc.Nodes.Node.Current;
    private readonly bool _isLocal;
    private readonly NodeAddress? _node;
    private readonly ObjectMemory _memory;
    private readonly bool _isCounted;
    private readonly Lease? _lease;
    private Peer? _peer;
    private bool? _isFar;
    private volatile bool _disposed;

    /// <summary>An object of this process.</summary>
    public ObjectHandle(long id, MemoryBlock? cell, bool isCounted = false)
    {
        Id = id;
        _isCounted = isCounted;
        _isLocal = true;
        _memory = new ObjectMemory(cell);
    }

    /// <summary>An object of any process.</summary>
    public ObjectHandle(NodeAddress node, long id, MemoryAddress cell, bool isCounted = false, bool isNew = false)
    {
        Id = id;
        _isCounted = isCounted;
        _node = _here.AsReached(node);
        _lease = isCounted ? _here.Held.Take(_node, id, isNew) : null;
        _isLocal = _here.IsSelf(node);
        _memory = new ObjectMemory(cell, _isLocal && !cell.IsNone ? _here.Memory.Own(cell) : default);
    }

    public long Id { get; }

    /// <summary>What users know it as; for messages.</summary>
    public Type? Facade { get; set; }

    public bool IsDisposed => _disposed;

    public bool IsLocal => _isLocal;

    /// <summary>Whether disposing this ends the object, and has not done so.</summary>
    public bool OwnsObject => _isLocal && _node is null && !_disposed;

    /// <summary>The number under which the object's node knows this process.</summary>
    public int OurNumber => _isLocal ? Caller.LocalProcess : Peer.OurNumber;

    public int IdentityHash => HashCode.Combine(NodeId, Id, _memory.Address);

    private Guid NodeId => _isLocal ? _here.Id : _node!.Id;

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
    public bool IsOnThisMachine => _isLocal || Peer.SharesMachine;

    /// <summary>The same, without a connection being made to find out.</summary>
    public bool IsKnownNear => _isLocal || _peer is { SharesMachine: true };

    /// <summary>Another object of the same node, which is there as long as that.</summary>
    public ObjectHandle Beside(long id) => _isLocal ? new ObjectHandle(id, null) : new ObjectHandle(_node!, id, MemoryAddress.None);

    /// <summary>Whether the object is in another process of this machine, to which there is a connection now.</summary>
    public bool IsNear => _peer is { SharesMachine: true, IsLost: false };

    /// <summary>The system's number of a process that the object's node knows by a number of its own; 0 when it has ended.</summary>
    public int PidOf(int process) => _isLocal ? _here.PidOf(process)
        : process == OurNumber ? Environment.ProcessId
        : process == Caller.LocalProcess ? _node!.Pid
        : _here.ProcessNumbers.Ask(Peer, process);

    /// <summary>Raised once by <see cref="Dispose"/>, for facades that remember where the memory is.</summary>
    public event Action? Ended;

    public void WriteTo(WireWriter writer)
    {
        ThrowIfDisposed();
        _memory.MarkSent();
        writer.Bool(_isCounted);
        if (_isCounted)
        {
            writer.Raw(ReferenceMark.Bytes);
            writer.HoldsReferences = true;
        }

        (_node ?? _here.Address).WriteTo(writer);
        writer.VarUInt((ulong)Id);
        writer.VarUInt((ulong)_memory.Address.Segment);
        writer.VarUInt((ulong)_memory.Address.Offset);
        writer.VarUInt((ulong)_memory.Address.Size);
    }

    /// <summary>Plain memory has no object number, but a place of its own.</summary>
    public bool IsSameObject(ObjectHandle other) => Id == other.Id && NodeId == other.NodeId && _memory.Address == other._memory.Address;

    /// <remarks>When it was just made for us, <paramref name="isNew"/>, its keeper counts us already.</remarks>
    public static ObjectHandle ReadFrom(ref WireReader reader, bool isNew = false)
    {
        bool isCounted = reader.Bool();
        if (isCounted && !reader.Raw(ReferenceMark.Bytes.Length).SequenceEqual(ReferenceMark.Bytes))
        {
            throw new SerializationException("Malformed address: a counted object without its mark.");
        }

        var node = NodeAddress.ReadFrom(ref reader);
        ulong id = reader.VarUInt();
        if (id > long.MaxValue)
        {
            throw new SerializationException($"Malformed address: {id} is no object.");
        }

        return new ObjectHandle(node, (long)id, new MemoryAddress((long)reader.VarUInt(), (long)reader.VarUInt(), (long)reader.VarUInt()), isCounted, isNew);
    }

    /// <summary>In the object's own process this ends the object; elsewhere only this way to it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        bool owned = OwnsObject;
        _disposed = true;

        // Before the memory goes: a facade that looked it up meanwhile sees the mark, or is told here.
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

    // Apart, so that what asks at each use is small enough to be inlined.
    private ObjectDisposedException Disposed() => new(
        $"{(Facade is { } facade ? facade.Name.Split('`')[0] : "Object")} ({ToString()})", "It was disposed in this process: dispose of a shared object after its last use, in its node last of all.");

    public override string ToString() => $"object {Id} of {(object?)_node ?? "this process"}";
}
