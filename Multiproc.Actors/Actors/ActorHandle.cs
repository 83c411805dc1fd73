using Akka.Actor;

namespace Multiproc.Actors;

/// <summary>
/// An actor of this library, for parts that do not know what runs it. It exists from its first message on: most locks are never contended and need none, and
/// the creation of an object need not wait for the start of the actor system.
/// </summary>
/// <param name="host">Starts the actor.</param>
/// <param name="create">Makes the actor.</param>
internal sealed class ActorHandle(ActorHost host, Func<ActorBase> create)
{
    private readonly Lock _starting = new();
    private volatile IActorRef? _actor;
    private Func<ActorBase>? _create = create;

    /// <summary>Sends a message. The actor may run on this thread before the call returns.</summary>
    /// <returns>False if there never was an actor, and will not be: it was stopped, or the actor system ended, before its first message.</returns>
    public bool Tell(object message)
    {
        if ((_actor ?? Started()) is not { } actor)
        {
            return false;
        }

        actor.Tell(message, ActorRefs.NoSender);
        return true;
    }

    /// <summary>Ends the actor after it has processed the messages that were sent to it so far.</summary>
    /// <returns>False if there were none: then the actor never existed, and will not.</returns>
    public bool Stop()
    {
        lock (_starting)
        {
            _create = null;
        }

        if (_actor is not { } actor)
        {
            return false;
        }

        actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        return true;
    }

    private IActorRef? Started()
    {
        lock (_starting)
        {
            if (_actor is null && _create is { } create)
            {
                _actor = host.Start(create);
                _create = null;
            }

            return _actor;
        }
    }
}
