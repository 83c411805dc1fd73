namespace Multiproc;

/// <content>Locks beyond those of Python, and their kin.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.ReadWriteLock()"/>
    public static SharedReadWriteLock ReadWriteLock() =>
        Default.ReadWriteLock();

    /// <inheritdoc cref="MultiprocContext.Countdown(int)"/>
    public static SharedCountdown Countdown(int initialCount) =>
        Default.Countdown(initialCount);

    /// <inheritdoc cref="MultiprocContext.AcquireAll(IEnumerable{IAcquirable}, TimeSpan?, CancellationToken)"/>
    public static HeldLocks AcquireAll(IEnumerable<IAcquirable> locks, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Default.AcquireAll(locks, timeout, cancellation);

    /// <inheritdoc cref="MultiprocContext.AcquireAllAsync(IEnumerable{IAcquirable}, TimeSpan?, CancellationToken)"/>
    public static ValueTask<HeldLocks> AcquireAllAsync(
        IEnumerable<IAcquirable> locks, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Default.AcquireAllAsync(locks, timeout, cancellation);

    /// <inheritdoc cref="MultiprocContext.Elect(string, ElectionOptions?)"/>
    public static Leadership Elect(string name, ElectionOptions? options = null) =>
        Default.Elect(name, options);

    /// <inheritdoc cref="MultiprocContext.Elect(SharedLock)"/>
    public static Leadership Elect(SharedLock seat) =>
        Default.Elect(seat);
}
