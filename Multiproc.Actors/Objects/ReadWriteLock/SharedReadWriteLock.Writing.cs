using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc;

/// <content>Writing.</content>
public sealed partial class SharedReadWriteLock
{
    private Action? _releaseWrite;
    private long _fence;

    /// <summary>Acquires the lock for writing, waiting up to <paramref name="timeout"/> until nobody else has it.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public bool AcquireWrite(TimeSpan? timeout = null, CancellationToken cancellation = default) => AcquireAlone(LockSide.Write, timeout, cancellation);

    /// <summary>Acquires the lock for writing, asynchronously waiting up to <paramref name="timeout"/>. Any thread may release it.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public ValueTask<bool> AcquireWriteAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        AcquireAloneAsync(LockSide.Write, Thread, timeout, cancellation);

    /// <summary>Acquires the lock for writing if nobody has it or waits for it; never waits.</summary>
    /// <returns>True when the lock was acquired.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryAcquireWrite() => AcquireWrite(TimeSpan.Zero);

    /// <summary>
    /// Ends the hold of this process's writer. A writer that was upgraded calls <see cref="Downgrade"/> or <see cref="ReleaseUpgradeableRead"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">This process does not hold the lock for writing, or has upgraded it.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public void ReleaseWrite() => ReleaseByCommand(LockSide.Write);

    /// <summary>Acquires the lock for writing, and releases it when the result is disposed. Waits until nobody else has it.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public LockHold WriteLock(CancellationToken cancellation = default)
    {
        AcquireWrite(null, cancellation);
        return HeldForWriting();
    }

    /// <summary>Asynchronously acquires the lock for writing, and releases it when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> WriteLockAsync(CancellationToken cancellation = default)
    {
        await AcquireWriteAsync(null, cancellation).ConfigureAwait(false);
        return HeldForWriting();
    }

    private LockHold HeldForWriting() => new(_releaseWrite ??= ReleaseWrite, Volatile.Read(ref _fence));

    private bool AcquireAlone(LockSide side, WaitTimeout limit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return (_cell.IsReached || TryReach(ref limit, cancellation))
            && AcquiredAlone(Ask(new ReadWriteCommand.Acquire(side, Thread, limit), cancellation));
    }

    private async ValueTask<bool> AcquireAloneAsync(LockSide side, int thread, WaitTimeout limit, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool reached = true;
        if (!_cell.IsReached)
        {
            (reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
        }

        return reached && AcquiredAlone(await AskAsync(new ReadWriteCommand.Acquire(side, thread, limit), cancellation).ConfigureAwait(false));
    }

    private bool AcquiredAlone(in Reply reply)
    {
        if (!Acquired(reply))
        {
            return false;
        }

        Volatile.Write(ref _fence, reply.Number);
        return true;
    }
}
