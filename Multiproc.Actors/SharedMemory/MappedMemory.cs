using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// Zeroed pages that several processes map. On Linux an anonymous memory file, handed over as a descriptor, so that nothing
/// is left behind whoever dies; elsewhere a file in the runtime folder.
/// </summary>
internal abstract unsafe class MappedMemory : IDisposable
{
    public abstract byte* Address { get; }

    public abstract long Size { get; }

    /// <exception cref="ObjectDisposedException">It is mapped no more.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Address is null, this);
            return new Span<byte>(Address, checked((int)Size));
        }
    }

    /// <summary>Makes memory for this process and those that it is given to.</summary>
    /// <param name="size">In bytes.</param>
    /// <param name="reserve">Take all pages now, so that a full system is an error here and not a fault at the first touch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="MultiprocException">The system has no room.</exception>
    public static MappedMemory Create(long size, bool reserve = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return OperatingSystem.IsLinux() ? LinuxMemory.Create(size, reserve) : FileMemory.Create(size);
    }

    /// <summary>Lets go of the pages and keeps the addresses until <see cref="Dispose"/>: what is written there from now on is lost, what is read is zero.</summary>
    public virtual void GiveBackPages()
    {
    }

    public abstract void Dispose();
}
