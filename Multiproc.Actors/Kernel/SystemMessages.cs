namespace Multiproc.Kernel;

/// <summary>What the kernel tells actors; overtakes users' messages.</summary>
internal abstract record SystemMessage
{
    public sealed record Stop : SystemMessage
    {
        public static readonly Stop Instance = new();
    }

    public sealed record Watch(ActorRef Watcher) : SystemMessage;

    public sealed record Unwatch(ActorRef Watcher) : SystemMessage;

    public sealed record Notice(Terminated Terminated) : SystemMessage;

    /// <summary>A child threw; it is suspended until its parent has decided.</summary>
    public sealed record Failed(ActorCell Child, Exception Reason) : SystemMessage;

    public sealed record Restart(Exception Reason) : SystemMessage;

    public sealed record Resume : SystemMessage
    {
        public static readonly Resume Instance = new();
    }
}

/// <summary>Told to watchers, once, when an actor has ended.</summary>
internal sealed record Terminated(ActorRef Actor, TerminationReason Reason);

/// <summary>Why an actor ended.</summary>
internal abstract record TerminationReason
{
    public sealed record Stopped : TerminationReason;

    public sealed record Failed(Exception Cause) : TerminationReason;

    /// <summary>It had ended before it was watched.</summary>
    public sealed record Unknown : TerminationReason;
}

/// <summary>A user message that ends the actor when its turn comes.</summary>
internal sealed record PoisonPill
{
    public static readonly PoisonPill Instance = new();
}

/// <summary>A message that nobody received.</summary>
internal sealed record DeadLetter(object Message, ActorRef? Sender, ActorRef Recipient);
