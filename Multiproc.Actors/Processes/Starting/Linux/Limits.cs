namespace Multiproc.Processes.Linux;

/// <summary>Sets the limits of a child that the kernel enforces.</summary>
internal static unsafe class Limits
{
    private const int MaskBytes = 128;
    private const int AddressSpace = 9;
    private const int OfProcess = 0;

    /// <summary>
    /// Runs <paramref name="spawn"/> on a thread that is bound to processors. The child inherits the binding, so it never runs on other processors.
    /// </summary>
    public static int With(IReadOnlyList<int>? processors, Func<int> spawn)
    {
        if (processors is null)
        {
            return spawn();
        }

        byte* before = stackalloc byte[MaskBytes];
        byte* wanted = stackalloc byte[MaskBytes];
        new Span<byte>(wanted, MaskBytes).Clear();
        foreach (int processor in processors)
        {
            wanted[processor / 8] |= (byte)(1 << (processor % 8));
        }

        Check(LibC.sched_getaffinity(0, MaskBytes, before) >= 0, "read the processors of this thread");
        Check(LibC.sched_setaffinity(0, MaskBytes, wanted) == 0, $"bind a process to processors {string.Join(", ", processors)}, since this process may use "
            + "none of them");
        try
        {
            return spawn();
        }
        finally
        {
            Check(LibC.sched_setaffinity(0, MaskBytes, before) == 0, "restore the processors of the thread that starts processes");
        }
    }

    /// <summary>
    /// Applies limits to a child that is already running. It takes milliseconds to start a second thread, and all threads inherit from the first.
    /// </summary>
    public static void Apply(int pid, ProcessOptions? options)
    {
        if (options?.Niceness is { } niceness)
        {
            Check(LibC.setpriority(OfProcess, pid, niceness) == 0, $"set the niceness of process {pid} to {niceness}");
        }

        if (options?.AddressSpaceLimit is { } bytes)
        {
            ulong* limits = stackalloc ulong[2] { (ulong)bytes, (ulong)bytes };
            Check(LibC.prlimit64(pid, AddressSpace, limits, null) == 0, $"limit the address space of process {pid} to {bytes} bytes");
        }
    }

    private static void Check(bool done, string what)
    {
        if (!done)
        {
            throw new ProcessStartException($"Cannot {what} ({ErrorText.OfLast()}).");
        }
    }
}
