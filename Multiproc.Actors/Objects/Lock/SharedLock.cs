using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A non-recursive mutual-exclusion lock that processes share. As with Python's <c>Lock</c>, any thread of any process may release it. Without contention,
/// acquiring is one compare-and-swap in mapped memory; waiters are served in order. When the holder dies, the lock passes to the next waiter, and
/// <see cref="SharedLockBase.Abandoned"/> is set.
/// </summary>
/// <example>
/// <code>
/// using var gate = Mp.Lock();
/// using (gate.Hold())
/// {
///     Console.WriteLine("one process at a time");
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedLock : SharedLockBase, ISelfCoded<SharedLock>
{
    internal SharedLock(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>True on every thread of the holder's process: code that acquired the lock with <c>await</c> continues on any thread.</summary>
    internal override bool IsHeldHere => Cell.HolderProcess == Process;

    private protected override string Kind => nameof(SharedLock);

    /// <summary>Acquires the lock, waiting up to <paramref name="timeout"/> until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public override bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return (IsMapped && TryMap(out var cell) && cell.TryAcquire(Process, Thread)) || AcquireSlowly(timeout, cancellation);
    }

    /// <summary>Acquires the lock, asynchronously waiting up to <paramref name="timeout"/> until it is free. Any thread may release it.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => cancellation.IsCancellationRequested
        ? ValueTask.FromCanceled<bool>(cancellation)
        : IsMapped || Handle.IsLocal ? AcquireReachedAsync(Thread, timeout, cancellation) : ReachAndAcquireAsync(Thread, timeout, cancellation);

    /// <summary>Acquires the lock if it is free; never waits.</summary>
    /// <returns>True when the lock was acquired; false when it is held.</returns>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryAcquire() => Acquire(TimeSpan.Zero);

    /// <summary>Releases the lock; the next waiter gets it.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="SharedLockBase.Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the lock has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public override void Release()
    {
        FaultPoint.Reached("release: begun");
        switch (TryMap(out var cell) ? cell.TryRelease() : ReleaseFar(isRecursive: false))
        {
            case ReleaseOutcome.NeedsNode:
                FaultPoint.Reached("release: to be handed over");
                HandOver();
                FaultPoint.Reached("release: told");
                break;
            case ReleaseOutcome.NotHeld:
                throw new InvalidOperationException($"{Identity} is not held: it cannot be released. Each Release needs an Acquire before it.");
        }
    }

    /// <summary>Asynchronously acquires the lock and releases it when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AcquireAsync(null, cancellation).ConfigureAwait(false);
        return Held();
    }

    // A method of its own: the conversion of the timeout, and its address, would cost the call that finds the lock free as much as taking it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AcquireSlowly(TimeSpan? timeout, CancellationToken cancellation)
    {
        WaitTimeout limit = timeout;
        if (!IsMapped && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        FaultPoint.Reached("acquire: begun");
        bool isHeld = TryMap(out var cell)
            ? cell.TryAcquire(Process, Thread) || AcquireContended(cell, limit, cancellation)
            : AcquireFar(new LockCommand.Acquire(Thread, limit), cancellation);
        FaultPoint.Reached("acquire: held");
        return isHeld;
    }

    private ValueTask<bool> AcquireReachedAsync(int thread, WaitTimeout timeout, CancellationToken cancellation) => !TryMap(out var cell)
        ? AcquireFarAsync(new LockCommand.Acquire(thread, timeout), cancellation)
        : cell.TryAcquire(Process, thread) ? ValueTask.FromResult(true) : AcquireContendedAsync(thread, timeout, cancellation);

    private async ValueTask<bool> ReachAndAcquireAsync(int thread, WaitTimeout timeout, CancellationToken cancellation)
    {
        var (reached, left) = await ReachAsync(timeout, cancellation).ConfigureAwait(false);
        return reached && await AcquireReachedAsync(thread, left, cancellation).ConfigureAwait(false);
    }

    static SharedLock ISelfCoded<SharedLock>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
