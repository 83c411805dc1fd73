using Multiproc.Objects.Conditions;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <content>The members that block no thread. They need a lock that belongs to no thread.</content>
public sealed partial class SharedCondition
{
    private SharedLock AsyncGate => _gate as SharedLock ?? throw new InvalidOperationException(
        $"{this} has a recursive lock, which belongs to a thread: it cannot be awaited. Make the condition over a plain lock: Mp.Condition(Mp.Lock()).");

    /// <summary>The same as <see cref="Acquire"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="InvalidOperationException">The condition's lock is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => AsyncGate.AcquireAsync(timeout, cancellation);

    /// <summary>The same as <see cref="Hold"/>, without a blocked thread.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What releases it.</returns>
    /// <exception cref="InvalidOperationException">The condition's lock is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public async ValueTask<LockHold> HoldAsync(CancellationToken cancellation = default)
    {
        await AsyncGate.AcquireAsync(null, cancellation).ConfigureAwait(false);
        return new LockHold(_release ??= EndHold, _gate.Fence);
    }

    /// <summary>The same as <see cref="Wait"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait for a notification; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the lock is held again when that is thrown.</param>
    /// <returns>False when nobody notified in time.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held, or is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the condition lives in is gone.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var gate = AsyncGate;
        RequireHeld("wait for");
        WaitTimeout limit = timeout;
        bool isBounded = !limit.IsInfinite || cancellation.CanBeCanceled;
        if (!IsReached)
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

    /// <summary>The same as <see cref="WaitFor"/>, without a blocked thread.</summary>
    /// <param name="predicate">What to wait for; called once before waiting, and after each notification.</param>
    /// <param name="timeout">How long to wait in all; null (the default) for ever.</param>
    /// <param name="cancellation">Gives up waiting; the lock is held again when that is thrown.</param>
    /// <returns>What the predicate said last: false when it did not hold in time.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held, or is recursive.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the condition lives in is gone.</exception>
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

    /// <summary>The question goes out whatever happens: a ticket was taken for it.</summary>
    private ValueTask<Reply> StartWait(ConditionCell cell, WaitTimeout timeout, CancellationToken cancellation)
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
