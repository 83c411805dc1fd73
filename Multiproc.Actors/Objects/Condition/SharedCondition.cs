using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Conditions;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A condition variable that processes share: callers that hold its lock wait until another caller notifies them of a change. Notifying costs no message
/// while nobody waits. When a notified waiter dies before it wakes, its notification passes to another waiter.
/// </summary>
/// <example>
/// <code>
/// using var changed = Mp.Condition();
/// using (changed.Hold())
/// {
///     changed.WaitFor(() => stock.Value > 0);
///     stock.Value--;
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class SharedCondition : SharedObject, ISelfCoded<SharedCondition>
{
    private readonly SharedLockBase _gate;
    private readonly bool _ownsGate;
    private CellAccess<ConditionCell> _cell;
    private Action? _release;
    private volatile bool _lost;

    internal SharedCondition(ObjectHandle handle, SharedLockBase gate, bool ownsGate)
        : base(handle)
    {
        _gate = gate;
        _ownsGate = ownsGate;
        _cell = new(handle);
    }

    internal SharedLockBase Gate => _gate;

    private protected override string Kind => nameof(SharedCondition);

    private protected override void Touch() => _cell.Touch();

    /// <summary>Acquires the condition's lock, waiting up to <paramref name="timeout"/> until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the lock was acquired; false when it was not free within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default) => _gate.Acquire(timeout, cancellation);

    /// <summary>Releases the condition's lock, or one level of it if it is recursive.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="SynchronizationLockException">The lock is recursive, and another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the lock has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public void Release() => _gate.Release();

    /// <summary>Acquires the condition's lock and releases it when the result is disposed: Python's <c>with condition:</c>.</summary>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The hold; dispose it to release the lock.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the lock has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, in this process or in its node.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return new LockHold(_release ??= EndHold, _gate.Fence);
    }

    /// <summary>
    /// Releases the lock, waits up to <paramref name="timeout"/> for a notification, and acquires the lock again. The state may have changed once more by then:
    /// check it in a loop, or use <see cref="WaitFor"/>.
    /// </summary>
    /// <param name="timeout">
    /// How long to wait for a notification; null (the default) waits forever, zero does not wait. Acquiring the lock again may take longer.
    /// </param>
    /// <param name="cancellation">Cancels the wait; the lock is held again when <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>True when notified; false when no notification came within <paramref name="timeout"/>.</returns>
    /// <exception cref="MultiprocTimeoutException">
    /// The process that hosts the lock is stopped, and another caller holds the lock. The lock is not held when this is thrown.
    /// </exception>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the condition has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        RequireHeld("wait for");
        WaitTimeout limit = timeout;
        if (!_cell.IsReached && !TryReach(ref limit, cancellation))
        {
            return false;
        }

        var cell = BeginWait(cancellation);
        if (!limit.MayWait)
        {
            Retake(_gate.ReleaseWholly(), isBounded: true);
            return false;
        }

        var bound = Handle.IsLocal ? default : Handle.LimitFor(limit, cancellation);
        bool isBounded = !limit.IsInfinite || cancellation.CanBeCanceled;
        BlockingCall call;

        // The command is sent before the lock is free: a notifier finds the ticket in the cell from now on, and the message is on its way.
        using (bound.Enter())
        {
            long ticket = TakeTicket(cell);
            FaultPoint.Reached("wait: ticket taken");
            call = Handle.StartSurely(new ConditionCommand.Wait(ticket, limit), WakeFor(limit), bound);
            FaultPoint.Reached("wait: sent");
        }

        RingIfClosed(cell);
        int depth = _gate.ReleaseWholly();
        FaultPoint.Reached("wait: lock released");
        Reply reply;
        try
        {
            reply = Handle.Finish(call, cancellation);
        }
        catch
        {
            Retake(depth, isBounded);
            throw;
        }

        Retake(depth, isBounded);
        return EndWait(reply, cancellation);
    }

    /// <summary>Waits up to <paramref name="timeout"/> until a predicate holds. The predicate is evaluated while the lock is held.</summary>
    /// <param name="predicate">The condition to wait for; called once before waiting and after each notification.</param>
    /// <param name="timeout">How long to wait in total; null (the default) waits forever.</param>
    /// <param name="cancellation">Cancels the wait; the lock is held again when <see cref="OperationCanceledException"/> is thrown.</param>
    /// <returns>The last result of <paramref name="predicate"/>: false when it did not hold in time.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the condition has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public bool WaitFor(Func<bool> predicate, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        BeginWait(cancellation);
        var deadline = Deadline.In(timeout);
        bool holds = predicate();
        while (!holds && !deadline.HasPassed)
        {
            Wait(deadline.Remaining, cancellation);
            holds = predicate();
        }

        return holds;
    }

    /// <summary>Wakes up to <paramref name="n"/> current waiters, which continue one by one as the lock becomes free. Does nothing when nobody waits.</summary>
    /// <param name="n">The largest number of waiters to wake, at least 1; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the condition has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public void Notify(int n = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        RequireHeld("notify");
        if (!_cell.TryMap(out var cell))
        {
            Ask(new ConditionCommand.Notify(n), CancellationToken.None);
            return;
        }

        if (!cell.HasWaiters)
        {
            return;
        }

        while (!cell.TryCall(n))
        {
            Ask(ConditionCommand.ReadCalls.Instance, CancellationToken.None);
        }

        FaultPoint.Reached("notify: written");

        // Waiters' messages may lie unread here: they were sent without a wake.
        Handle.ReadWhatCame();
        Handle.Tell(ConditionCommand.ReadCalls.Instance);
    }

    /// <summary>Wakes all current waiters, which continue one by one as the lock becomes free.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the condition has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, in this process or in its node.</exception>
    public void NotifyAll() => Notify(int.MaxValue);

    static SharedCondition ISelfCoded<SharedCondition>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        bool recursive = reader.Bool();
        var gate = ObjectHandle.ReadFrom(ref reader);
        return new SharedCondition(handle, recursive ? new SharedRLock(gate) : new SharedLock(gate), ownsGate: true);
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.Bool(_gate is SharedRLock);
        _gate.Handle.WriteTo(writer);
    }

    private protected override void Dispose(bool disposing)
    {
        if (Handle.OwnsObject && _cell.TryMap(out var cell))
        {
            cell.Close();
        }

        base.Dispose(disposing);
        Handle.ReadWhatCame();
        if (_ownsGate)
        {
            _gate.Dispose();
        }
    }

    /// <summary>
    /// Tells whether to wake the node. An endless wait need not wake it, since a notifier makes it read; a wait with a deadline must, to arm the deadline.
    /// </summary>
    private static Wake WakeFor(WaitTimeout timeout) => timeout.IsInfinite ? Wake.WhenWaiting : Wake.Always;

    private ConditionCell? BeginWait(CancellationToken cancellation)
    {
        RequireHeld("wait for");
        cancellation.ThrowIfCancellationRequested();
        return _cell.Mapped;
    }

    private long TakeTicket(ConditionCell? cell) =>
        cell is { } mapped ? mapped.TakeTicket(_cell.Process) : Ask(ConditionCommand.TakeTicket.Instance, CancellationToken.None).Number;

    /// <summary>Acknowledges the notification and checks the reply, with the lock held again.</summary>
    private bool EndWait(in Reply reply, CancellationToken cancellation)
    {
        if (reply.Status == ReplyStatus.Ok && Handle.MustAcknowledge)
        {
            Handle.Tell(new ConditionCommand.Taken(reply.Call), Wake.Never);
        }

        return Check(reply, cancellation).Status == ReplyStatus.Ok;
    }

    /// <summary>Wakes the node if it has disposed the condition: it may never read on its own again, and our command must be refused.</summary>
    private void RingIfClosed(ConditionCell? cell)
    {
        if (cell is { IsClosed: true })
        {
            Handle.Tell(ConditionCommand.ReadCalls.Instance);
        }
    }
}
