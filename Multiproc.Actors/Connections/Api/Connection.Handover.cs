using System.Runtime.InteropServices;
using Multiproc.Connections;
using Multiproc.Connections.Pipes;
using Multiproc.Connections.Windows;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>
/// Sending a connection: the message holds a token, under which the sender keeps a duplicate of the socket until the receiver has fetched
/// it (for a pipe, also a duplicate of its memory). So the sender may close its own connection at once.
/// </content>
public sealed partial class Connection
{
    private const byte ReadableFlag = 1;
    private const byte WritableFlag = 2;
    private const byte PipeFlag = 4;
    private const byte SecondSideFlag = 8;

    static Connection ISelfCoded<Connection>.ReadFrom(ref WireReader reader)
    {
        var node = NodeAddress.ReadFrom(ref reader);
        byte flags = reader.Byte();
        byte format = reader.Byte();
        var socket = new PendingDescriptor(node, checked((long)reader.VarUInt()));
        if ((flags & (ReadableFlag | WritableFlag)) == 0 || flags >= SecondSideFlag << 1 || !Enum.IsDefined((ConnectionFormat)format))
        {
            throw new SerializationException($"Malformed connection: flags {flags}, format {format}.");
        }

        bool readable = (flags & ReadableFlag) != 0;
        bool writable = (flags & WritableFlag) != 0;
        MessageStream stream;
        if ((flags & PipeFlag) != 0)
        {
            var memory = new PendingDescriptor(node, checked((long)reader.VarUInt()));
            stream = new PipeStream(new Endpoint(new PendingPipe(socket, memory, (flags & SecondSideFlag) != 0 ? 1 : 0), "connection"), readable, writable);
            memory.Begin();
        }
        else
        {
            stream = new SocketStream(new Endpoint(new PendingSocket(socket), "connection"), readable, writable);
        }

        socket.Begin();
        return new Connection(stream) { Format = (ConnectionFormat)format };
    }

    void ISelfCoded.WriteTo(WireWriter writer)
    {
        if (_stream is PacketStream)
        {
            throw new SerializationException("A connection over a Windows pipe cannot be sent to another process: let that process connect by itself.");
        }

        using var hold = _stream.Endpoint.Hold(out int descriptor);
        var pipe = _stream.Endpoint.Handle as PipeHandle;
        var node = Node.Current;
        node.Address.WriteTo(writer);
        int direction = (Readable ? ReadableFlag : 0) | (Writable ? WritableFlag : 0);
        writer.Byte((byte)(pipe is null ? direction : direction | PipeFlag | (pipe.Side * SecondSideFlag)));
        writer.Byte((byte)_format);
        Offer(descriptor);
        if (pipe is not null)
        {
            Offer(pipe.MemoryDescriptor);
            pipe.CountHolder();
        }

        void Offer(int each)
        {
            var offer = node.Descriptors.Offer(each);
            writer.Consign(offer);
            writer.VarUInt((ulong)offer.Token);
        }
    }

    private static MessageStream StreamOf(SafeHandle handle, bool readable, bool writable)
    {
        var endpoint = new Endpoint(handle, "connection");
        return handle is PipeHandle ? new PipeStream(endpoint, readable, writable) : new SocketStream(endpoint, readable, writable);
    }
}
