using Akka.Actor;

namespace Multiproc.Cluster.Nodes;

/// <summary>Asks a node for the number of its <see cref="NodePort"/>, which it opens then.</summary>
internal sealed record PortQuestion
{
    public static readonly PortQuestion Instance = new();
}

/// <summary>The answer: the port, or why there is none.</summary>
internal sealed record PortAnswer(int Port, string Problem);

/// <summary>Tells other nodes the number of this node's port.</summary>
internal sealed class PortActor(NodePort port) : UntypedActor
{
    public const string Name = "port";

    protected override void OnReceive(object message)
    {
        if (message is PortQuestion)
        {
            Sender.Tell(port.Answer());
        }
        else
        {
            Unhandled(message);
        }
    }
}
