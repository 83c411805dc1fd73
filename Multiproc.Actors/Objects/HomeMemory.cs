using Multiproc.Objects.Peers;
using Multiproc.SharedMemory;

namespace Multiproc.Objects;

/// <summary>Where a piece of mapped memory is: a segment of some home, and the place in it.</summary>
internal readonly record struct MemoryAddress(long Segment, long Offset, long Size)
{
    public static readonly MemoryAddress None = default;

    public bool IsNone => Size == 0;
}

/// <summary>The mapped memory that this home owns, and the mappings of other homes' segments in this process.</summary>
internal sealed class HomeMemory
{
    private readonly Heap _heap = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<SegmentKey, MappedMemory> _foreign = [];

    /// <exception cref="MultiprocException">The system has no room for so much shared memory.</exception>
    public MemoryBlock Allocate(long size) => _heap.Allocate(size);

    public void Free(MemoryBlock block) => _heap.Free(block);

    /// <summary>Our own memory, by an address that went around and came back.</summary>
    public unsafe byte* Own(MemoryAddress address) => Inside(SegmentOf(address.Segment), address);

    /// <summary>A segment that a peer asks for.</summary>
    /// <exception cref="SerializationException">There is no such segment.</exception>
    public MappedMemory SegmentOf(long token) =>
        _heap.FindSegment(token) ?? throw new SerializationException($"Malformed frame: this home has no memory segment {token}.");

    /// <summary>Maps a piece of another home's memory; a segment is mapped once per process.</summary>
    public unsafe byte* Map(Peer peer, Guid home, MemoryAddress address)
    {
        MappedMemory? mapped;
        lock (_gate)
        {
            _foreign.TryGetValue(new SegmentKey(home, address.Segment), out mapped);
        }

        if (mapped is null)
        {
            var fetched = peer.FetchMemory(address.Segment);
            lock (_gate)
            {
                if (!_foreign.TryGetValue(new SegmentKey(home, address.Segment), out mapped))
                {
                    _foreign.Add(new SegmentKey(home, address.Segment), mapped = fetched);
                }
            }

            if (!ReferenceEquals(mapped, fetched))
            {
                fetched.Dispose();
            }
        }

        return Inside(mapped, address);
    }

    /// <summary>The address came over the wire: it must lie inside what is mapped.</summary>
    private static unsafe byte* Inside(MappedMemory mapped, MemoryAddress address)
    {
        if (address.Offset < 0 || address.Size < 0 || address.Offset > mapped.Size - address.Size)
        {
            throw new SerializationException(
                $"Malformed address: {address.Size} bytes at {address.Offset} do not lie in segment {address.Segment} of {mapped.Size} bytes.");
        }

        return mapped.Address + address.Offset;
    }

    private readonly record struct SegmentKey(Guid Home, long Segment);
}
