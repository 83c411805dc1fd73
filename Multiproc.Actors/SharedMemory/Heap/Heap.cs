namespace Multiproc.SharedMemory;

/// <summary>A block of mapped memory: its segment, its offset there, and its address in this process.</summary>
internal readonly unsafe record struct MemoryBlock(long SegmentToken, long Offset, long Size, nint Pointer)
{
    public byte* Address => (byte*)Pointer;
}

/// <summary>
/// Allocates cells and arrays in mapped segments. Blocks are multiples of 64 bytes and aligned to 64, so that no two objects
/// share a cache line. Small blocks share segments by size class; a large block has a segment of its own.
/// </summary>
internal sealed unsafe class Heap : IDisposable
{
    private const int Alignment = 64;
    private const int SegmentBytes = 64 * 1024;
    private const int LargestShared = SegmentBytes / 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, MappedMemory> _segments = [];
    private readonly Dictionary<long, Stack<MemoryBlock>> _free = [];
    private long _lastToken;
    private MemoryBlock _rest;

    /// <summary>Bytes in use and bytes mapped.</summary>
    public (long Used, long Mapped) Usage { get; private set; }

    /// <summary>Whether a block of this size is the only one in its segment.</summary>
    public static bool HasOwnSegment(long size) => size > LargestShared;

    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="MultiprocException">The system has too little memory.</exception>
    public MemoryBlock Allocate(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (size > long.MaxValue - Alignment)
        {
            throw new MultiprocException($"{size} bytes of shared memory are more than any system has: request less.");
        }

        long rounded = (size + Alignment - 1) / Alignment * Alignment;
        lock (_gate)
        {
            var block = HasOwnSegment(rounded) ? NewSegment(rounded) : Reuse(rounded) ?? Carve(rounded);
            Usage = (Usage.Used + block.Size, Usage.Mapped);
            return block;
        }
    }

    /// <summary>Frees a block. Other processes may still have it mapped: the pages of a large block live until they unmap it.</summary>
    public void Free(MemoryBlock block)
    {
        if (HasOwnSegment(block.Size))
        {
            Detach(block).Dispose();
            return;
        }

        lock (_gate)
        {
            Usage = (Usage.Used - block.Size, Usage.Mapped);
            PushFree(block);
        }
    }

    /// <summary>Removes a large block from the heap; the caller releases its segment.</summary>
    public MappedMemory Detach(MemoryBlock block)
    {
        lock (_gate)
        {
            _segments.Remove(block.SegmentToken, out var segment);
            Usage = (Usage.Used - block.Size, Usage.Mapped - segment!.Size);
            return segment;
        }
    }

    /// <summary>Whether the segment existed and was freed.</summary>
    public bool IsGone(long token)
    {
        lock (_gate)
        {
            return token > 0 && token <= _lastToken && !_segments.ContainsKey(token);
        }
    }

    public MappedMemory? FindSegment(long token)
    {
        lock (_gate)
        {
            return _segments.GetValueOrDefault(token);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var segment in _segments.Values)
            {
                segment.Dispose();
            }

            _segments.Clear();
            _free.Clear();
            _rest = default;
        }
    }

    private MemoryBlock? Reuse(long size)
    {
        if (!_free.TryGetValue(size, out var blocks) || !blocks.TryPop(out var block))
        {
            return null;
        }

        new Span<byte>(block.Address, (int)size).Clear();
        return block;
    }

    private MemoryBlock Carve(long size)
    {
        if (_rest.Size < size)
        {
            if (_rest.Size > 0)
            {
                PushFree(_rest);
            }

            _rest = NewSegment(SegmentBytes);
        }

        var block = _rest with { Size = size };
        _rest = new MemoryBlock(_rest.SegmentToken, _rest.Offset + size, _rest.Size - size, _rest.Pointer + (nint)size);
        return block;
    }

    private void PushFree(MemoryBlock block)
    {
        if (!_free.TryGetValue(block.Size, out var blocks))
        {
            _free.Add(block.Size, blocks = new Stack<MemoryBlock>());
        }

        blocks.Push(block);
    }

    /// <summary>Maps a segment; if the process has no addresses left, releases retired memory and retries.</summary>
    private static MappedMemory Map(long size)
    {
        try
        {
            return MappedMemory.Create(size);
        }
        catch (MultiprocException) when (RetiredMemory.ReleaseAll())
        {
            return MappedMemory.Create(size);
        }
    }

    private MemoryBlock NewSegment(long size)
    {
        var memory = Map(size);
        long token = ++_lastToken;
        _segments.Add(token, memory);
        Usage = (Usage.Used, Usage.Mapped + memory.Size);
        return new MemoryBlock(token, 0, size, (nint)memory.Address);
    }
}
