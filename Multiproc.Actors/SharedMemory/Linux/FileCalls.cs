using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>Functions of the C library for named memory: unnamed files, naming them, and locks that end with their process.</summary>
internal static unsafe partial class FileCalls
{
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int CloseOnExec = 0x8_0000;
    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNow = 4;
    public const int OwnerOnly = 0x180; // 0600
    public const int Exists = 17;
    public const int Missing = 2;
    public const int MayWrite = 2;
    public const int MayEnter = 1;

    private const string Name = "libc";
    private const int TemporaryFlag = 0x40_0000;
    private const int DirectoryFlagX64 = 0x1_0000;
    private const int DirectoryFlagArm64 = 0x4000;
    private const int HereDirectory = -100;
    private const int FollowLink = 0x400;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint LinkCount = 0x4;
    private const uint OwnerMask = 0x8;
    private const uint TypeMask = 0x1;
    private const int TypeBits = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Creates an unnamed file in a folder, which vanishes with its last user.</summary>
    public static int Temporary => TemporaryFlag | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? DirectoryFlagArm64 : DirectoryFlagX64);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    /// <summary>Gives an unnamed file a name, which must be free.</summary>
    /// <returns>0, or an error number.</returns>
    public static int Link(int descriptor, string path) =>
        linkat(HereDirectory, $"/proc/self/fd/{descriptor}", HereDirectory, path, FollowLink) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Whether the file still has its name.</summary>
    public static bool IsLinked(int descriptor)
    {
        var status = default(FileStatus);
        return statx(descriptor, "", EmptyPath, LinkCount, &status) == 0 && status.Links > 0;
    }

    /// <summary>The owner of a file or folder, links not followed; null if the system does not tell.</summary>
    public static uint? OwnerOf(string path)
    {
        var status = default(FileStatus);
        return statx(HereDirectory, path, NoFollow, OwnerMask, &status) == 0 ? status.Owner : null;
    }

    /// <summary>Whether the path is a socket, links not followed.</summary>
    public static bool IsSocket(string path)
    {
        var status = default(FileStatus);
        return statx(HereDirectory, path, NoFollow, TypeMask, &status) == 0 && (status.Mode & TypeBits) == SocketType;
    }

    /// <summary>Locks the whole file; waits unless <see cref="LockNow"/> is among the flags.</summary>
    /// <returns>False if another open file has it.</returns>
    public static bool TryLock(int descriptor, int operation)
    {
        int result;
        do
        {
            result = flock(descriptor, operation);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == MemoryCalls.Interrupted);
        return result == 0;
    }

    [LibraryImport(Name)]
    public static partial uint geteuid();

    /// <summary>Whether this process has an access right to a file or folder: <see cref="MayWrite"/>, <see cref="MayEnter"/>.</summary>
    public static bool May(string path, int what) => access(path, what) == 0;

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int what);

    [LibraryImport(Name, SetLastError = true)]
    private static partial int flock(int descriptor, int operation);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int fromFolder, string from, int toFolder, string to, int flags);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, FileStatus* status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
