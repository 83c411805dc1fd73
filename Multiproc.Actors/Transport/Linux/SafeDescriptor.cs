using Microsoft.Win32.SafeHandles;
using Multiproc.SharedMemory.Linux;
using Multiproc.States;

namespace Multiproc.Transport.Linux;

/// <summary>A descriptor of this process; closed when the last user lets go of it.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    private const int DuplicateCloseOnExec = 1030;

    public SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    public int Number => (int)handle;

    /// <summary>Gives the descriptor away: it is the caller's to close.</summary>
    public int Detach()
    {
        int number = Number;
        SetHandleAsInvalid();
        return number;
    }

    /// <summary>A second descriptor of the same thing; children do not inherit it.</summary>
    /// <exception cref="MultiprocException">No descriptor is free.</exception>
    public static SafeDescriptor Duplicate(int descriptor)
    {
        int copy = SocketCalls.fcntl(descriptor, DuplicateCloseOnExec, 0);
        return copy >= 0
            ? new SafeDescriptor(copy)
            : throw new MultiprocException($"Descriptor {descriptor} could not be duplicated ({SystemError.Last}).");
    }

    protected override bool ReleaseHandle() => SocketCalls.close((int)handle) == 0;
}
