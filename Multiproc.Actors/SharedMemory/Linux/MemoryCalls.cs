using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>Functions of the C library for mapped memory. All signatures are blittable.</summary>
internal static unsafe partial class MemoryCalls
{
    public const uint CloseOnExec = 1;
    public const int ReadWrite = 3;
    public const int Shared = 1;

    /// <summary>The flags MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS and MAP_NORESERVE.</summary>
    public const int ReservedOnly = 0x02 | 0x10 | 0x20 | 0x4000;
    public const int NoMemory = 12;
    public const int DuplicateCloseOnExec = 1030;
    public const int Interrupted = 4;

    private const string Name = "libc";
    private const long FutexNumberX64 = 202;
    private const long FutexNumberArm64 = 98;

    private static readonly long s_futex = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? FutexNumberArm64 : FutexNumberX64;

    [LibraryImport(Name, SetLastError = true)]
    public static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ftruncate(int fd, long size);

    /// <summary>Returns the error number itself.</summary>
    [LibraryImport(Name)]
    public static partial int posix_fallocate(int fd, long offset, long size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint mmap(nint address, nuint size, int protection, int flags, int fd, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int munmap(nint address, nuint size);

    /// <summary>Returns -1 if it did nothing, which is harmless.</summary>
    [LibraryImport(Name)]
    public static partial int madvise(byte* address, nuint size, int advice);

    [LibraryImport(Name, SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    /// <summary>futex(2) on a word that processes share. On failure returns -1 and sets the error number, like every system call here.</summary>
    public static long Futex(int* word, int operation, int value, TimeSpec* timeout) => syscall(s_futex, word, operation, value, timeout, null, 0);

    [LibraryImport(Name, SetLastError = true)]
    private static partial long syscall(long number, int* word, long operation, long value, TimeSpec* timeout, void* word2, long value3);

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
