namespace Multiproc.States;

/// <summary>Runs the objects of this process; each processes one message at a time.</summary>
internal interface IObjectHost
{
    /// <summary>Hosts an object with a state of its own.</summary>
    IHostedObject Host(IObjectState state);

    /// <summary>Makes ready what objects run on, beside the caller.</summary>
    void Prepare();
}

/// <summary>A running object.</summary>
internal interface IHostedObject
{
    /// <summary>Sends a message; never fails. The object may run on this thread before the call returns.</summary>
    void Tell(IObjectMessage message);

    /// <summary>Ends the object after it has processed the messages that were sent to it so far.</summary>
    void Stop();
}

/// <summary>A message to an object.</summary>
internal interface IObjectMessage
{
    /// <summary>Called when the object ended before this message was processed: its sender must not wait forever.</summary>
    void ObjectGone(IReplyTo node);
}

/// <summary>A command on its way to its object.</summary>
internal sealed record Delivery(Caller Caller, ICommand Command) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => node.Reply(Caller, Reply.ObjectGone);
}

/// <summary>The services that an object needs from the process that it lives in: a clock with alarms, and replies to its callers.</summary>
internal interface IReplyTo
{
    Instant Now { get; }

    /// <summary>Calls back once by the same clock, unless it is disposed of before.</summary>
    IDisposable Alarm(TimeSpan delay, Action ring);

    /// <summary>Sends a reply to a caller, unless it is gone or wants none.</summary>
    void Reply(Caller caller, in Reply reply);
}
