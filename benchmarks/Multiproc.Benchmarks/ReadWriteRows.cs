namespace Multiproc.Benchmarks;

/// <summary>Locks for readers and writers, beside that of .NET for threads, and countdowns.</summary>
internal static class ReadWriteRows
{
    public static IReadOnlyList<Row> All { get; } =
    [
        new("rwlock_read_uncontended", "ns", ReadUncontended) { IsInPython = false },
        new("rwlock_read_uncontended_in_process", "ns", ReadUncontendedInProcess) { IsInPython = false },
        new("rwlock_write_uncontended", "ns", WriteUncontended) { IsInPython = false },
        new("rwlock_write_uncontended_in_process", "ns", WriteUncontendedInProcess) { IsInPython = false },
        new("countdown_signal", "ns", CountdownSignal) { IsInPython = false },
    ];

    private static double ReadUncontended()
    {
        using var gate = Mp.ReadWriteLock();
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.AcquireRead();
                gate.ReleaseRead();
            }
        });
    }

    /// <summary>What .NET has for the threads of one process.</summary>
    private static double ReadUncontendedInProcess()
    {
        using var gate = new ReaderWriterLockSlim();
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.EnterReadLock();
                gate.ExitReadLock();
            }
        });
    }

    private static double WriteUncontended()
    {
        using var gate = Mp.ReadWriteLock();
        return Clock.Nanoseconds(100_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.AcquireWrite();
                gate.ReleaseWrite();
            }
        });
    }

    private static double WriteUncontendedInProcess()
    {
        using var gate = new ReaderWriterLockSlim();
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                gate.EnterWriteLock();
                gate.ExitWriteLock();
            }
        });
    }

    private static double CountdownSignal()
    {
        using var left = Mp.Countdown(int.MaxValue);
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                left.Signal();
                left.AddCount();
            }
        });
    }
}
