using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// Zeroed pages that several processes map. On Linux an anonymous memory file, passed on as a descriptor, so that nothing
/// is left behind when a process dies; elsewhere a file in the runtime folder.
/// </summary>
internal abstract unsafe class MappedMemory : IDisposable
{
    public abstract byte* Address { get; }

    public abstract long Size { get; }

    /// <exception cref="ObjectDisposedException">The memory is no longer mapped.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Address is null, this);
            return new Span<byte>(Address, checked((int)Size));
        }
    }

    /// <summary>Creates memory for this process and those that it is passed to.</summary>
    /// <param name="size">In bytes.</param>
    /// <param name="reserve">Whether to allocate all pages now, so that a lack of memory is an error here and not a fault at the first touch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="MultiprocException">The system has too little memory.</exception>
    public static MappedMemory Create(long size, bool reserve = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return Platform.UsesLinux ? LinuxMemory.Create(size, reserve) : FileMemory.Create(size);
    }

    /// <summary>Maps the same pages once more, as another process would.</summary>
    /// <exception cref="MultiprocException">The system has too little memory, or no descriptor left.</exception>
    public abstract MappedMemory MapAgain();

    /// <summary>Releases the pages and keeps the addresses until <see cref="Dispose"/>: later writes there are lost, reads return zero.</summary>
    public virtual void GiveBackPages()
    {
    }

    public abstract void Dispose();
}
