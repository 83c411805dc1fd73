using System.Runtime.InteropServices;

namespace Multiproc.Transport.Linux;

/// <content>Creating, binding and connecting sockets.</content>
internal static unsafe partial class SocketCalls
{
    public const int InternetFamily = 2;
    public const int Internet6Family = 10;
    public const int NonBlocking = 0x800;
    public const int DontWait = 0x40;
    public const short PollOut = 4;
    public const int ReuseAddress = 2;
    public const int SocketError = 4;
    public const int TcpLevel = 6;
    public const int TcpNoDelay = 1;
    public const int TcpQuickAck = 12;

    public const int WouldBlock = 11;
    public const int BrokenPipe = 32;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int InProgress = 115;

    /// <summary>The size of the largest address (struct sockaddr_storage).</summary>
    public const int AddressBytes = 128;

    [LibraryImport(Name, SetLastError = true)]
    public static partial int socket(int family, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int bind(int fd, byte* address, uint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int listen(int fd, int backlog);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int accept4(int fd, byte* address, uint* size, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int connect(int fd, byte* address, uint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int getsockname(int fd, byte* address, uint* size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int getpeername(int fd, byte* address, uint* size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int setsockopt(int fd, int level, int option, void* value, uint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint send(int fd, byte* buffer, nuint size, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint recv(int fd, byte* buffer, nuint size, int flags);
}
