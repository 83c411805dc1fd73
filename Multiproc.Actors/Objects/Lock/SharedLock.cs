using System.Diagnostics;
using Multiproc.Objects.Locks;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A lock between processes, not recursive; anybody may release it, as Python's Lock. Free of contention it is one compare-and-swap in
/// mapped memory; waiters are served in order. When its holder dies the next one gets it, and sees that it was <see cref="SharedLockBase.Abandoned"/>.
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

    /// <summary>Any thread of the holder's process: what was acquired with <c>await</c> goes on on any thread.</summary>
    internal override bool IsHeldHere => Cell.HolderProcess == Process;

    private protected override string Kind => nameof(SharedLock);

    /// <summary>Takes the lock; waits until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, here or in its node.</exception>
    public override bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!IsMapped && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        if (IsFar)
        {
            return AcquireFar(new LockCommand.Acquire(Thread, limit), cancellation);
        }

        var cell = Cell;
        return cell.TryAcquire(Process, Thread) || AcquireContended(cell, limit, cancellation);
    }

    /// <summary>The same as <see cref="Acquire"/>, without a blocked thread. Any thread may release it.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => cancellation.IsCancellationRequested
        ? ValueTask.FromCanceled<bool>(cancellation)
        : IsMapped || Handle.IsLocal ? AcquireReachedAsync(Thread, timeout, cancellation) : ReachAndAcquireAsync(Thread, timeout, cancellation);

    /// <summary>Takes the lock if it is free.</summary>
    /// <returns>False when it is not.</returns>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryAcquire() => Acquire(TimeSpan.Zero);

    /// <summary>Gives the lock back.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
    public override void Release()
    {
        switch (IsFar ? ReleaseFar(isRecursive: false) : Cell.TryRelease())
        {
            case ReleaseOutcome.NeedsNode:
                HandOver();
                break;
            case ReleaseOutcome.NotHeld:
                throw new InvalidOperationException($"{Identity} is not held: it cannot be released. Each Release needs an Acquire before it.");
        }
    }

    /// <summary>Takes the lock until the result is disposed, without a blocked thread.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What releases it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AcquireAsync(null, cancellation).ConfigureAwait(false);
        return Held();
    }

    private ValueTask<bool> AcquireReachedAsync(int thread, WaitTimeout timeout, CancellationToken cancellation) => IsFar
        ? AcquireFarAsync(new LockCommand.Acquire(thread, timeout), cancellation)
        : Cell.TryAcquire(Process, thread) ? ValueTask.FromResult(true) : AcquireContendedAsync(thread, timeout, cancellation);

    private async ValueTask<bool> ReachAndAcquireAsync(int thread, WaitTimeout timeout, CancellationToken cancellation)
    {
        var (reached, left) = await ReachAsync(timeout, cancellation).ConfigureAwait(false);
        return reached && await AcquireReachedAsync(thread, left, cancellation).ConfigureAwait(false);
    }

    static SharedLock ISelfCoded<SharedLock>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
