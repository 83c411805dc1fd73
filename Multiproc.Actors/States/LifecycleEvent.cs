namespace Multiproc.States;

/// <summary>An event in the life of a caller of any object. Raised by the node, never read from the wire.</summary>
internal abstract record LifecycleEvent : ICommand, IObjectMessage
{
    /// <summary>The process died or was cut off: what it held is given back, and its waits are removed.</summary>
    public sealed record ProcessGone(int Process) : LifecycleEvent;

    /// <summary>
    /// The connection to a process of another machine broke. The process keeps what it holds for a while, since it may reconnect; but nobody receives the
    /// replies that it waited for. The shell cancels those calls: states do not see this event.
    /// </summary>
    public sealed record ConnectionCut(int Process) : LifecycleEvent;

    /// <summary>The caller no longer waits for this reply. It may still get one: whichever comes first wins.</summary>
    public sealed record CallCancelled(Caller Waiter) : LifecycleEvent;

    /// <summary>
    /// The caller gave up the call at its own time limit, because this process was stopped or slow: no reply to the call, sent already or not, is received.
    /// What the call was granted goes back. Comes after the command, and at most once for each call.
    /// </summary>
    /// <param name="Waiter">The caller.</param>
    /// <param name="TimedOut">True when its timeout passed; false when its token was cancelled.</param>
    public sealed record CallGivenUp(Caller Waiter, bool TimedOut) : LifecycleEvent;

    /// <summary>The deadline that the state armed has passed.</summary>
    public sealed record DeadlinePassed : LifecycleEvent;

    public void ObjectGone(IReplyTo node)
    {
        // Its waiters are told when the object ends.
    }
}
