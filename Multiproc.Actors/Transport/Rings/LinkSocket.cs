using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <summary>
/// The socket that stays open beside the rings: its end of file is the peer's death notice, and memory and descriptors are sent over it, each with a
/// token. A descriptor's token is sent negative.
/// </summary>
internal sealed class LinkSocket(int socket, IDisposable? owner)
{
    // The number of a closed descriptor is soon reused: the descriptor is used only under this lock, and not after the close.
    private readonly Lock _gate = new();
    private bool _closed;

    public static unsafe (int Ours, int Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        if (SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends) != 0)
        {
            throw new MultiprocException($"No socket pair could be made ({SystemError.Last}).");
        }

        return (ends[0], ends[1]);
    }

    public void Send(long token, LinuxMemory memory) => Send(token, [memory.Descriptor]);

    public void Send(long token, SafeDescriptor? descriptor) => Send(-token, descriptor is null ? [] : [descriptor.Number]);

    /// <summary>Runs <paramref name="onReadable"/> on the monitor's thread when a message has arrived, or the peer is gone.</summary>
    public void Watch(Action onReadable) => LifeMonitor.Current.Watch(socket, onReadable);

    public void Unwatch() => LifeMonitor.Current.Forget(socket);

    /// <summary>Receives a message. For the monitor's thread, which is also the one that closes the socket.</summary>
    /// <returns>The number of descriptors, 0 or 1; negative if the peer is gone.</returns>
    public int Receive(out long token, out int descriptor)
    {
        Span<byte> body = stackalloc byte[sizeof(long)];
        Span<int> descriptors = stackalloc int[1];
        int count = DescriptorMessage.Receive(socket, body, descriptors, wait: false);
        token = MemoryMarshal.Read<long>(body);
        descriptor = descriptors[0];
        return count;
    }

    /// <summary>Shuts the socket down, which the peer and the monitor notice.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                SocketCalls.shutdown(socket, SocketCalls.ShutdownBoth);
            }
        }
    }

    /// <summary>Closes the socket when the monitor no longer watches it.</summary>
    public void Close() => LifeMonitor.Current.Forget(socket, CloseNow);

    /// <summary>
    /// Sends without waiting, since handlers call it, too: a peer that keeps requesting memory and takes none must not block the messages of others.
    /// </summary>
    private void Send(long token, ReadOnlySpan<int> descriptors)
    {
        Span<byte> body = stackalloc byte[sizeof(long)];
        MemoryMarshal.Write(body, token);
        lock (_gate)
        {
            if (!_closed)
            {
                DescriptorMessage.Send(socket, body, descriptors, wait: false);
            }
        }
    }

    private void CloseNow()
    {
        lock (_gate)
        {
            _closed = true;
            if (owner is not null)
            {
                owner.Dispose();
            }
            else
            {
                SocketCalls.close(socket);
            }
        }
    }
}
