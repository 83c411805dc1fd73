namespace Multiproc.States;

/// <summary>What may befall a caller of any object. Made by the node, never read from the wire.</summary>
internal abstract record LifecycleEvent : ICommand, IObjectMessage
{
    /// <summary>The process died or was cut off: what it held comes back, what it waited for is forgotten.</summary>
    public sealed record ProcessGone(int Process) : LifecycleEvent;

    /// <summary>
    /// The connection to a process of another machine broke. It keeps what it holds for a while, since it may come back; but nobody listens any more for
    /// the answers that it waited for. The shell makes cancelled calls of it: no state is told.
    /// </summary>
    public sealed record ConnectionCut(int Process) : LifecycleEvent;

    /// <summary>The caller no longer waits for this answer. It may still get one: whichever comes first wins.</summary>
    public sealed record CallCancelled(Caller Waiter) : LifecycleEvent;

    /// <summary>
    /// The caller has given the call up by its own bound, because this process was stopped or slow: whatever was answered or will be answered to it is not
    /// received. What it was given goes back. Comes after the command, and at most once for a call.
    /// </summary>
    /// <param name="Waiter">Whose call.</param>
    /// <param name="TimedOut">Whether its time was over; else its token fired.</param>
    public sealed record CallGivenUp(Caller Waiter, bool TimedOut) : LifecycleEvent;

    /// <summary>The deadline that the state armed has passed.</summary>
    public sealed record DeadlinePassed : LifecycleEvent;

    public void ObjectGone(IReplyTo node)
    {
        // Whom it concerns is told by the end of the object.
    }
}
