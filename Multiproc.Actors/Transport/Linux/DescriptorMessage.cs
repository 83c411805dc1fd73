using System.Runtime.InteropServices;

namespace Multiproc.Transport.Linux;

/// <summary>Sends and receives messages of fixed size with up to four descriptors over a Unix socket.</summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>Sends a message; while the buffer is full it waits or fails.</summary>
    /// <exception cref="ConnectionLostException">The other end is closed, or does not read.</exception>
    public static void Send(int socket, ReadOnlySpan<byte> body, ReadOnlySpan<int> descriptors, bool wait = true)
    {
        int controlSize = sizeof(SocketCalls.ControlHeader) + (descriptors.Length * sizeof(int));
        int padded = (controlSize + 7) & ~7;
        byte* control = stackalloc byte[padded];
        new Span<byte>(control, padded).Clear();
        var header = (SocketCalls.ControlHeader*)control;
        header->Size = (nuint)controlSize;
        header->Level = SocketCalls.SocketLevel;
        header->Type = SocketCalls.Rights;
        descriptors.CopyTo(new Span<int>(header + 1, descriptors.Length));
        fixed (byte* bytes = body)
        {
            var vector = new SocketCalls.IoVector { Base = bytes, Size = (nuint)body.Length };
            var message = new SocketCalls.MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = descriptors.IsEmpty ? null : control,
                ControlSize = descriptors.IsEmpty ? 0 : (nuint)padded,
            };
            nint sent;
            do
            {
                sent = SocketCalls.sendmsg(socket, &message, SocketCalls.NoSignal | (wait ? 0 : SocketCalls.DoNotWait));
            }
            while (sent < 0 && Marshal.GetLastPInvokeError() == SocketCalls.Interrupted);
            if (sent != body.Length)
            {
                throw new ConnectionLostException(
                    $"The other process closed the connection or does not read ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}).");
            }
        }
    }

    /// <summary>
    /// Receives the message of one <see cref="Send"/>. The caller owns the received descriptors. Without waiting, a partial message is
    /// an error: this library never sends one.
    /// </summary>
    /// <returns>The number of descriptors; -1 at the end of the stream.</returns>
    /// <exception cref="SerializationException">The message has another size or too many descriptors.</exception>
    public static int Receive(int socket, Span<byte> body, Span<int> descriptors, bool wait = true)
    {
        const int ControlBytes = 64;
        byte* control = stackalloc byte[ControlBytes];
        int flags = SocketCalls.ReceiveCloseOnExec | (wait ? 0 : SocketCalls.DoNotWait);
        int received = 0;
        int count = 0;
        try
        {
            while (received < body.Length)
            {
                fixed (byte* bytes = body[received..])
                {
                    var vector = new SocketCalls.IoVector { Base = bytes, Size = (nuint)(body.Length - received) };
                    var message = new SocketCalls.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlSize = ControlBytes };
                    nint size = SocketCalls.recvmsg(socket, &message, flags);
                    if (size < 0 && Marshal.GetLastPInvokeError() == SocketCalls.Interrupted)
                    {
                        continue;
                    }

                    if (size <= 0)
                    {
                        return received == 0 ? -1 : throw new SerializationException($"Malformed message: {received} bytes of {body.Length}, then no more.");
                    }

                    count += TakeDescriptors(message, descriptors[count..]);
                    received += (int)size;
                }
            }
        }
        catch (SerializationException)
        {
            Close(descriptors[..count]);
            throw;
        }

        return count;
    }

    public static void Close(ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            SocketCalls.close(descriptor);
        }
    }

    private static int TakeDescriptors(in SocketCalls.MessageHeader message, Span<int> room)
    {
        if (message.ControlSize < (nuint)sizeof(SocketCalls.ControlHeader))
        {
            return 0;
        }

        var header = (SocketCalls.ControlHeader*)message.Control;
        if (header->Level != SocketCalls.SocketLevel || header->Type != SocketCalls.Rights)
        {
            return 0;
        }

        int count = ((int)header->Size - sizeof(SocketCalls.ControlHeader)) / sizeof(int);
        var came = new ReadOnlySpan<int>(header + 1, count);
        if (count > room.Length)
        {
            Close(came);
            throw new SerializationException($"Malformed handshake: {count} descriptors were received, at most {room.Length} are expected.");
        }

        came.CopyTo(room);
        return count;
    }
}
