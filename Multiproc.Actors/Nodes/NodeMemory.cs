using Multiproc.SharedMemory;

namespace Multiproc.Nodes;

/// <summary>The address of a piece of mapped memory: a segment of some node, and the place in it.</summary>
internal readonly record struct MemoryAddress(long Segment, long Offset, long Size)
{
    public static readonly MemoryAddress None = default;

    /// <summary>
    /// The address of an object that its node only relays to: the object is owned by whichever process a cluster chooses, and has no memory that could be
    /// mapped.
    /// </summary>
    public static readonly MemoryAddress Relayed = new(-1, 0, 1024);

    public bool IsNone => Size == 0;

    /// <summary>Whether the segment holds nothing else: then its mapping ends with its last user.</summary>
    public bool HasOwnSegment => Heap.HasOwnSegment(Size);
}

/// <summary>
/// A place in this process's memory, and the mapping to release after use; null for this node's own small blocks, which stay mapped.
/// </summary>
internal readonly record struct MappedPlace(nint Pointer, SegmentMapping? Mapping);

/// <summary>A process whose memory can be mapped.</summary>
internal interface IMemoryOwner
{
    /// <summary>Whether the process is gone.</summary>
    bool IsLost { get; }

    /// <summary>Asks for a segment and waits for it.</summary>
    MappedMemory FetchMemory(long segment);
}

/// <summary>The mapped memory that this node owns, and the mappings of other nodes' segments in this process.</summary>
internal sealed class NodeMemory
{
    /// <summary>The size that is sent to a process that asks for a segment which is gone: no segment is so small.</summary>
    private static readonly Retried<MappedMemory> s_tombstone = new(static () => MappedMemory.Create(1));

    private readonly Heap _heap = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, ForeignSegments> _foreign = [];

    /// <summary>The bytes that this node's objects use, and the bytes mapped for them.</summary>
    public (long Used, long Mapped) Usage => _heap.Usage;

    /// <exception cref="MultiprocException">There is not enough shared memory.</exception>
    public MemoryBlock Allocate(long size) => _heap.Allocate(size);

    /// <summary>Takes back the block of an object that has ended.</summary>
    /// <param name="block">The block.</param>
    /// <param name="wasSent">
    /// Whether another process got the block. It may still write to a small block, which is then not used again; the pages of a large one stay with that
    /// process.
    /// </param>
    public void Free(MemoryBlock block, bool wasSent) => _heap.Free(block, reuse: !wasSent);

    /// <summary>Finds this node's own memory by an address that was sent to another process and came back.</summary>
    /// <returns>An empty place when the memory is gone.</returns>
    public MappedPlace Own(MemoryAddress address)
    {
        if (Enter(address.Segment) is not { } mapping)
        {
            return default;
        }

        try
        {
            return new MappedPlace(Inside(mapping.Memory, address), mapping);
        }
        catch
        {
            mapping.Leave();
            throw;
        }
    }

    /// <summary>Hands out a segment that a peer asks for; the segment is not reused until then.</summary>
    /// <exception cref="SerializationException">There never was such a segment.</exception>
    public void Give(long token, Action<MappedMemory> give)
    {
        if (Enter(token) is not { } mapping)
        {
            give(s_tombstone.Value);
            return;
        }

        try
        {
            give(mapping.Memory);
        }
        finally
        {
            mapping.Leave();
        }
    }

    /// <summary>Maps a piece of another node's memory; a segment is mapped once per process.</summary>
    /// <param name="owner">The process of that node.</param>
    /// <param name="node">The id of the node.</param>
    /// <param name="address">The place in its memory.</param>
    /// <exception cref="ObjectDisposedException">Its node has disposed the object.</exception>
    public MappedPlace Map(IMemoryOwner owner, Guid node, MemoryAddress address)
    {
        if (Known(node, address) is { } known)
        {
            return known;
        }

        var fetched = owner.FetchMemory(address.Segment);
        if (fetched.Size == s_tombstone.Value.Size)
        {
            fetched.Dispose();
            throw new ObjectDisposedException($"memory of {owner}", "Its node has disposed it.");
        }

        lock (_gate)
        {
            if (Known(node, address) is { } other)
            {
                fetched.Dispose();
                return other;
            }

            var mapping = new SegmentMapping(fetched, holdsCells: !address.HasOwnSegment);
            var place = new MappedPlace(Inside(fetched, address), mapping);

            // A lost node is marked first and forgotten then: a segment that it gave just before must not be remembered after that.
            if (!owner.IsLost)
            {
                if (!_foreign.TryGetValue(node, out var segments))
                {
                    _foreign.Add(node, segments = new ForeignSegments());
                }

                segments.Add(address, mapping);
            }

            return place;
        }
    }

    /// <summary>
    /// Releases the segments of a node that is gone. Until then its newest segment of cells stays mapped, since facades of its objects come and go; from now on
    /// each ends with the last facade that uses it.
    /// </summary>
    public void Forget(Guid node)
    {
        ForeignSegments? segments;
        lock (_gate)
        {
            _foreign.Remove(node, out segments);
        }

        segments?.LeaveAll();
    }

    private SegmentMapping? Enter(long token) =>
        _heap.Enter(token) ?? (_heap.IsGone(token) ? null : throw new SerializationException($"Malformed frame: this node has no memory segment {token}."));

    private MappedPlace? Known(Guid node, MemoryAddress address)
    {
        lock (_gate)
        {
            if (!_foreign.TryGetValue(node, out var segments))
            {
                return null;
            }

            if (segments.Find(address) is not { } mapping)
            {
                return null;
            }

            nint pointer = Inside(mapping.Memory, address);
            return mapping.TryEnter() ? new MappedPlace(pointer, mapping) : null;
        }
    }

    /// <summary>Checks an address that came over the wire: it must lie inside the mapped segment.</summary>
    private static unsafe nint Inside(MappedMemory mapped, MemoryAddress address)
    {
        if (address.Offset < 0 || address.Size < 0 || address.Offset > mapped.Size - address.Size)
        {
            throw new SerializationException(
                $"Malformed address: {address.Size} bytes at {address.Offset} do not lie in segment {address.Segment} of {mapped.Size} bytes.");
        }

        return (nint)(mapped.Address + address.Offset);
    }

    /// <summary>
    /// The mapped segments of one other node: each ends with the last facade that uses it, except the newest segment of cells. (Not one dictionary keyed by
    /// node
    /// and segment: the JIT would have to compile it at every boot.)
    /// </summary>
    private sealed class ForeignSegments
    {
        private readonly Dictionary<long, WeakReference<SegmentMapping>> _known = [];
        private SegmentMapping? _newest;

        public SegmentMapping? Find(MemoryAddress address) =>
        _known.TryGetValue(address.Segment, out var known) && known.TryGetTarget(out var mapping) ? mapping : null;

        public void Add(MemoryAddress address, SegmentMapping mapping)
        {
            foreach (var (dead, each) in _known)
            {
                if (!each.TryGetTarget(out _))
                {
                    _known.Remove(dead);
                }
            }

            _known[address.Segment] = new WeakReference<SegmentMapping>(mapping);
            if (!address.HasOwnSegment)
            {
                mapping.TryEnter();
                _newest?.Leave();
                _newest = mapping;
            }
        }

        public void LeaveAll() => _newest?.Leave();
    }
}
