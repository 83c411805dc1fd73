using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>An object of this process that an actor runs.</summary>
/// <param name="node">The node that it lives in.</param>
/// <param name="actor">Its actor.</param>
/// <param name="owned">What the actor disposes of at its end.</param>
internal sealed class HostedObject(IReplyTo node, ActorHandle actor, IDisposable? owned) : IHostedObject
{
    public void Tell(IObjectMessage message)
    {
        if (!actor.Tell(message))
        {
            message.ObjectGone(node);
        }
    }

    public void Stop()
    {
        if (!actor.Stop())
        {
            owned?.Dispose();
        }
    }
}
