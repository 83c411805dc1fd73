using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Lines;

/// <summary>The side of the node whose processes call.</summary>
/// <param name="link">The connection.</param>
/// <param name="answered">Takes answers of entities.</param>
/// <param name="notHere">Takes back messages whose entities are not loaded on the other node.</param>
/// <param name="closed">Is told the end.</param>
internal sealed class AskingLine(ILink link, Action<ToGateway> answered, Action<EntityEnvelope> notHere, Action<AskingLine> closed) : EntityLine(link)
{
    public void Ask(EntityEnvelope envelope) => Send(envelope, Kind.Asked);

    protected override void OnMessage(Kind kind, ref WireReader body)
    {
        switch (kind)
        {
            case Kind.Answered:
                answered(body.ReadToGateway());
                break;
            case Kind.NotHere:
                notHere(ReadEnvelope(ref body));
                break;
            default:
                throw Unexpected(kind, "by the node that asks");
        }
    }

    protected override void OnClosed() => closed(this);
}
