using Multiproc.Objects.Conditions;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <content>The asynchronous members. They need a lock that is not owned by a thread.</content>
public sealed partial class SharedCondition
{
    private SharedLock AsyncGate => _gate as SharedLock ?? throw new InvalidOperationException(
        $"{this} has a recursive lock, which is owned by a thread: it cannot be awaited. Create the condition over a plain lock: Mp.Condition(Mp.Lock()).");

    /// <summary>Acquires the condition's lock, asynchronously waiting up to <paramref name="timeout"/> until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="InvalidOperationException">The condition's lock is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => AsyncGate.AcquireAsync(timeout, cancellation);

    /// <summary>Asynchronously acquires the condition's lock and releases it when the result is disposed.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock.</returns>
    /// <exception cref="InvalidOperationException">The condition's lock is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AsyncGate.AcquireAsync(null, cancellation).ConfigureAwait(false);
        return new LockHold(_release ??= EndHold, _gate.Fence);
    }

    /// <summary>
    /// Releases the lock, asynchronously waits up to <paramref name="timeout"/> for a notification, and acquires the lock again. The state may have changed
    /// once more by then: check it in a loop, or use <see cref="WaitForAsync"/>.
    /// </summary>
    /// <param name="timeout">How long to wait for a notification; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the lock is held again when <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>True when notified; false when no notification came within <paramref name="timeout"/>.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held, or is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the condition has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var gate = AsyncGate;
        RequireHeld("wait for");
        WaitTimeout limit = timeout;
        bool isBounded = !limit.IsInfinite || cancellation.CanBeCanceled;
        if (!_cell.IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        var cell = BeginWait(cancellation);
        if (!limit.MayWait)
        {
            gate.ReleaseWholly();
            await RetakeAsync(gate, isBounded).ConfigureAwait(false);
            return false;
        }

        var asked = StartWait(cell, limit, cancellation);
        RingIfClosed(cell);
        gate.ReleaseWholly();
        Reply reply;
        try
        {
            reply = await asked.ConfigureAwait(false);
        }
        catch
        {
            await RetakeAsync(gate, isBounded).ConfigureAwait(false);
            throw;
        }

        await RetakeAsync(gate, isBounded).ConfigureAwait(false);
        return EndWait(reply, cancellation);
    }

    /// <summary>
    /// Asynchronously waits up to <paramref name="timeout"/> until a predicate holds. The predicate is evaluated while the lock is held.
    /// </summary>
    /// <param name="predicate">The condition to wait for; called once before waiting and after each notification.</param>
    /// <param name="timeout">How long to wait in total; null (the default) waits forever.</param>
    /// <param name="cancellation">Cancels the wait; the lock is held again when <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>The last result of <paramref name="predicate"/>: false when it did not hold in time.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held, or is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the condition has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> WaitForAsync(Func<bool> predicate, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        BeginWait(cancellation);
        var deadline = Deadline.In(timeout);
        bool holds = predicate();
        while (!holds && !deadline.HasPassed)
        {
            await WaitAsync(deadline.Remaining, cancellation).ConfigureAwait(false);
            holds = predicate();
        }

        return holds;
    }

    /// <summary>Sends the question in any case, since a ticket was taken for it.</summary>
    private ValueTask<Reply> StartWait(ConditionCell? cell, WaitTimeout timeout, CancellationToken cancellation)
    {
        ValueTask<Reply> begun;
        using (Handle.IsLocal ? default(WaitLimit).Enter() : Handle.LimitFor(timeout, cancellation).Enter())
        {
            begun = Handle.StartSurelyAsync(new ConditionCommand.Wait(TakeTicket(cell), timeout), WakeFor(timeout), cancellation);
        }

        return begun;
    }

    private async ValueTask RetakeAsync(SharedLock gate, bool isBounded)
    {
        try
        {
            await StartRetake(gate, isBounded).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ConnectionLostException or ObjectDisposedException or MultiprocTimeoutException)
        {
            _lost = true;
            throw;
        }
    }

    private static ValueTask<bool> StartRetake(SharedLock gate, bool isBounded)
    {
        ValueTask<bool> begun;
        using (isBounded ? gate.Handle.LimitUntilStopped().Enter() : default(WaitLimit).Enter())
        {
            begun = gate.AcquireAsync();
        }

        return begun;
    }
}
