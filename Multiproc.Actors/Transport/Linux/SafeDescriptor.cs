using Microsoft.Win32.SafeHandles;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.Transport.Linux;

/// <summary>A descriptor of this process, closed when its last user releases it.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    private const int DuplicateCloseOnExec = 1030;

    public SafeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    public int Number => (int)handle;

    /// <summary>Transfers ownership of the descriptor to the caller, who must close it.</summary>
    public int Detach()
    {
        int number = Number;
        SetHandleAsInvalid();
        return number;
    }

    /// <summary>Duplicates the descriptor; children do not inherit the duplicate.</summary>
    /// <exception cref="MultiprocException">The process has no free descriptor.</exception>
    public static SafeDescriptor Duplicate(int descriptor)
    {
        int copy = SocketCalls.fcntl(descriptor, DuplicateCloseOnExec, 0);
        return copy >= 0
            ? new SafeDescriptor(copy)
            : throw new MultiprocException($"Descriptor {descriptor} could not be duplicated ({SystemError.Last}).");
    }

    protected override bool ReleaseHandle() => SocketCalls.close((int)handle) == 0;
}
