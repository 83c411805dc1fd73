using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Connections.Pipes;

/// <summary>The memory of one pipe: a page with both sides, then a ring and a bulk area for each direction. Pages are allocated when first touched.</summary>
internal sealed unsafe class PipeMemory : IDisposable
{
    private const int RingBytes = 128 * 1024;
    private const int BulkBytes = 4 * 1024 * 1024;
    private const int ControlBytes = 4096;
    private const int OneWay = RingControl.DataOffset + RingBytes;
    private const int Size = ControlBytes + (2 * OneWay) + (2 * BulkBytes);

    private readonly LinuxMemory _memory;

    private PipeMemory(LinuxMemory memory) => _memory = memory;

    /// <summary>The descriptor to send to other processes; this object still owns it.</summary>
    public int Descriptor => _memory.Descriptor;

    /// <exception cref="MultiprocException">The system has too little memory.</exception>
    public static PipeMemory Create() => new(LinuxMemory.Create(Size, reserve: false));

    /// <summary>Maps the memory of a pipe made by another process; takes ownership of the descriptor.</summary>
    /// <exception cref="SerializationException">The descriptor is not the memory of a pipe.</exception>
    public static PipeMemory Adopt(int descriptor)
    {
        var memory = LinuxMemory.Adopt(descriptor);
        if (memory.Size == Size)
        {
            return new PipeMemory(memory);
        }

        long size = memory.Size;
        memory.Dispose();
        throw new SerializationException($"Malformed pipe: its memory has {Size} bytes, not {size}.");
    }

    public PipeSide* Side(int side) => (PipeSide*)_memory.Address + side;

    public RingWriter Writer(int side) => new(Ring(side), RingBytes, Bulk(side), BulkBytes);

    public RingReader Reader(int side) => new(Ring(1 - side), RingBytes, Bulk(1 - side), BulkBytes);

    public void Dispose() => _memory.Dispose();

    private byte* Ring(int fromSide) => _memory.Address + ControlBytes + (fromSide * OneWay);

    private byte* Bulk(int fromSide) => _memory.Address + ControlBytes + (2 * OneWay) + (fromSide * BulkBytes);
}
