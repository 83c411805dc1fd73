using Multiproc.Connections;
using Multiproc.Objects;
using Multiproc.Objects.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>
/// Sending a connection: the message has a token, under which the sender keeps a duplicate of the socket until the receiver has fetched
/// it. So the sender may close its own at once.
/// </content>
public sealed partial class Connection
{
    private const byte ReadableFlag = 1;
    private const byte WritableFlag = 2;

    static Connection ISelfCoded<Connection>.ReadFrom(ref WireReader reader)
    {
        var home = HomeAddress.ReadFrom(ref reader);
        long token = checked((long)reader.VarUInt());
        byte flags = reader.Byte();
        byte format = reader.Byte();
        if (flags is 0 or > (ReadableFlag | WritableFlag) || !Enum.IsDefined((ConnectionFormat)format))
        {
            throw new SerializationException($"Malformed connection: flags {flags}, format {format}.");
        }

        var pending = new PendingDescriptor(home, token);
        var endpoint = new Endpoint(pending, "connection");
        var connection = new Connection(new MessageStream(endpoint, (flags & ReadableFlag) != 0, (flags & WritableFlag) != 0));
        if (format != (byte)ConnectionFormat.Native)
        {
            connection.Format = (ConnectionFormat)format;
        }

        pending.Begin();
        return connection;
    }

    void ISelfCoded.WriteTo(WireWriter writer)
    {
        using var hold = _stream.Endpoint.Hold(out int descriptor);
        var home = Home.Current;
        var offer = home.Descriptors.Offer(descriptor);
        writer.Consign(offer);
        home.Address.WriteTo(writer);
        writer.VarUInt((ulong)offer.Token);
        writer.Byte((byte)((Readable ? ReadableFlag : 0) | (Writable ? WritableFlag : 0)));
        writer.Byte((byte)_format);
    }
}
