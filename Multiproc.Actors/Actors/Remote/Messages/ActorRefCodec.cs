using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Actors.Remote;

/// <summary>Sends a reference to an actor as its path, and the address of its process.</summary>
internal sealed class ActorRefCodec : Codec<IActorRef>
{
    public override bool IsLeaf => true;

    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, IActorRef value)
    {
        if (value.IsNobody())
        {
            context.Writer.Bool(false);
            return;
        }

        if (value is not IInternalActorRef { Provider: ILinkProvider provider })
        {
            throw new UnsendableException(
                $"is a reference to {value.Path}, an actor of a system that other processes cannot reach: make the actor in Mp.ActorSystem, or give its "
                + "system to MultiprocContext.From");
        }

        var remoting = provider.Remoting;
        context.Writer.Bool(true);
        remoting.NodeOf(value).WriteTo(context.Writer);
        context.Writer.String(remoting.Resolver.TextOf(value));
    }

    public override IActorRef Read(ReadContext context, ref WireReader reader, int id)
    {
        if (!reader.Bool())
        {
            return ActorRefs.Nobody;
        }

        var remoting = Node.Current.ActorSystems.Remoting;
        remoting.Learn(NodeAddress.ReadFrom(ref reader));
        return remoting.Resolver.Resolve(reader.String());
    }
}
