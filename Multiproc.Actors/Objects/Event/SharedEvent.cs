using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Events;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A flag that processes share and can wait for; not set at first. Reading it, and setting it while nobody waits, takes a few nanoseconds.
/// </summary>
/// <example>
/// <code>
/// using var ready = Mp.Event();
/// var child = Mp.Process(static e => e.Set(), ready);
/// child.Start();
/// ready.Wait();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedEvent : SharedObject, ISelfCoded<SharedEvent>
{
    private CellAccess<EventCell> _cell;

    internal SharedEvent(ObjectHandle handle)
        : base(handle) => _cell = new(handle);

    /// <summary>Whether the event is set at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public bool IsSet => _cell.Read().IsSet;

    private protected override string Kind => nameof(SharedEvent);

    /// <summary>
    /// Returns the event's identity and, if that is known without sending a message, whether it is set: in the event's node, and in processes that have used
    /// it.
    /// </summary>
    /// <returns>For example "SharedEvent (object 7 of this process), set".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell.IsReached && !Handle.IsRelayed ? $"{Identity}, {(IsSet ? "set" : "not set")}" : Identity;

    private protected override void Touch() => _cell.Touch();

    /// <summary>Sets the event and wakes all waiters. Does nothing when it is already set.</summary>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the event has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Set()
    {
        if (!_cell.TryMap(out var cell))
        {
            Ask(EventCommand.Set.Instance, CancellationToken.None);
        }
        else if (cell.Set())
        {
            FaultPoint.Reached("set: written");
            Handle.Tell(EventCommand.Call.Instance);
        }
    }

    /// <summary>Clears the event: callers that wait from now on wait for the next <see cref="Set"/>.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Clear()
    {
        if (_cell.TryMap(out var cell))
        {
            cell.Clear();
        }
        else
        {
            Ask(EventCommand.Clear.Instance, CancellationToken.None);
        }
    }

    /// <summary>Waits up to <paramref name="timeout"/> until the event is set.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the event is set; false when it was not set within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the event has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed, in this process or in its node.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        return (_cell.IsReached || TryReach(ref limit, cancellation))
            && (IsSeenSet(limit, out bool mustAsk) || (mustAsk && Ask(new EventCommand.Wait(limit), cancellation).Status == ReplyStatus.Ok));
    }

    /// <summary>Asynchronously waits up to <paramref name="timeout"/> until the event is set.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the event is set; false when it was not set within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the event has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
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

        return IsSeenSet(limit, out bool mustAsk)
            || (mustAsk && (await AskAsync(new EventCommand.Wait(limit), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok);
    }

    /// <summary>Whether the event is set, as far as this process can see without a message.</summary>
    /// <param name="timeout">How long the caller waits.</param>
    /// <param name="mustAsk">Whether the node must be asked otherwise: to wait, or because the event is on another machine.</param>
    private bool IsSeenSet(WaitTimeout timeout, out bool mustAsk)
    {
        bool isMapped = _cell.TryMap(out var cell);
        mustAsk = timeout.MayWait || !isMapped;
        return isMapped && cell.IsSet;
    }

    static SharedEvent ISelfCoded<SharedEvent>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
