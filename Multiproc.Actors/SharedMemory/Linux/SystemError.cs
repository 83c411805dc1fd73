using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>An error number of the system in words, with what can be done about it.</summary>
internal static class SystemError
{
    public const int NotPermitted = 1;
    public const int OutOfThreads = 11;
    public const int OutOfMemory = 12;
    public const int Refused = 13;
    public const int SystemOutOfDescriptors = 23;
    public const int OutOfDescriptors = 24;
    public const int OutOfSpace = 28;
    public const int ReadOnly = 30;
    public const int NotThere = 38;
    public const int NotSupported = 95;
    public const int OutOfQuota = 122;

    /// <summary>The last error of the system on this thread, as it was kept by the marshaller.</summary>
    public static string Last => Text(Marshal.GetLastPInvokeError());

    /// <summary>Whether a call failed because this process or the system has no descriptor left.</summary>
    public static bool IsOutOfDescriptors(int error) => error is OutOfDescriptors or SystemOutOfDescriptors;

    /// <summary>Whether the system had too little of something, and may have more later.</summary>
    public static bool IsShortage(int error) => IsOutOfDescriptors(error) || error is OutOfThreads or OutOfMemory or OutOfSpace;

    /// <returns>For example "Too many open files, error 24: close files or raise the limit on open files (ulimit -n)".</returns>
    public static string Text(int error) => $"{Marshal.GetPInvokeErrorMessage(error)}, error {error}{Advice(error)}";

    private static string Advice(int error) => error switch
    {
        OutOfDescriptors => ": close what is not needed, or raise the limit on open files (ulimit -n)",
        SystemOutOfDescriptors => ": the whole system has too many open files, raise fs.file-max",
        OutOfThreads => ": raise the limit on processes and threads (ulimit -u, the pids limit of the container)",
        OutOfMemory => ": raise the limit on memory (ulimit -v, the memory limit of the container)",
        OutOfSpace or OutOfQuota => ": free room in that file system, or enlarge it",
        ReadOnly => ": that file system is mounted read-only",
        Refused or NotPermitted => ": the user of this process has no right to do so",
        _ => "",
    };
}
