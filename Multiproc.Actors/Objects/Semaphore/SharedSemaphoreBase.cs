using Multiproc.Objects.Semaphores;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>What <see cref="SharedSemaphore"/> and <see cref="SharedBoundedSemaphore"/> have in common: the permits, and the way to the node when there are none.</summary>
public abstract class SharedSemaphoreBase : SharedObject
{
    private nint _cell;
    private int _slot;
    private Action? _release;

    private protected SharedSemaphoreBase(ObjectHandle handle, int maximum)
        : base(handle) => Maximum = maximum;

    /// <summary>How many permits are free at the moment of asking. Python's <c>get_value</c>.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public int Value => Cell.Count;

    private protected int Maximum { get; }

    private bool HasSlot => _slot >= 0 && !IsFar;

    /// <summary>On another machine: what is read of the cell is a copy, and every change is a message, as for a process without a slot.</summary>
    private bool IsFar => _cell == 0 && Handle.IsFar;

    private bool IsReached => _cell != 0 || Handle.IsLocal;

    private protected override void Touch()
    {
        if (!IsFar)
        {
            _ = Cell;
        }
    }

    private unsafe SemaphoreCell Cell
    {
        get
        {
            Handle.ThrowIfDisposed();
            if (_cell == 0)
            {
                if (IsFar)
                {
                    return new SemaphoreCell(Handle.CopyOfCell(SemaphoreCell.Bytes));
                }

                _slot = Handle.IsLocal ? SemaphoreCell.NodeSlot : (int)Ask(SemaphoreCommand.Join.Instance, default).Number;
                _cell = (nint)Handle.Memory;
            }

            return new SemaphoreCell((byte*)_cell);
        }
    }

    /// <summary>Takes a permit; waits for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, here or in its node.</exception>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        return (IsReached || TryReach(ref limit, cancellation))
            && (TryFast() || (MayWait(limit) && Ask(new SemaphoreCommand.Acquire(limit), cancellation).Status == ReplyStatus.Ok));
    }

    /// <summary>The same as <see cref="Acquire"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    public async ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        return TryFast() || (MayWait(limit) && (await AskAsync(new SemaphoreCommand.Acquire(limit), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok);
    }

    /// <summary>Takes a permit if there is one.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public bool TryAcquire() => Acquire(TimeSpan.Zero);

    /// <summary>Gives permits back, or new ones: a semaphore has no owner, so its value may grow beyond its start unless it is bounded.</summary>
    /// <param name="count">How many; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    /// <exception cref="InvalidOperationException">A bounded semaphore would have more permits than at its start.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
    public void Release(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var cell = Cell;
        if (count > 1 && count > Maximum - cell.Count)
        {
            throw TooMany(count);
        }

        for (; count > 0; count--)
        {
            if (!HasSlot)
            {
                Ask(SemaphoreCommand.Release.Instance, default);
                continue;
            }

            switch (cell.Give(_slot, Maximum))
            {
                case PermitOutcome.NeedsNode:
                    Handle.Tell(SemaphoreCommand.Grant.Instance);
                    break;
                case PermitOutcome.TooMany:
                    throw TooMany(count);
            }
        }
    }

    /// <summary>Takes a permit until the result is disposed.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What gives it back.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return new LockHold(_release ??= ReleaseOne, 0);
    }

    /// <summary>Takes a permit until the result is disposed, without a blocked thread.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What gives it back.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AcquireAsync(null, cancellation).ConfigureAwait(false);
        return new LockHold(_release ??= ReleaseOne, 0);
    }

    private void ReleaseOne() => Release();

    private InvalidOperationException TooMany(int count) =>
        new($"{this} released too many times: it has {Cell.Count} of at most {Maximum} permits, and {count} more were given. Each Release needs an Acquire before it.");

    private bool TryFast()
    {
        if (IsFar)
        {
            return false;
        }

        var cell = Cell;
        return HasSlot && cell.TryTake(_slot);
    }

    /// <summary>Without a slot even a try that does not wait must ask the node.</summary>
    private bool MayWait(WaitTimeout timeout) => timeout.MayWait || !HasSlot;
}
