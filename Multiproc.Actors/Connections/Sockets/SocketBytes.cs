using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>Sends and receives bytes of messages without ever waiting, whether the socket is blocking or not.</summary>
internal static unsafe class SocketBytes
{
    /// <returns>The number of bytes received; -1 if none are available yet.</returns>
    /// <exception cref="EndOfStreamException">The other end was closed between two messages.</exception>
    /// <exception cref="IOException">The other end was closed within a message, or the connection broke.</exception>
    public static nint TryReceive(int descriptor, byte* target, nuint size, bool between)
    {
        while (true)
        {
            nint received = SocketCalls.recv(descriptor, target, size, SocketCalls.DontWait);
            if (received > 0)
            {
                return received;
            }

            int error = received == 0 ? 0 : Marshal.GetLastPInvokeError();
            switch (error)
            {
                case SocketCalls.WouldBlock:
                    return -1;
                case SocketCalls.Interrupted:
                    continue;
                case 0 or SocketCalls.ConnectionReset:
                    // A Unix socket reports a reset if the other end was closed before it had read everything: treated as an ordinary end.
                    throw between
                        ? new EndOfStreamException("The other end of the connection is closed: there are no more messages.", ResetOf(error))
                        : new IOException("Got end of file during message: the other end was closed while it sent.");
                default:
                    throw new IOException($"Receiving failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
            }
        }
    }

    /// <summary>Tells a reset from an ordinary end, for those to whom it matters that the other end has not read everything.</summary>
    private static SocketException? ResetOf(int error) => error == 0 ? null : new SocketException((int)SocketError.ConnectionReset);

    /// <returns>The number of bytes sent; -1 if there is no room yet.</returns>
    /// <exception cref="IOException">The other end is closed.</exception>
    public static nint TrySend(int descriptor, ref Unsent rest)
    {
        var vectors = stackalloc SocketCalls.IoVector[2];
        while (true)
        {
            var message = new SocketCalls.MessageHeader { Vectors = vectors, VectorCount = rest.CopyTo(vectors) };
            nint sent = SocketCalls.sendmsg(descriptor, &message, SocketCalls.DontWait | SocketCalls.NoSignal);
            if (sent >= 0)
            {
                rest.Advance((nuint)sent);
                return sent;
            }

            int error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case SocketCalls.WouldBlock:
                    return -1;
                case SocketCalls.Interrupted:
                    continue;
                case SocketCalls.BrokenPipe or SocketCalls.ConnectionReset:
                    throw new IOException("Broken pipe: the other end of the connection is closed, nothing can be sent to it.");
                default:
                    throw new IOException($"Sending failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
            }
        }
    }

    /// <summary>The part of a message that is not sent yet.</summary>
    public ref struct Unsent
    {
        private byte* _head;
        private nuint _headSize;
        private byte* _body;
        private nuint _bodySize;

        public Unsent(byte* head, nuint headSize, byte* body, nuint bodySize)
        {
            _head = head;
            _headSize = headSize;
            _body = body;
            _bodySize = bodySize;
        }

        public readonly bool IsEmpty => _headSize == 0 && _bodySize == 0;

        public void Advance(nuint sent)
        {
            nuint ofHead = Math.Min(sent, _headSize);
            _head += ofHead;
            _headSize -= ofHead;
            _body += sent - ofHead;
            _bodySize -= sent - ofHead;
        }

        public readonly nuint CopyTo(SocketCalls.IoVector* vectors)
        {
            nuint count = 0;
            if (_headSize > 0)
            {
                vectors[count++] = new SocketCalls.IoVector { Base = _head, Size = _headSize };
            }

            if (_bodySize > 0)
            {
                vectors[count++] = new SocketCalls.IoVector { Base = _body, Size = _bodySize };
            }

            return count;
        }
    }
}
