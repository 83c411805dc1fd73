using Akka.Actor;
using Akka.Event;
using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// Answers what an object can answer no more: messages that were in its mailbox when it ended, and those whose sender had found it before that and came too
/// late. A subscriber of dead letters, but no actor: it runs on the thread that could not deliver.
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
