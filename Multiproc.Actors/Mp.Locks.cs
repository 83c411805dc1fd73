using Multiproc.Objects.Elections;
using Multiproc.Objects.Together;

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
        Acquisition.Acquire(Acquisition.InOrder(locks, isAsync: false), timeout, cancellation);

    /// <inheritdoc cref="MultiprocContext.AcquireAllAsync(IEnumerable{IAcquirable}, TimeSpan?, CancellationToken)"/>
    public static ValueTask<HeldLocks> AcquireAllAsync(
        IEnumerable<IAcquirable> locks, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Acquisition.AcquireAsync(Acquisition.InOrder(locks, isAsync: true), timeout, cancellation);

    /// <inheritdoc cref="MultiprocContext.Elect(string, ElectionOptions?)"/>
    public static Leadership Elect(string name, ElectionOptions? options = null) =>
        Leadership.Of(ElectionName.Checked(name), new FileSeat(name, (options ?? new()).Validate()));

    /// <inheritdoc cref="MultiprocContext.Elect(SharedLock)"/>
    public static Leadership Elect(SharedLock seat)
    {
        ArgumentNullException.ThrowIfNull(seat);
        return Leadership.Of(seat.Identity, new LockSeat(seat, $"The election by {seat.Identity}", ownsGate: false));
    }
}
