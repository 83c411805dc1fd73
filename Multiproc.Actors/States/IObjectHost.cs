namespace Multiproc.States;

/// <summary>What runs the objects of this process: each takes one message at a time.</summary>
internal interface IObjectHost
{
    /// <summary>Starts an object with a state of its own.</summary>
    IHostedObject Host(IObjectState state);
}

/// <summary>An object that runs.</summary>
internal interface IHostedObject
{
    /// <summary>Sends a message; never fails. The object may run on this thread before the call returns.</summary>
    void Tell(IObjectMessage message);

    /// <summary>Ends the object after the messages that it was sent so far.</summary>
    void Stop();
}

/// <summary>What is sent to an object.</summary>
internal interface IObjectMessage
{
    /// <summary>The object ended before this message came: its sender must not wait for ever.</summary>
    void ObjectGone(IReplyTo node);
}

/// <summary>A command on its way to its object.</summary>
internal sealed record Delivery(Caller Caller, ICommand Command) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => node.Reply(Caller, Reply.ObjectGone);
}

/// <summary>What an object needs of the process that it lives in: a clock, and a way to its callers.</summary>
internal interface IReplyTo
{
    Instant Now { get; }

    /// <summary>Answers a caller, unless it is gone or wants no answer.</summary>
    void Reply(Caller caller, in Reply reply);
}
