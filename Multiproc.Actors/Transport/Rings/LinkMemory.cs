using Multiproc.SharedMemory;

namespace Multiproc.Transport.Rings;

/// <summary>
/// The memory of one link: the ring from its acceptor to its connector, the ring back, then a bulk area for each. Small frames cycle through a ring that
/// stays in the cache; large ones lie in the bulk area, where they are read in place. Then comes a staging buffer for each direction, and last the
/// marks of each side's abandoned calls.
/// </summary>
internal sealed unsafe class LinkMemory : IDisposable
{
    /// <summary>The bytes of a ring in each direction: large enough for a burst of small frames, small enough to stay in the cache.</summary>
    public const int RingBytes = 256 * 1024;

    /// <summary>The bytes for large frames in each direction. Only addresses until the first large frame.</summary>
    public const int BulkBytes = 8 * 1024 * 1024;

    /// <summary>The bytes of a link in all.</summary>
    public const int Size = (2 * OneWay) + (2 * BulkBytes) + (2 * StagingBuffer.Bytes) + (2 * GivenUpCalls.Bytes);

    private const int OneWay = RingControl.DataOffset + RingBytes;

    private readonly MappedMemory _memory;

    public LinkMemory(MappedMemory memory)
    {
        if (memory.Size < Size)
        {
            throw new SerializationException($"Malformed handshake: a link has {Size} bytes, not {memory.Size}.");
        }

        _memory = memory;
    }

    public MappedMemory Memory => _memory;

    // Pages are allocated when first touched: most links never fill a ring.
    public static LinkMemory Create() => new(MappedMemory.Create(Size, reserve: false));

    public RingWriter Writer(bool acceptor) => new(Ring(acceptor), RingBytes, Bulk(acceptor), BulkBytes);

    public RingReader Reader(bool acceptor) => new(Ring(!acceptor), RingBytes, Bulk(!acceptor), BulkBytes);

    /// <summary>The staging buffer that this side writes, or the one that it reads when the writer is dead.</summary>
    public StagingBuffer Staging(bool ofAcceptor) =>
        new(Ring(ofAcceptor), _memory.Address + (2 * OneWay) + (2 * BulkBytes) + (ofAcceptor ? 0 : StagingBuffer.Bytes));

    /// <summary>The abandoned calls of one side.</summary>
    public GivenUpCalls GivenUp(bool ofAcceptor) =>
        new(_memory.Address + (2 * OneWay) + (2 * BulkBytes) + (2 * StagingBuffer.Bytes) + (ofAcceptor ? 0 : GivenUpCalls.Bytes));

    public void Dispose() => _memory.Dispose();

    private byte* Ring(bool ofAcceptor) => _memory.Address + (ofAcceptor ? 0 : OneWay);

    private byte* Bulk(bool ofAcceptor) => _memory.Address + (2 * OneWay) + (ofAcceptor ? 0 : BulkBytes);
}
