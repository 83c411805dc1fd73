using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <summary>
/// Establishes a pair of rings between the two ends of an authenticated socket by 16 bytes - magic, version, and the sender's number for the
/// link - accompanied by the descriptors of memory.
/// </summary>
internal static class LinkHandshake
{
    private const int MessageBytes = 16;
    private const int Magic = 0x4D50_4C4B; // "MPLK"
    private const int Version = 1;

    public static void SendToChild(int socket, int parentIndex, LinkMemory memory, Doorbell parentBell, Doorbell childBell) =>
        Send(socket, parentIndex, [Descriptor(memory.Memory), Descriptor(parentBell.Memory), Descriptor(childBell.Memory)]);

    public static (int ParentIndex, LinkMemory Memory, Doorbell ParentBell, Doorbell OwnBell) ReceiveFromParent(int socket)
    {
        Span<int> descriptors = stackalloc int[3];
        int index = Receive(socket, descriptors);
        return (index, new LinkMemory(LinuxMemory.Adopt(descriptors[0])), Bell(descriptors[1]), Bell(descriptors[2]));
    }

    public static void SendOffer(int socket, int index, Doorbell bell) => Send(socket, index, [Descriptor(bell.Memory)]);

    public static (int PeerIndex, Doorbell PeerBell) ReceiveOffer(int socket)
    {
        Span<int> descriptors = stackalloc int[1];
        int index = Receive(socket, descriptors);
        return (index, Bell(descriptors[0]));
    }

    public static void SendAcceptance(int socket, int index, LinkMemory memory, Doorbell bell) =>
        Send(socket, index, [Descriptor(memory.Memory), Descriptor(bell.Memory)]);

    public static (int PeerIndex, LinkMemory Memory, Doorbell PeerBell) ReceiveAcceptance(int socket)
    {
        Span<int> descriptors = stackalloc int[2];
        int index = Receive(socket, descriptors);
        return (index, new LinkMemory(LinuxMemory.Adopt(descriptors[0])), Bell(descriptors[1]));
    }

    private static int Descriptor(SharedMemory.MappedMemory memory) => ((LinuxMemory)memory).Descriptor;

    private static Doorbell Bell(int descriptor)
    {
        var memory = LinuxMemory.Adopt(descriptor);
        try
        {
            return new Doorbell(memory);
        }
        catch
        {
            // The memory is not a doorbell, and nothing else would release it.
            memory.Dispose();
            throw;
        }
    }

    private static void Send(int socket, int index, ReadOnlySpan<int> descriptors)
    {
        Span<int> body = [Magic, Version, index, 0];
        DescriptorMessage.Send(socket, MemoryMarshal.AsBytes(body), descriptors);
    }

    private static int Receive(int socket, Span<int> descriptors)
    {
        Span<int> body = stackalloc int[MessageBytes / sizeof(int)];
        int count = DescriptorMessage.Receive(socket, MemoryMarshal.AsBytes(body), descriptors);
        if (count < 0)
        {
            throw Marshal.GetLastPInvokeError() == SocketCalls.TryAgain
                ? new MultiprocTimeoutException("it was authenticated, but did not agree on memory in time: it is stopped, or very busy")
                : new ConnectionLostException("it closed the connection before both had agreed on memory");
        }

        if (body[0] != Magic || body[1] != Version || count != descriptors.Length || (uint)body[2] >= Doorbell.MaxLinks)
        {
            DescriptorMessage.Close(descriptors[..count]);
            if (body[0] == Magic && body[1] == Version && count < descriptors.Length)
            {
                throw new MultiprocException(
                    $"Of {descriptors.Length} descriptors that came with a connection this process could keep {count}: "
                        + $"{SystemError.Text(SystemError.OutOfDescriptors)}.");
            }

            throw new SerializationException(
                $"Malformed handshake: version {body[1]} (ours is {Version}), {count} descriptors of {descriptors.Length}, link {body[2]}. Use one version "
                    + "of Multiproc on both sides.");
        }

        return body[2];
    }
}
