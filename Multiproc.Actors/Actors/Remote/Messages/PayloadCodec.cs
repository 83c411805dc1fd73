using Akka.Actor;
using Multiproc.Serialization;
using Serializer = Multiproc.Serialization.Serializer;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Writes the messages of actors: with this library's serializer directly into the frame, with others - Akka's for its own messages, Hyperion or any other that
/// the program binds to its types - as bytes with the serializer's number and manifest.
/// </summary>
internal sealed class PayloadCodec(ExtendedActorSystem system)
{
    private const byte Own = 0;
    private const byte Other = 1;

    /// <exception cref="SerializationException">The message, or a part of it, cannot be sent: the text names the path to it.</exception>
    public void Write(WireWriter writer, object message, Address localAddress)
    {
        var serializer = system.Serialization.FindSerializerFor(message);
        if (serializer is WireSerializer)
        {
            writer.Byte(Own);
            Serializer.Serialize<object?>(writer, message);
            return;
        }

        writer.Byte(Other);
        writer.VarInt(serializer.Identifier);
        writer.String(Akka.Serialization.Serialization.ManifestFor(serializer, message));
        writer.Bytes(Bytes(serializer, message, localAddress));
        writer.RequireFits();
    }

    /// <exception cref="SerializationException">The bytes are not a message that this process can read.</exception>
    public object Read(ref WireReader reader)
    {
        byte by = reader.Byte();
        if (by == Own)
        {
            return Serializer.Deserialize<object?>(ref reader) ?? throw new SerializationException("Malformed frame: the message is null.");
        }

        if (by != Other)
        {
            throw new SerializationException($"Malformed frame: payload form {by} is unknown.");
        }

        long id = reader.VarInt();
        string manifest = reader.String();
        byte[] bytes = reader.Bytes().ToArray();
        try
        {
            return system.Serialization.Deserialize(bytes, checked((int)id), manifest);
        }
        catch (Exception unreadable) when (unreadable is not (SerializationException or OutOfMemoryException))
        {
            throw new SerializationException(
                $"The serializer {id} cannot read a message{(manifest.Length == 0 ? "" : $" of manifest {manifest}")}: {unreadable.Message}", unreadable);
        }
    }

    private byte[] Bytes(Akka.Serialization.Serializer serializer, object message, Address localAddress)
    {
        try
        {
            // References inside the message are written with the address by which the other process reaches this one.
#pragma warning disable CS0618 // The variant that is not obsolete takes the address of the first transport, which may be another one.
            return Akka.Serialization.Serialization.WithTransport(system, localAddress, () => serializer.ToBinary(message));
#pragma warning restore CS0618
        }
        catch (Exception unsendable) when (unsendable is not (SerializationException or OutOfMemoryException))
        {
            throw new SerializationException($"{serializer.GetType().Name} cannot send a {message.GetType()}: {unsendable.Message}", unsendable);
        }
    }
}
