using System.Runtime.InteropServices;

namespace Multiproc.SharedMemory.Linux;

/// <summary>Describes an error number of the system, with advice on what to do about it.</summary>
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

    /// <summary>The last system error of this thread, as the marshaller saved it.</summary>
    public static string Last => Text(Marshal.GetLastPInvokeError());

    /// <summary>Whether a call failed because this process or the system has no free descriptors.</summary>
    public static bool IsOutOfDescriptors(int error) => error is OutOfDescriptors or SystemOutOfDescriptors;

    /// <summary>Whether the system lacked a resource that may become available later.</summary>
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
