namespace Multiproc.Processes.Linux;

/// <summary>What the kernel holds a child to.</summary>
internal static unsafe class Limits
{
    private const int MaskBytes = 128;
    private const int AddressSpace = 9;
    private const int OfProcess = 0;

    /// <summary>Runs <paramref name="spawn"/> bound to processors: the child inherits that from the thread that makes it, so it never runs elsewhere.</summary>
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
        Check(LibC.sched_setaffinity(0, MaskBytes, wanted) == 0, $"bind a process to processors {string.Join(", ", processors)}, of which this process may use none");
        try
        {
            return spawn();
        }
        finally
        {
            Check(LibC.sched_setaffinity(0, MaskBytes, before) == 0, "give the thread that starts processes its processors back");
        }
    }

    /// <summary>The child runs already, but it takes milliseconds until it has a second thread: all of them inherit from the first.</summary>
    public static void Apply(int pid, ProcessOptions? options)
    {
        if (options?.Niceness is { } niceness)
        {
            Check(LibC.setpriority(OfProcess, pid, niceness) == 0, $"set the niceness of process {pid} to {niceness}");
        }

        if (options?.AddressSpaceLimit is { } bytes)
        {
            ulong* limits = stackalloc ulong[2] { (ulong)bytes, (ulong)bytes };
            Check(LibC.prlimit64(pid, AddressSpace, limits, null) == 0, $"limit the addresses of process {pid} to {bytes} bytes");
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
