using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Multiproc.Cluster.Tests.Storages;

/// <summary>Lets no file of this process grow beyond a size: what a full disk looks like to a database, without a disk.</summary>
internal static partial class FileLimit
{
    private const int FileSize = 1;
    private const int TooLargeFile = 25;

    public static void Set(long bytes)
    {
        // Else the process would be ended by a signal.
        _ = Signal(TooLargeFile, 1);
        Check(GetLimit(FileSize, out var limit));
        limit.Now = (ulong)bytes;
        Check(SetLimit(FileSize, limit));
    }

    public static void Lift()
    {
        Check(GetLimit(FileSize, out var limit));
        limit.Now = limit.Most;
        Check(SetLimit(FileSize, limit));
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    private struct Limit
    {
        public ulong Now;
        public ulong Most;
    }
}
