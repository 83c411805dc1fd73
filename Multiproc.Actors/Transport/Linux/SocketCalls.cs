using System.Runtime.InteropServices;

namespace Multiproc.Transport.Linux;

/// <summary>Functions of the C library for links: descriptors over Unix sockets, and waiting on many of them. Blittable signatures only.</summary>
internal static unsafe partial class SocketCalls
{
    public const int UnixFamily = 1;
    public const int Stream = 1;
    public const int CloseOnExec = 0x80000;
    public const int NoSignal = 0x4000;
    public const int DoNotWait = 0x40;
    public const int ReceiveCloseOnExec = 0x40000000;
    public const int SocketLevel = 1;
    public const int Rights = 1;
    public const int PeerCredentials = 17;
    public const short PollIn = 1;
    public const short PollPeerClosed = 0x2000;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int ShutdownRead = 0;
    public const int ShutdownBoth = 2;

    private const string Name = "libc";

    [LibraryImport(Name, SetLastError = true)]
    public static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint recvmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int shutdown(int fd, int how);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int getsockopt(int fd, int level, int option, void* value, uint* size);

    [LibraryImport(Name)]
    public static partial uint geteuid();

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Address;
        public uint AddressSize;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlSize;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public void* Base;
        public nuint Size;
    }

    /// <summary>struct cmsghdr of 64-bit Linux; descriptors follow.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ControlHeader
    {
        public nuint Size;
        public int Level;
        public int Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }
}
