namespace Multiproc.Kernel;

/// <summary>
/// Where messages are sent. Telling never blocks and never fails: what cannot be delivered becomes a <see cref="DeadLetter"/>.
/// Other parts derive refs of their own, as for an actor in another process.
/// </summary>
internal abstract class ActorRef(string path)
{
    /// <summary>The names from the system down to the actor: "system/parent/child".</summary>
    public string Path { get; } = path;

    public abstract void Tell(object message, ActorRef? sender = null);

    /// <summary>Ends the actor after the messages that it has been sent so far.</summary>
    public void StopGracefully() => Tell(PoisonPill.Instance);

    /// <summary>Delivers a message of the kernel, ahead of users' messages.</summary>
    internal abstract void TellSystem(SystemMessage message);

    public override string ToString() => Path;
}
