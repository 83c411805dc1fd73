using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory;

/// <summary>
/// A block of mapped memory: its segment, its offset there, and its address in this process, which stays mapped as long as the block is reachable.
/// </summary>
internal readonly unsafe record struct MemoryBlock(long SegmentToken, long Offset, long Size, nint Pointer, SegmentMapping Segment)
{
    public byte* Address => (byte*)Pointer;
}

/// <summary>
/// Allocates cells and arrays in mapped segments. Blocks are multiples of 64 bytes and aligned to 64, so that no two objects
/// share a cache line. Small blocks share segments by size class; a large block has a segment of its own.
/// </summary>
/// <remarks>
/// A small block to which another process may still write is not used again. Its segment goes when all of its blocks are free: other processes keep their own
/// mapping of it.
/// </remarks>
internal sealed unsafe class Heap : IDisposable
{
    private const int Alignment = 64;
    private const int SegmentBytes = 64 * 1024;
    private const int LargestShared = SegmentBytes / 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, SegmentMapping> _segments = [];
    private readonly Dictionary<long, int> _live = [];
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
        SegmentMapping? ended = null;
        MemoryBlock block;
        lock (_gate)
        {
            block = HasOwnSegment(rounded) ? NewSegment(rounded, holdsCells: false) : Reuse(rounded) ?? Carve(rounded, out ended);
            CollectionsMarshal.GetValueRefOrAddDefault(_live, block.SegmentToken, out _)++;
            Usage = (Usage.Used + block.Size, Usage.Mapped);
        }

        ended?.Leave();
        return block;
    }

    /// <summary>Frees a block. Other processes may still have it mapped: the pages of a large block live until they unmap it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="reuse">Whether a small block may be allocated again: no other process writes to it any more.</param>
    public void Free(MemoryBlock block, bool reuse = true)
    {
        SegmentMapping? ended;
        lock (_gate)
        {
            Usage = (Usage.Used - block.Size, Usage.Mapped);
            _live[block.SegmentToken]--;
            ended = EndIfEmpty(block.SegmentToken);
            if (ended is null && reuse)
            {
                PushFree(block);
            }
        }

        ended?.Leave();
    }

    /// <summary>Finds a segment and keeps it until the caller leaves it; null when it is gone or never was.</summary>
    public SegmentMapping? Enter(long token)
    {
        lock (_gate)
        {
            return _segments.TryGetValue(token, out var segment) && segment.TryEnter() ? segment : null;
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

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var segment in _segments.Values)
            {
                segment.Leave();
            }

            _segments.Clear();
            _live.Clear();
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

    private MemoryBlock Carve(long size, out SegmentMapping? ended)
    {
        ended = null;
        if (_rest.Size < size)
        {
            var full = _rest;
            _rest = NewSegment(SegmentBytes, holdsCells: true);
            ended = EndIfEmpty(full.SegmentToken);
            if (ended is null && full.Size > 0)
            {
                PushFree(full);
            }
        }

        var block = _rest with { Size = size };
        _rest = _rest with { Offset = _rest.Offset + size, Size = _rest.Size - size, Pointer = _rest.Pointer + (nint)size };
        return block;
    }

    /// <summary>Removes a segment without a block in use, except the one that new blocks are cut from; the caller leaves it.</summary>
    private SegmentMapping? EndIfEmpty(long token)
    {
        if (_live.GetValueOrDefault(token) > 0 || token == _rest.SegmentToken || !_segments.Remove(token, out var segment))
        {
            return null;
        }

        _live.Remove(token);
        foreach (var (size, blocks) in _free)
        {
            if (blocks.Any(each => each.SegmentToken == token))
            {
                _free[size] = new Stack<MemoryBlock>(blocks.Where(each => each.SegmentToken != token).Reverse());
            }
        }

        Usage = (Usage.Used, Usage.Mapped - segment.Memory.Size);
        return segment;
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

    private MemoryBlock NewSegment(long size, bool holdsCells)
    {
        var segment = new SegmentMapping(Map(size), holdsCells);
        long token = ++_lastToken;
        _segments.Add(token, segment);
        Usage = (Usage.Used, Usage.Mapped + segment.Memory.Size);
        return new MemoryBlock(token, 0, size, (nint)segment.Memory.Address, segment);
    }
}
