using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace Multiproc.Cluster.Admission;

/// <summary>Answers nodes that want to join, and tells the log of this node whom it refused, and why.</summary>
internal sealed class AdmissionActor(NodePapers own) : UntypedActor
{
    public const string Name = "admission";

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    protected override void OnReceive(object message)
    {
        if (message is AdmissionQuestion question)
        {
            string? problem = own.ProblemOf(question.Papers);
            if (problem is not null)
            {
                Context.GetLogger().Warning("A node was refused: {0}", problem);
            }

            Sender.Tell(new AdmissionAnswer(_cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp, problem ?? ""));
        }
        else
        {
            Unhandled(message);
        }
    }
}
