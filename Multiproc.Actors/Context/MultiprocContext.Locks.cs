using Multiproc.Objects.Elections;
using Multiproc.Objects.Together;

namespace Multiproc;

/// <content>Locks beyond those of Python, and their kin.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Creates a lock for readers and writers that lives in this process.</summary>
    /// <returns>The lock. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedReadWriteLock ReadWriteLock() =>
        s_objects.ReadWriteLock();

    /// <summary>Creates a countdown that lives in this process.</summary>
    /// <param name="initialCount">The number of signals after which those that wait go on; not negative.</param>
    /// <returns>The countdown. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedCountdown Countdown(int initialCount) =>
        s_objects.Countdown(initialCount);

    /// <summary>
    /// Acquires several locks, permits and sides of read-write locks: all of them, or none. They are acquired in an order that is the same in all processes, so
    /// calls that want the same ones in other orders never wait for each other in a circle. A thread that holds others already can still make such a circle.
    /// </summary>
    /// <param name="locks">What to acquire: at least one, and each once. They may live anywhere: in this process, in others, in managers, in clusters.</param>
    /// <param name="timeout">How long to wait for all together; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>What releases them, the last acquired first.</returns>
    /// <exception cref="ArgumentNullException">There is no list, or a null in it.</exception>
    /// <exception cref="ArgumentException">The list is empty, or has a lock twice: also two sides of one.</exception>
    /// <exception cref="MultiprocTimeoutException">They could not all be acquired within <paramref name="timeout"/>; nothing is held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; nothing is held.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts one of them has ended; the others were released.</exception>
    /// <exception cref="ObjectDisposedException">One of them was disposed; the others were released.</exception>
    /// <exception cref="AggregateException">One could not be acquired, and others could not be released after that.</exception>
    public HeldLocks AcquireAll(IEnumerable<IAcquirable> locks, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Acquisition.Acquire(Acquisition.InOrder(locks, isAsync: false), timeout, cancellation);

    /// <summary>
    /// Asynchronously acquires several locks, permits and sides of read-write locks: all of them, or none. They are acquired in an order that is the same in
    /// all processes, so calls that want the same ones in other orders never wait for each other in a circle. A thread that holds others already can still make
    /// such a circle.
    /// </summary>
    /// <param name="locks">What to acquire: at least one, and each once. They may live anywhere: in this process, in others, in managers, in clusters.</param>
    /// <param name="timeout">How long to wait for all together; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>What releases them, the last acquired first.</returns>
    /// <exception cref="ArgumentNullException">There is no list, or a null in it.</exception>
    /// <exception cref="ArgumentException">
    /// The list is empty, or has a lock twice: also two sides of one; or has a recursive lock, which belongs to a thread.
    /// </exception>
    /// <exception cref="MultiprocTimeoutException">They could not all be acquired within <paramref name="timeout"/>; nothing is held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; nothing is held.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts one of them has ended; the others were released.</exception>
    /// <exception cref="ObjectDisposedException">One of them was disposed; the others were released.</exception>
    /// <exception cref="AggregateException">One could not be acquired, and others could not be released after that.</exception>
    public ValueTask<HeldLocks> AcquireAllAsync(
        IEnumerable<IAcquirable> locks, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        Acquisition.AcquireAsync(Acquisition.InOrder(locks, isAsync: true), timeout, cancellation);

    /// <summary>
    /// Takes part in the election of a leader among the programs of this user on this machine: unrelated programs, other contexts of this one, and children
    /// alike. One candidate of the name leads at a time; when it leaves, or its process dies, another one does. In which order is not said.
    /// </summary>
    /// <param name="name">The name of the election, of 1 to 1,024 characters.</param>
    /// <param name="options">How often to look, and where; null (the default) has the defaults of <see cref="ElectionOptions"/>.</param>
    /// <returns>The candidate, which may lead at once or later: see <see cref="Leadership.Wait"/>. Disposing it resigns.</returns>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Leadership Elect(string name, ElectionOptions? options = null) =>
        Leadership.Of(ElectionName.Checked(name), new FileSeat(name, (options ?? new()).Validate()));

    /// <summary>
    /// Takes part in the election of a leader among those who have a lock: who holds it leads. It may be one of this process, a manager or a cluster.
    /// </summary>
    /// <param name="seat">The lock, which is used for nothing else. It stays the caller's, and must not be disposed before the candidate.</param>
    /// <returns>The candidate, which may lead at once or later: see <see cref="Leadership.Wait"/>. Disposing it resigns.</returns>
    /// <exception cref="ArgumentNullException">The lock is null.</exception>
    public Leadership Elect(SharedLock seat)
    {
        ArgumentNullException.ThrowIfNull(seat);
        return Leadership.Of(seat.Identity, new LockSeat(seat, $"The election by {seat.Identity}", ownsGate: false));
    }
}
