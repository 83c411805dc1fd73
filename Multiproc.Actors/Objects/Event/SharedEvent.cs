using System.Diagnostics;
using Multiproc.Objects.Events;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

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
    private nint _cell;

    internal SharedEvent(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Whether the event is set at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public bool IsSet => Cell.IsSet;

    private protected override string Kind => nameof(SharedEvent);

    private unsafe EventCell Cell
    {
        get
        {
            Handle.ThrowIfDisposed();
            if (_cell == 0)
            {
                if (IsFar)
                {
                    return new EventCell(Handle.CopyOfCell(sizeof(int)));
                }

                _cell = (nint)Handle.Memory;
            }

            return new EventCell((byte*)_cell);
        }
    }

    /// <summary>
    /// Returns the event's identity and, if that is known without sending a message, whether it is set: in the event's node, and in processes that have used
    /// it.
    /// </summary>
    /// <returns>For example "SharedEvent (object 7 of this process), set".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell != 0 || (Handle.IsLocal && !Handle.IsRelayed) ? $"{Identity}, {(IsSet ? "set" : "not set")}" : Identity;

    /// <summary>Whether the event lives on another machine: what is read of the cell is then a copy, and every change is a message.</summary>
    private bool IsFar => _cell == 0 && Handle.IsFar;

    private bool IsReached => _cell != 0 || Handle.IsLocal;

    private protected override void Touch()
    {
        if (!IsFar)
        {
            _ = Cell;
        }
    }

    /// <summary>Sets the event and wakes all waiters. Does nothing when it is already set.</summary>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the event has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Set()
    {
        if (IsFar)
        {
            Ask(EventCommand.Set.Instance, CancellationToken.None);
        }
        else if (Cell.Set())
        {
            Handle.Tell(EventCommand.Call.Instance);
        }
    }

    /// <summary>Clears the event: callers that wait from now on wait for the next <see cref="Set"/>.</summary>
    /// <exception cref="ObjectDisposedException">The event was disposed.</exception>
    public void Clear()
    {
        if (IsFar)
        {
            Ask(EventCommand.Clear.Instance, CancellationToken.None);
        }
        else
        {
            Cell.Clear();
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
        return (IsReached || TryReach(ref limit, cancellation))
            && ((!IsFar && Cell.IsSet) || (MustAsk(limit) && Ask(new EventCommand.Wait(limit), cancellation).Status == ReplyStatus.Ok));
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
        if (!IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        return (!IsFar && Cell.IsSet) || (MustAsk(limit) && (await AskAsync(new EventCommand.Wait(limit), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok);
    }

    /// <summary>Whether the node must be asked: for an event on another machine, even a check that does not wait is a message.</summary>
    private bool MustAsk(WaitTimeout timeout) => timeout.MayWait || IsFar;

    static SharedEvent ISelfCoded<SharedEvent>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
