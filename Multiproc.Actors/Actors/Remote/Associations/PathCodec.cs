using Akka.Actor;
using Multiproc.Serialization;

namespace Multiproc.Actors.Remote;

/// <summary>Writes the recipient and the sender of a message: by number where the link has one, for the answer to an Ask by its name alone.</summary>
/// <param name="resolver">Knows the actors of this process.</param>
/// <param name="sent">The paths that the link has numbered; null to write them whole.</param>
internal struct PathWriter(ActorResolver resolver, SentPaths? sent)
{
    private SentPath? _recipient;
    private SentPath? _sender;

    public void WriteRecipient(WireWriter writer, LinkActorRef recipient)
    {
        if (recipient.IsTemporary)
        {
            writer.Byte((byte)PathForm.TemporaryOfReceiver);
            writer.String(recipient.Path.Name);
        }
        else
        {
            // Whatever actor is there when the message arrives: not always the same one.
            _recipient = recipient.IsIncarnation ? sent?.Find(recipient) : null;
            WriteNumbered(writer, _recipient, recipient, static (_, actor) => ((LinkActorRef)actor).Text);
        }
    }

    public void WriteSender(WireWriter writer, IActorRef? sender)
    {
        if (sender is null || sender.IsNobody() || ReferenceEquals(sender, resolver.DeadLetters))
        {
            writer.Byte((byte)PathForm.None);
        }
        else if (resolver.IsTemporaryHere(sender))
        {
            writer.Byte((byte)PathForm.TemporaryOfSender);
            writer.String(sender.Path.Name);
        }
        else
        {
            _sender = sender.Path.Uid != ActorCell.UndefinedUid ? sent?.Find(sender) : null;
            WriteNumbered(writer, _sender, sender, static (resolver, actor) => resolver.TextOf(actor));
        }
    }

    /// <summary>Notes that the frame was sent: what it numbered may be called by the numbers from now on.</summary>
    public readonly void MarkKnown()
    {
        _recipient?.MarkKnown();
        _sender?.MarkKnown();
    }

    private readonly void WriteNumbered(WireWriter writer, SentPath? path, IActorRef actor, Func<ActorResolver, IActorRef, string> textOf)
    {
        if (path is null)
        {
            writer.Byte((byte)PathForm.Whole);
            writer.String(textOf(resolver, actor));
        }
        else if (path.IsKnown)
        {
            writer.Byte((byte)PathForm.Number);
            writer.VarUInt((uint)path.Number);
        }
        else
        {
            writer.Byte((byte)PathForm.Numbered);
            writer.VarUInt((uint)path.Number);
            writer.String(textOf(resolver, actor));
        }
    }
}

/// <summary>Reads the recipient and the sender of a message.</summary>
internal readonly struct PathReader(ActorResolver resolver, ReceivedPaths received, Association association)
{
    /// <exception cref="SerializationException">The form is unknown, or a number was never given.</exception>
    public IInternalActorRef ReadRecipient(ref WireReader reader) =>
        Read(ref reader) ?? throw new SerializationException("Malformed frame: a message has no recipient.");

    /// <summary>Returns null where the message has no sender.</summary>
    /// <exception cref="SerializationException">The form is unknown, or a number was never given.</exception>
    public IActorRef? ReadSender(ref WireReader reader) => Read(ref reader);

    private IInternalActorRef? Read(ref WireReader reader)
    {
        switch ((PathForm)reader.Byte())
        {
            case PathForm.None:
                return null;
            case PathForm.Whole:
                return resolver.Resolve(reader.String());
            case PathForm.TemporaryOfReceiver:
                return resolver.TemporaryHere(reader.String());
            case PathForm.TemporaryOfSender:
                return resolver.TemporaryAt(association, reader.String());
            case PathForm.Numbered:
                int number = reader.Natural();
                var actor = resolver.Resolve(reader.String());
                received.Add(number, actor);
                return actor;
            case PathForm.Number:
                return received[reader.Natural()];
            case var form:
                throw new SerializationException($"Malformed frame: path form {(int)form} is unknown.");
        }
    }
}
