using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Benchmarks.Fuzz;

/// <summary>The attacks on a manager. Each takes one connection or a few, and must expect to be disconnected.</summary>
internal sealed class FuzzAttacks(Random random)
{
    private const int NonceBytes = 32;

    public IReadOnlyList<(string Name, Action<FuzzTarget> Run)> All =>
    [
        ("noise before authentication", Noise),
        ("wrong, cut and reflected proofs", WrongProof),
        ("connections that say nothing", Silence),
        ("malformed offers and headers", MalformedOffer),
        ("frames", Frames),
        ("frames", Frames),
        ("frames", Frames),
        ("noise in the rings", NoiseInRings),
    ];

    private void Noise(FuzzTarget target)
    {
        using var socket = target.Connect();
        for (int pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            socket.Send(Bytes(random.Next(200)));
        }
    }

    private void WrongProof(FuzzTarget target)
    {
        using var socket = target.Connect();
        using var stream = new NetworkStream(socket, ownsSocket: false);
        byte[] theirs = new byte[2 * NonceBytes];
        stream.Write(Bytes(NonceBytes));
        stream.ReadExactly(theirs.AsSpan(0, NonceBytes));
        switch (random.Next(4))
        {
            case 0:
                stream.Write(Bytes(NonceBytes));
                break;
            case 1:
                stream.Write(Bytes(random.Next(NonceBytes)));
                break;
            case 2:
                // Reflects the manager's own challenge and proof.
                stream.Write(theirs.AsSpan(0, NonceBytes));
                break;
            default:
                stream.ReadExactly(theirs.AsSpan(NonceBytes));
                stream.Write(theirs.AsSpan(NonceBytes));
                stream.WriteByte((byte)random.Next(4));
                break;
        }
    }

    private void Silence(FuzzTarget target)
    {
        var idle = new List<Socket>();
        try
        {
            for (int i = random.Next(1, 20); i > 0; i--)
            {
                idle.Add(target.Connect());
                idle[^1].Send(Bytes(random.Next(2)));
            }
        }
        finally
        {
            idle.ForEach(static each => each.Dispose());
        }
    }

    private void MalformedOffer(FuzzTarget target)
    {
        using var socket = target.ConnectAndProve();
        if (target.IsPlain)
        {
            // The length and the mark of a frame, then fewer or more bytes than announced.
            Span<byte> header =
            [
                .. BitConverter.GetBytes(random.Next(3) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(300)), (byte)random.Next(4),
            ];
            socket.Send(header[..random.Next(1, header.Length + 1)]);
            socket.Send(Bytes(random.Next(300)));
            return;
        }

        using var bell = LinuxMemory.Create(random.Next(2) == 0 ? Doorbell.Bytes : 64, reserve: true);
        int[] body = [random.Next(4) == 0 ? 0x4D50_4C4B : random.Next(), random.Next(3), random.Next(-2, Doorbell.MaxLinks + 2), 0];
        int[] descriptors = random.Next(3) switch { 0 => [], 1 => [bell.Descriptor], _ => [bell.Descriptor, bell.Descriptor] };
        var bytes = MemoryMarshal.AsBytes(body.AsSpan());
        if (descriptors.Length == 0)
        {
            socket.Send(bytes[..random.Next(1, bytes.Length + 1)]);
        }
        else
        {
            DescriptorMessage.Send((int)socket.Handle, bytes, descriptors);
        }
    }

    private void Frames(FuzzTarget target)
    {
        var frames = new FuzzFrames(random, target.Ids);
        using var link = target.Link();
        var ended = new FuzzListener();
        link.Start(ended);
        for (int count = random.Next(1, 60); count > 0 && !ended.IsOver; count--)
        {
            link.Send(frames.Next());
        }
    }

    private void NoiseInRings(FuzzTarget target)
    {
        if (target.IsPlain)
        {
            return;
        }

        using var socket = target.ConnectAndProve();
        using var bell = Doorbell.Create();
        LinkHandshake.SendOffer((int)socket.Handle, random.Next(Doorbell.MaxLinks), bell);
        var (index, memory, theirs) = LinkHandshake.ReceiveAcceptance((int)socket.Handle);
        using (memory)
        using (theirs)
        {
            for (int rounds = random.Next(1, 6); rounds > 0; rounds--)
            {
                for (int words = random.Next(1, 200); words > 0; words--)
                {
                    // Mostly at the control words and the first records.
                    long at = random.Next(4) == 0 ? random.NextInt64(memory.Memory.Size - sizeof(long)) : random.Next(RingControl.DataOffset + 4096);
                    at += random.Next(3) == 0 ? RingControl.DataOffset + LinkMemory.RingBytes : 0;
                    if (at <= memory.Memory.Size - sizeof(long))
                    {
                        MemoryMarshal.Write(memory.Memory.Span[(int)(at & ~7L)..], random.Next(3) == 0 ? random.NextInt64() : random.Next(-8, 4096));
                    }
                }

                theirs.Ring(index, Wake.Always);
            }
        }
    }

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Reads the manager's data, and notices when the manager closes the connection.</summary>
    private sealed class FuzzListener : ILinkHandler
    {
        public volatile bool IsOver;

        public void OnFrame(ReadOnlySpan<byte> frame)
        {
        }

        public void OnClosed(Exception? reason) => IsOver = true;
    }
}
