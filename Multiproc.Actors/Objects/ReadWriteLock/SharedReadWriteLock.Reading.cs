using System.Runtime.CompilerServices;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;
using Multiproc.Transport;

namespace Multiproc;

/// <content>Reading.</content>
public sealed partial class SharedReadWriteLock
{
    private Action? _releaseRead;

    /// <summary>Acquires the lock for reading, waiting up to <paramref name="timeout"/> while there is a writer, or one that waits.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public bool AcquireRead(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return (_cell.IsMapped && TryReadFast(Thread)) || AcquireReadSlowly(timeout, cancellation);
    }

    /// <summary>Acquires the lock for reading, asynchronously waiting up to <paramref name="timeout"/>. Any thread may release it.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it could not be within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> AcquireReadAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!_cell.IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        // Of no thread: the one that goes on may be any.
        return TryReadFast(thread: 0)
            || Acquired(await AskAsync(new ReadWriteCommand.Acquire(LockSide.Read, 0, limit), cancellation).ConfigureAwait(false));
    }

    /// <summary>Acquires the lock for reading, if there is neither a writer nor one that waits; never waits.</summary>
    /// <returns>True when the lock was acquired.</returns>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed.</exception>
    public bool TryAcquireRead() => AcquireRead(TimeSpan.Zero);

    /// <summary>Ends a hold of a reader of this process.</summary>
    /// <exception cref="InvalidOperationException">This process does not hold the lock for reading.</exception>
    /// <exception cref="HoldLostException">The lock is one of a cluster, and was lost before: see <see cref="Lost"/>.</exception>
    /// <exception cref="ConnectionLostException">
    /// A writer waits, and the process that hosts the lock has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public void ReleaseRead()
    {
        if (!TryUseSlot(out var cell))
        {
            ReleaseByCommand(LockSide.Read);
            return;
        }

        switch (cell.EndRead(_slot, Thread))
        {
            case PermitOutcome.NeedsNode:
                FaultPoint.Reached("end read: counted");
                Handle.Tell(ReadWriteCommand.ReaderLeft.Instance);
                break;
            case PermitOutcome.NotHeld:
                throw new InvalidOperationException(
                    $"{Identity}: this process does not hold it for reading: each {nameof(ReleaseRead)} needs an {nameof(AcquireRead)} before it.");
        }
    }

    /// <summary>Acquires the lock for reading, and releases it when the result is disposed. Waits while there is a writer, or one that waits.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public LockHold ReadLock(CancellationToken cancellation = default)
    {
        AcquireRead(null, cancellation);
        return new LockHold(_releaseRead ??= ReleaseRead, 0);
    }

    /// <summary>Asynchronously acquires the lock for reading, and releases it when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock. Any thread of this process may.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> ReadLockAsync(CancellationToken cancellation = default)
    {
        await AcquireReadAsync(null, cancellation).ConfigureAwait(false);
        return new LockHold(_releaseRead ??= ReleaseRead, 0);
    }

    // A method of its own: see SharedLock.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AcquireReadSlowly(TimeSpan? timeout, CancellationToken cancellation)
    {
        WaitTimeout limit = timeout;
        if (!_cell.IsReached && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        int thread = Thread;
        if (TryReadFast(thread))
        {
            return true;
        }

        if (!Acquired(Ask(new ReadWriteCommand.Acquire(LockSide.Read, thread, limit), cancellation)))
        {
            return false;
        }

        if (TryUseSlot(out var cell))
        {
            cell.NoteThread(_slot, thread);
        }

        return true;
    }

    private bool TryReadFast(int thread)
    {
        if (!TryUseSlot(out var cell) || !cell.TryRead(_slot, thread))
        {
            return false;
        }

        FaultPoint.Reached("read: held");
        return true;
    }
}
