using Multiproc.SharedMemory;

namespace Multiproc.Transport.Rings;

/// <summary>The memory of one link: the ring from its acceptor to its connector, then the ring back.</summary>
internal sealed unsafe class LinkMemory : IDisposable
{
    /// <summary>Bytes of data each way: large enough that a burst of small frames fits, small enough to stay in the cache.</summary>
    public const int RingBytes = 256 * 1024;

    private const int OneWay = RingControl.DataOffset + RingBytes;

    private readonly MappedMemory _memory;

    public LinkMemory(MappedMemory memory)
    {
        if (memory.Size < 2 * OneWay)
        {
            throw new SerializationException($"Malformed handshake: a link has {2 * OneWay} bytes, not {memory.Size}.");
        }

        _memory = memory;
    }

    public MappedMemory Memory => _memory;

    // Pages are taken when they are touched: most links never fill a ring.
    public static LinkMemory Create() => new(MappedMemory.Create(2 * OneWay, reserve: false));

    public RingWriter Writer(bool acceptor) => new(_memory.Address + (acceptor ? 0 : OneWay), RingBytes);

    public RingReader Reader(bool acceptor) => new(_memory.Address + (acceptor ? OneWay : 0), RingBytes);

    public void Dispose() => _memory.Dispose();
}
