using Akka.Actor;
using Multiproc.Cluster.Nodes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Lines;

/// <summary>The side of the node whose entities are called.</summary>
internal sealed class ServingLine : EntityLine
{
    private readonly ClusterView _view;
    private readonly Action<ServingLine> _closed;
    private readonly AnswerRef _answers;

    /// <param name="link">The connection.</param>
    /// <param name="system">The actor system of this node.</param>
    /// <param name="view">What is loaded here.</param>
    /// <param name="closed">Is told the end.</param>
    public ServingLine(ILink link, ExtendedActorSystem system, ClusterView view, Action<ServingLine> closed)
        : base(link)
    {
        (_view, _closed) = (view, closed);
        _answers = new AnswerRef(system, Send);
    }

    protected override void OnMessage(Kind kind, ref WireReader body)
    {
        if (kind != Kind.Asked)
        {
            throw Unexpected(kind, "by the node that is asked");
        }

        var envelope = ReadEnvelope(ref body);
        if (_view.Entities.TryGetValue(envelope.Entity, out var entity))
        {
            entity.Tell(envelope.Message, _answers);
        }
        else
        {
            Send(envelope, Kind.NotHere);
        }
    }

    protected override void OnClosed() => _closed(this);
}
