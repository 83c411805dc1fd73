using Akka.Actor;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Lines;

/// <summary>Takes the answers of entities of this node on their own thread, where an actor would be one hop more. Never leaves this node.</summary>
/// <param name="system">The actor system of this node.</param>
/// <param name="take">Takes an answer; must not wait, and must not throw.</param>
internal sealed class AnswerRef(ExtendedActorSystem system, Action<ToGateway> take) : MinimalActorRef
{
    private static int s_count;

    public override ActorPath Path { get; } =
        new RootActorPath(system.Provider.DefaultAddress) / "answers" / $"{Interlocked.Increment(ref s_count)}";

    public override IActorRefProvider Provider => system.Provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is ToGateway answer)
        {
            take(answer);
        }
    }
}
