using Akka.Actor;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>An object of this process that an actor runs.</summary>
internal sealed class HostedObject(IActorRef actor) : IHostedObject
{
    public void Tell(IObjectMessage message) => actor.Tell(message, ActorRefs.NoSender);

    public void Stop() => actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
}

/// <summary>An actor of this library, for parts that do not know what runs it.</summary>
internal sealed class ActorHandle(IActorRef actor)
{
    public void Tell(object message) => actor.Tell(message, ActorRefs.NoSender);

    /// <summary>Ends the actor after it has processed the messages that were sent to it so far.</summary>
    public void Stop() => actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
}
