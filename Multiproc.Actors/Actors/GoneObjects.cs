using Akka.Actor;
using Akka.Event;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// Replies on behalf of objects that have ended: to messages that were in the mailbox at the end, and to those of senders that had found the object before and
/// came too late. Subscribes to dead letters without being an actor, so it runs on the thread that could not deliver.
/// </summary>
internal sealed class GoneObjects(ExtendedActorSystem system, Node node) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/gone-objects");

    public override IActorRefProvider Provider => system.Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is DeadLetter { Message: IObjectMessage late })
        {
            late.ObjectGone(node);
        }
    }
}
