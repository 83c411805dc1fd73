using Multiproc.Objects.Peers;
using Multiproc.SharedMemory;

namespace Multiproc.Objects;

/// <summary>Where a piece of mapped memory is: a segment of some home, and the place in it.</summary>
internal readonly record struct MemoryAddress(long Segment, long Offset, long Size)
{
    public static readonly MemoryAddress None = default;

    public bool IsNone => Size == 0;

    /// <summary>Whether nothing else is in the segment: then its mapping ends with its users.</summary>
    public bool HasOwnSegment => Heap.HasOwnSegment(Size);
}

/// <summary>A place in this process's memory, and what must be left when it is used no more; null for what stays mapped.</summary>
internal readonly record struct MappedPlace(nint Pointer, LargeMapping? Mapping);

/// <summary>The mapped memory that this home owns, and the mappings of other homes' segments in this process.</summary>
internal sealed class HomeMemory
{
    /// <summary>What is given to a process that asks for a segment which is gone: no segment is so small.</summary>
    private static readonly Retried<MappedMemory> s_tombstone = new(static () => MappedMemory.Create(1));

    private readonly Heap _heap = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<long, LargeMapping> _ownLarge = [];
    private readonly Dictionary<Guid, ForeignSegments> _foreign = [];

    /// <summary>Bytes of this home's objects, and bytes mapped for them.</summary>
    public (long Used, long Mapped) Usage => _heap.Usage;

    /// <exception cref="MultiprocException">The system has no room for so much shared memory.</exception>
    public MemoryBlock Allocate(long size)
    {
        var block = _heap.Allocate(size);
        if (Heap.HasOwnSegment(block.Size))
        {
            lock (_gate)
            {
                _ownLarge.Add(block.SegmentToken, new LargeMapping(_heap.FindSegment(block.SegmentToken)!));
            }
        }

        return block;
    }

    /// <summary>Takes a block back whose object has ended.</summary>
    /// <param name="block">The block.</param>
    /// <param name="wasSent">Whoever was sent a small block may still write into it: it is not used again. A large one's pages are the others' own.</param>
    public void Free(MemoryBlock block, bool wasSent)
    {
        if (Heap.HasOwnSegment(block.Size))
        {
            LargeMapping? mapping;
            lock (_gate)
            {
                _ownLarge.Remove(block.SegmentToken, out mapping);
            }

            _heap.Detach(block);
            mapping!.Leave();
        }
        else if (!wasSent)
        {
            _heap.Free(block);
        }
    }

    /// <summary>Our own memory, by an address that went around and came back.</summary>
    /// <returns>Nowhere, when it is gone.</returns>
    public MappedPlace Own(MemoryAddress address)
    {
        if (!address.HasOwnSegment)
        {
            return new MappedPlace(Inside(SegmentOf(address.Segment), address), null);
        }

        lock (_gate)
        {
            return _ownLarge.TryGetValue(address.Segment, out var mapping) && mapping.TryEnter()
                ? new MappedPlace(Inside(mapping.Memory, address), mapping)
                : default;
        }
    }

    /// <summary>Gives a segment that a peer asks for; it stays what it is until it is given.</summary>
    /// <exception cref="SerializationException">There never was such a segment.</exception>
    public void Give(long token, Action<MappedMemory> give)
    {
        LargeMapping? mapping;
        lock (_gate)
        {
            if (_ownLarge.TryGetValue(token, out mapping) && !mapping.TryEnter())
            {
                mapping = null;
            }
        }

        if (mapping is null)
        {
            give(_heap.IsGone(token) ? s_tombstone.Value : SegmentOf(token));
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

    /// <summary>Maps a piece of another home's memory; a segment is mapped once per process.</summary>
    /// <exception cref="ObjectDisposedException">Its home has disposed the object.</exception>
    public MappedPlace Map(Peer peer, Guid home, MemoryAddress address)
    {
        if (Known(home, address) is { } known)
        {
            return known;
        }

        var fetched = peer.FetchMemory(address.Segment);
        if (fetched.Size == s_tombstone.Value.Size)
        {
            fetched.Dispose();
            throw new ObjectDisposedException($"memory of {peer}", "Its home has disposed it.");
        }

        lock (_gate)
        {
            if (Known(home, address) is { } other)
            {
                fetched.Dispose();
                return other;
            }

            if (!_foreign.TryGetValue(home, out var segments))
            {
                _foreign.Add(home, segments = new ForeignSegments());
            }

            if (!address.HasOwnSegment)
            {
                segments.Shared.Add(address.Segment, fetched);
                return new MappedPlace(Inside(fetched, address), null);
            }

            segments.ForgetUnused();
            var large = new LargeMapping(fetched);
            segments.Large[address.Segment] = new WeakReference<LargeMapping>(large);
            return new MappedPlace(Inside(fetched, address), large);
        }
    }

    private MappedMemory SegmentOf(long token) =>
        _heap.FindSegment(token) ?? throw new SerializationException($"Malformed frame: this home has no memory segment {token}.");

    private MappedPlace? Known(Guid home, MemoryAddress address)
    {
        lock (_gate)
        {
            if (!_foreign.TryGetValue(home, out var segments))
            {
                return null;
            }

            if (segments.Shared.TryGetValue(address.Segment, out var mapped))
            {
                return new MappedPlace(Inside(mapped, address), null);
            }

            return segments.Large.TryGetValue(address.Segment, out var weak) && weak.TryGetTarget(out var large) && large.TryEnter()
                ? new MappedPlace(Inside(large.Memory, address), large)
                : null;
        }
    }

    /// <summary>The address came over the wire: it must lie inside what is mapped.</summary>
    private static unsafe nint Inside(MappedMemory mapped, MemoryAddress address)
    {
        if (address.Offset < 0 || address.Size < 0 || address.Offset > mapped.Size - address.Size)
        {
            throw new SerializationException(
                $"Malformed address: {address.Size} bytes at {address.Offset} do not lie in segment {address.Segment} of {mapped.Size} bytes.");
        }

        return (nint)(mapped.Address + address.Offset);
    }

    /// <summary>What is mapped of one other home. Not one dictionary by home and segment: the runtime would compile it at every boot.</summary>
    private sealed class ForeignSegments
    {
        public Dictionary<long, MappedMemory> Shared { get; } = [];

        public Dictionary<long, WeakReference<LargeMapping>> Large { get; } = [];

        public void ForgetUnused()
        {
            foreach (var (dead, mapping) in Large)
            {
                if (!mapping.TryGetTarget(out _))
                {
                    Large.Remove(dead);
                }
            }
        }
    }
}
