using System.Diagnostics;
using Multiproc.Objects.Events;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>A flag between processes that can be waited for. Looking at it, and setting it while nobody waits, costs a few nanoseconds.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedEvent : SharedObject, ISelfCoded<SharedEvent>
{
    private nint _cell;

    internal SharedEvent(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Whether it is set at the moment of asking.</summary>
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

    /// <summary>Names the event and tells whether it is set, if that can be seen without a message: in its node, and where it was used.</summary>
    /// <returns>For example "SharedEvent (object 7 of this process), set".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell != 0 || Handle.IsLocal ? $"{Identity}, {(IsSet ? "set" : "not set")}" : Identity;

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

    /// <summary>Sets it and wakes all who wait. Nothing happens when it is set.</summary>
    /// <exception cref="ConnectionLostException">Somebody waits for it, and the process that it lives in is gone.</exception>
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

    /// <summary>Unsets it: who waits from now on waits for the next <see cref="Set"/>.</summary>
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

    /// <summary>Waits until it is set.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not set in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the event lives in is gone.</exception>
    /// <exception cref="ObjectDisposedException">The event was disposed, here or in its node.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        return (IsReached || TryReach(ref limit, cancellation))
            && ((!IsFar && Cell.IsSet) || (MustAsk(limit) && Ask(new EventCommand.Wait(limit), cancellation).Status == ReplyStatus.Ok));
    }

    /// <summary>The same as <see cref="Wait"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when it was not set in time.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    /// <exception cref="ConnectionLostException">The process that the event lives in is gone.</exception>
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

    /// <summary>On another machine even a look that does not wait is a question.</summary>
    private bool MustAsk(WaitTimeout timeout) => timeout.MayWait || IsFar;

    static SharedEvent ISelfCoded<SharedEvent>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
