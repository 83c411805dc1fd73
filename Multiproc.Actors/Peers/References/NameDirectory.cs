using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Peers.References;

/// <summary>
/// Tells children of this process the way to an object that is known by its name. A process that does not know it asks its own parent: so a node of a cluster
/// serves its grandchildren too. Never waits.
/// </summary>
internal sealed class NameDirectory(Node node, NamedObjects names) : IHostedObject
{
    /// <summary>The number of the directory of every node. Objects have numbers from 1.</summary>
    public const long Number = 0;

    public static readonly ObjectType Type = ObjectType.OfActor(
        tag: 0, "directory", static (ref WireReader reader) => new Find(NamedReference.ReadFrom(ref reader)));

    public void Tell(IObjectMessage message)
    {
        if (message is not Delivery { Command: Find find } delivery)
        {
            return;
        }

        if (names.FindHere(find.Reference) is { } id)
        {
            using var writer = new WireWriter();
            node.Address.WriteTo(writer);
            node.Reply(delivery.Caller, Reply.Of(new Payload(writer.ToArray()), id));
        }
        else if (node.Parent?.Address is { } parent)
        {
            _ = ForwardAsync(delivery.Caller, parent, find);
        }
        else
        {
            node.Reply(delivery.Caller, Reply.ObjectGone);
        }
    }

    public void Stop()
    {
    }

    private async Task ForwardAsync(Caller caller, NodeAddress parent, Find find)
    {
        Reply reply;
        try
        {
            reply = await new ObjectHandle(node, parent, Number, MemoryAddress.None).AskAsync(find, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConnectionLostException lost)
        {
            reply = Reply.Lost(lost.Message);
        }

        using (Reactor.EnterHandler())
        {
            node.Reply(caller, reply);
        }
    }

    internal sealed record Find(NamedReference Reference) : IWireCommand
    {
        public void WriteTo(WireWriter writer) => Reference.WriteTo(writer);
    }
}
