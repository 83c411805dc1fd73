namespace Multiproc.SharedMemory;

/// <summary>
/// Zeroed pages that several processes map. On Linux an anonymous memory file, handed over as a descriptor, so that nothing
/// is left behind whoever dies; elsewhere a file in the runtime folder.
/// </summary>
internal abstract unsafe class MappedMemory : IDisposable
{
    public abstract byte* Address { get; }

    public abstract long Size { get; }

    public Span<byte> Span => new(Address, checked((int)Size));

    public abstract void Dispose();
}
