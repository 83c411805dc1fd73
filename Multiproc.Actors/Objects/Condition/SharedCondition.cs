using System.Diagnostics;
using Multiproc.Objects.Conditions;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A lock between processes with which one can wait until another one says that something has changed. Notifying while nobody waits
/// costs no message; a waiter that dies is forgotten, and what it was notified of goes to another one.
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
    private nint _cell;
    private int _process;
    private Action? _release;
    private volatile bool _lost;

    internal SharedCondition(ObjectHandle handle, SharedLockBase gate, bool ownsGate)
        : base(handle)
    {
        _gate = gate;
        _ownsGate = ownsGate;
    }

    private protected override string Kind => nameof(SharedCondition);

    /// <summary>On another machine: what is read of the cell is a copy, and every change is a message.</summary>
    private bool IsFar => _cell == 0 && Handle.IsFar;

    private bool IsReached => _cell != 0 || Handle.IsLocal;

    private protected override void Touch()
    {
        if (!IsFar)
        {
            _ = Cell;
        }
    }

    private unsafe ConditionCell Cell
    {
        get
        {
            Handle.ThrowIfDisposed();
            if (_cell == 0)
            {
                if (IsFar)
                {
                    return new ConditionCell(Handle.CopyOfCell(ConditionCell.Bytes));
                }

                Handle.RequireMemory(ConditionCell.Bytes);
                _process = Handle.OurNumber;
                _cell = (nint)Handle.Memory;
            }

            return new ConditionCell((byte*)_cell);
        }
    }

    /// <summary>Takes the condition's lock; waits until it is free.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not free in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The lock was disposed, here or in its node.</exception>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellation = default) => _gate.Acquire(timeout, cancellation);

    /// <summary>Gives the lock back.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    /// <exception cref="SynchronizationLockException">It is recursive, and another thread or process holds it.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
    public void Release() => _gate.Release();

    /// <summary>Takes the lock until the result is disposed.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>What releases it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the lock lives in is gone.</exception>
    public LockHold Hold(CancellationToken cancellation = default)
    {
        Acquire(null, cancellation);
        return new LockHold(_release ??= EndHold, _gate.Fence);
    }

    /// <summary>
    /// Gives the lock back, waits until somebody notifies, and takes the lock again. What one waits for may have changed again by then:
    /// look in a loop, or use <see cref="WaitFor"/>.
    /// </summary>
    /// <param name="timeout">How long to wait for a notification; null (the default) for ever, zero not at all. Taking the lock again may take longer.</param>
    /// <param name="cancellation">Gives up waiting; the lock is held again when that is thrown.</param>
    /// <returns>False when nobody notified in time.</returns>
    /// <exception cref="MultiprocTimeoutException">The process that the lock lives in is stopped and somebody else has the lock: it is not held when this is thrown.</exception>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the condition lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed, here or in its node.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        RequireHeld("wait for");
        WaitTimeout limit = timeout;
        if (!IsReached && !TryReach(ref limit, cancellation))
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

        // The question is sent before the lock is free: whoever notifies from now on finds the ticket in the cell, and the message on its way.
        using (bound.Enter())
        {
            call = Handle.StartSurely(new ConditionCommand.Wait(TakeTicket(cell), limit), WakeFor(limit), bound);
        }

        RingIfClosed(cell);
        int depth = _gate.ReleaseWholly();
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

    /// <summary>Waits until a predicate, which is looked at under the lock, holds.</summary>
    /// <param name="predicate">What to wait for; called once before waiting, and after each notification.</param>
    /// <param name="timeout">How long to wait in all; null (the default) for ever.</param>
    /// <param name="cancellation">Gives up waiting; the lock is held again when that is thrown.</param>
    /// <returns>What the predicate said last: false when it did not hold in time.</returns>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the condition lives in is gone.</exception>
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

    /// <summary>Wakes so many of those who wait now; they go on one by one, when the lock is free. Nothing happens when nobody waits.</summary>
    /// <param name="n">How many at most; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits, and the process that the condition lives in is gone.</exception>
    public void Notify(int n = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        RequireHeld("notify");
        if (IsFar)
        {
            Ask(new ConditionCommand.Notify(n), CancellationToken.None);
            return;
        }

        var cell = Cell;
        if (!cell.HasWaiters)
        {
            return;
        }

        while (!cell.TryCall(n))
        {
            Ask(ConditionCommand.Look.Instance, CancellationToken.None);
        }

        // Waiters' messages may lie unread here: they were sent without a wake.
        Handle.ReadWhatCame();
        Handle.Tell(ConditionCommand.Look.Instance);
    }

    /// <summary>Wakes all who wait now.</summary>
    /// <exception cref="InvalidOperationException">The lock is not held.</exception>
    /// <exception cref="ConnectionLostException">Somebody waits, and the process that the condition lives in is gone.</exception>
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
        if (Handle.OwnsObject)
        {
            Cell.Close();
        }

        base.Dispose(disposing);
        Handle.ReadWhatCame();
        if (_ownsGate)
        {
            _gate.Dispose();
        }
    }

    /// <summary>A wait without end needs no wake at the node: whoever notifies makes it read. A deadline must be armed.</summary>
    private static Wake WakeFor(WaitTimeout timeout) => timeout.IsInfinite ? Wake.WhenWaiting : Wake.Always;

    private ConditionCell BeginWait(CancellationToken cancellation)
    {
        RequireHeld("wait for");
        cancellation.ThrowIfCancellationRequested();
        return IsFar ? default : Cell;
    }

    private long TakeTicket(ConditionCell cell) =>
        IsFar ? Ask(ConditionCommand.TakeTicket.Instance, CancellationToken.None).Number : cell.TakeTicket(_process);

    /// <summary>With the lock held again.</summary>
    private bool EndWait(in Reply reply, CancellationToken cancellation)
    {
        if (reply.Status == ReplyStatus.Ok && !Handle.IsLocal)
        {
            Handle.Tell(new ConditionCommand.Taken(reply.Call), Wake.Never);
        }

        return Check(reply, cancellation).Status == ReplyStatus.Ok;
    }

    /// <summary>The node has disposed it and may never look again: then our question must wake it.</summary>
    private void RingIfClosed(ConditionCell cell)
    {
        if (!IsFar && cell.IsClosed)
        {
            Handle.Tell(ConditionCommand.Look.Instance);
        }
    }
}
