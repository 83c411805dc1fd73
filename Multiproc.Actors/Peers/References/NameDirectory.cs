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

    public static readonly ObjectType Type = ObjectType.OfActor(tag: 0, "directory", ReadCommand);

    public static IWireCommand ReadCommand(ref WireReader reader) => reader.Byte() switch
    {
        Find.Tag => new Find(NamedReference.ReadFrom(ref reader)),
        HeldFor.Tag => new HeldFor(reader.String()),
        byte other => throw CommandFields.Unknown("directory", other),
    };

    public void Tell(IObjectMessage message)
    {
        if (message is not Delivery { Command: IWireCommand question } delivery)
        {
            return;
        }

        if (Answer(question) is { } answer)
        {
            node.Reply(delivery.Caller, answer);
        }
        else if (node.Parent?.Address is { } parent)
        {
            _ = ForwardAsync(delivery.Caller, parent, question);
        }
        else
        {
            node.Reply(delivery.Caller, Reply.ObjectGone);
        }
    }

    public void Stop()
    {
    }

    /// <returns>Null when it is not for this process to say.</returns>
    private Reply? Answer(IWireCommand question)
    {
        switch (question)
        {
            case Find find when names.FindHere(find.Reference) is { } id:
                using (var writer = new WireWriter())
                {
                    node.Address.WriteTo(writer);
                    return Reply.Of(new Payload(writer.ToArray()), id);
                }

            case HeldFor held when names.HeldForHere(held.Space, isForOthers: true) is { } time:
                return Reply.Of(time.Ticks);
            default:
                return null;
        }
    }

    private async Task ForwardAsync(Caller caller, NodeAddress parent, IWireCommand question)
    {
        Reply reply;
        try
        {
            reply = await new ObjectHandle(node, parent, Number, MemoryAddress.None).AskAsync(question, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // Whatever it was, the caller waits for an answer.
            reply = Reply.Lost(failed.Message);
        }

        using (Reactor.EnterHandler())
        {
            node.Reply(caller, reply);
        }
    }

    /// <summary>Asks for the node and the number of an object.</summary>
    internal sealed record Find(NamedReference Reference) : IWireCommand
    {
        public const byte Tag = 1;

        public void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            Reference.WriteTo(writer);
        }
    }

    /// <summary>Asks how long nobody else is given what the process holds in a space.</summary>
    internal sealed record HeldFor(string Space) : IWireCommand
    {
        public const byte Tag = 2;

        public void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.String(Space);
        }
    }
}
