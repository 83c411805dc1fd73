using Akka.Actor;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// In place of an object whose journal this version cannot read: tells so to whoever asks. The object itself may be well, for a node of a newer version.
/// </summary>
internal sealed class UnreadableActor(string problem) : UntypedActor
{
    protected override void OnReceive(object message)
    {
        var reply = Reply.Refused(problem);
        switch (message)
        {
            case ObjectEntityActor.HandOff:
                Context.Stop(Self);
                break;
            case ToEntity.Open open:
                Sender.Tell(new ToGateway.Opened(open.Session, reply));
                break;
            case ToEntity.Query query:
                Sender.Tell(new ToGateway.Answered(query.Session, query.Id, reply));
                break;
            case ToEntity.Look look:
                // Its name, as far as that can be told; a long one is there in part.
                string name = Uri.UnescapeDataString(Uri.UnescapeDataString(Self.Path.Name));
                Sender.Tell(new ToGateway.Seen(look.Session, 0, new ObjectSpec(name, 0, $"thing that cannot be read: {problem}", default)));
                break;
            case ToEntity.Submit or ToEntity.Probe or ToEntity.Delete:
                // What was submitted is perhaps done: only a session that ends says that it is not known.
                Sender.Tell(new ToGateway.Ended(((ToEntity)message).Session));
                break;
        }
    }
}
