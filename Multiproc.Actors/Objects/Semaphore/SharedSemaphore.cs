using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Semaphores;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A number of permits between processes. Taking and giving one is a compare-and-swap in mapped memory while permits are there;
/// waiters are served in order. When a process dies, the permits that it held come back.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedSemaphore : SharedObject, ISelfCoded<SharedSemaphore>
{
    private readonly int _maximum;
    private nint _cell;
    private int _slot;

    internal SharedSemaphore(ObjectHandle handle, int maximum)
        : base(handle) => _maximum = maximum;

    /// <summary>How many permits are free at the moment of asking. Python's <c>get_value</c>.</summary>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed.</exception>
    public int Value => Cell.Count;

    private protected override string Kind => _maximum == SemaphoreCell.MaxCount ? nameof(SharedSemaphore) : "SharedBoundedSemaphore";

    private bool HasSlot => _slot >= 0;

    private unsafe SemaphoreCell Cell
    {
        get
        {
            Handle.ThrowIfDisposed();
            if (_cell == 0)
            {
                _slot = Handle.IsLocal ? SemaphoreCell.HomeSlot : (int)Ask(SemaphoreCommand.Join.Instance, default).Number;
                _cell = (nint)Handle.Memory;
            }

            return new SemaphoreCell((byte*)_cell);
        }
    }

    /// <summary>Takes a permit; waits for one.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The semaphore was disposed, here or in its home.</exception>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryFast() || (MayWait(timeout) && Ask(new SemaphoreCommand.Acquire(timeout), cancellation).Status == AnswerStatus.Ok);

    /// <summary>The same as <see cref="Acquire"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero or less not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when there was none in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the semaphore lives in is gone.</exception>
    public async ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        TryFast() || (MayWait(timeout) && (await AskAsync(new SemaphoreCommand.Acquire(timeout), cancellation).ConfigureAwait(false)).Status == AnswerStatus.Ok);

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
        for (; count > 0; count--)
        {
            if (!HasSlot)
            {
                Ask(SemaphoreCommand.Release.Instance, default);
                continue;
            }

            switch (cell.Give(_slot, _maximum))
            {
                case PermitOutcome.NeedsHome:
                    Handle.Tell(SemaphoreCommand.Grant.Instance);
                    break;
                case PermitOutcome.TooMany:
                    throw new InvalidOperationException($"{this} released too many times: it has all of its {_maximum} permits.");
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
        return new LockHold(() => Release(), 0);
    }

    static SharedSemaphore ISelfCoded<SharedSemaphore>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new SharedSemaphore(handle, checked((int)reader.VarUInt()));
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)_maximum);
    }

    private bool TryFast()
    {
        var cell = Cell;
        return HasSlot && cell.TryTake(_slot);
    }

    /// <summary>Without a slot even a try that does not wait must ask the home.</summary>
    private bool MayWait(TimeSpan? timeout) => timeout is not { Ticks: <= 0 } || !HasSlot;
}
