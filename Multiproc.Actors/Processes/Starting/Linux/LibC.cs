using System.Runtime.InteropServices;

namespace Multiproc.Processes.Linux;

/// <summary>The functions of the C library for starting, watching and ending processes. All signatures are blittable.</summary>
internal static unsafe partial class LibC
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigPipe = 13;
    public const int SigTerm = 15;

    public const int PrSetParentDeathSignal = 1;
    public const int PrSetName = 15;
    public const int WaitNoHang = 1;
    public const int FileGetFlags = 1;
    public const int FileSetFlags = 2;
    public const int FileSetStatus = 4;
    public const int FileSetOwner = 8;
    public const int FileSetSignal = 10;
    public const int NonBlocking = 0x800;
    public const int Asynchronous = 0x2000;
    public const int DuplicateCloseOnExec = 1030;
    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int CloseOnExec = 0x80000;

    public const short SpawnSetSigDefault = 0x04;
    public const short SpawnSetSigMask = 0x08;

    private const string Name = "libc";

    // The opaque types of <spawn.h> and <signal.h> are 80, 336 and 128 bytes in glibc and no larger in musl.
    public const int FileActionsBytes = 256;
    public const int AttributesBytes = 512;
    public const int SignalSetBytes = 128;

    [LibraryImport(Name)]
    public static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport(Name)]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Name)]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Name)]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(Name)]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Name)]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Name)]
    public static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Name)]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Name)]
    public static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Name)]
    public static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport(Name)]
    public static partial int sigemptyset(void* set);

    [LibraryImport(Name)]
    public static partial int sigaddset(void* set, int signal);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int prctl(int option, nuint argument);

    [LibraryImport(Name)]
    public static partial nint signal(int number, nint handler);

    [LibraryImport(Name)]
    public static partial int getppid();

    [LibraryImport(Name, SetLastError = true)]
    public static partial long syscall(long number, long first, long second);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int dup2(int from, int to);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument = 0);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint pread(int fd, byte* buffer, nuint size, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nuint size);

    [LibraryImport(Name)]
    public static partial void _exit(int code);

    /// <summary>Sets the affinity of a thread; of the calling one if <paramref name="pid"/> is 0.</summary>
    [LibraryImport(Name, SetLastError = true)]
    public static partial int sched_getaffinity(int pid, nuint size, void* mask);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int sched_setaffinity(int pid, nuint size, void* mask);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int setpriority(int which, int who, int priority);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int prlimit64(int pid, int resource, ulong* newLimit, ulong* oldLimit);

    /// <summary>Opens a descriptor that becomes readable when the process ends; -1 on kernels before 5.3.</summary>
    public static int OpenProcessDescriptor(int pid) => (int)syscall(434, pid, 0);
}
