using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Benchmarks.Fuzz;

/// <summary>Generates frames as a peer might send them: nearly valid ones, damaged ones, and noise.</summary>
internal sealed class FuzzFrames(Random random, IReadOnlyList<long> objects)
{
    private const long Root = 1;
    private const byte ShutdownTag = 2;
    private const int MostTags = 40;

    private static readonly object?[] s_values =
    [
        "text", 17, 2.5, null, true, new List<int> { 1, 2 }, new Dictionary<string, object?> { ["a"] = new[] { 1, 2 } }, (1, "b"), new Version(1, 2),
        DateTime.UnixEpoch,
    ];

    public byte[] Next()
    {
        while (true)
        {
            byte[] frame = random.Next(8) == 0 ? Noise(random.Next(200)) : Damage(Frame());
            if (!MayEndTheManager(frame))
            {
                return frame;
            }
        }
    }

    public byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Damages a frame: flips bits; cuts, doubles or replaces pieces by extreme lengths.</summary>
    public byte[] Damage(byte[] frame)
    {
        var bytes = frame.ToList();
        for (int times = random.Next(4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(16, bytes.Count - at)));
                    break;
                case 3:
                    bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]);
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Generates a well-formed frame for a command that may exist.</summary>
    private byte[] Frame()
    {
        using var writer = new WireWriter();
        var kind = (FrameKind)random.Next(1, 9);
        writer.Byte((byte)kind);
        switch (kind)
        {
            case FrameKind.Hello:
                writer.Raw(Noise(16));
                writer.VarUInt((uint)random.Next(40_000));
                writer.String("/tmp/nobody");
                writer.String("somebody");
                writer.VarUInt((uint)random.Next(100));
                break;
            case FrameKind.Ask or FrameKind.Cancel:
                writer.VarUInt((ulong)random.Next(1, 1 << 20));
                Command(writer);
                break;
            case FrameKind.Tell:
                Command(writer);
                break;
            case FrameKind.Reply:
                writer.VarUInt((ulong)random.Next(1 << 20));
                writer.Byte((byte)random.Next(8));
                Fields(writer);
                break;
            case FrameKind.Memory or FrameKind.Descriptor:
                writer.VarUInt((ulong)random.Next(8));
                break;
            default:
                writer.Byte((byte)random.Next(6));
                Fields(writer);
                break;
        }

        return writer.ToArray();
    }

    private void Command(WireWriter writer)
    {
        writer.VarUInt((ulong)(random.Next(6) == 0 ? random.Next(70) : objects[random.Next(objects.Count)]));
        writer.Byte((byte)random.Next(MostTags));
        Fields(writer);
    }

    private void Fields(WireWriter writer)
    {
        for (int fields = random.Next(5); fields > 0; fields--)
        {
            switch (random.Next(7))
            {
                case 0:
                    writer.VarUInt((ulong)random.NextInt64(1L << random.Next(1, 62)));
                    break;
                case 1:
                    writer.VarInt(random.Next(-5, 5));
                    break;
                case 2:
                    writer.Bool(random.Next(2) == 0);
                    break;
                case 3:
                    writer.String("key");
                    break;
                case 4:
                    writer.Payload(Value());
                    break;
                case 5:
                    writer.Payloads([Value(), Value()]);
                    break;
                default:
                    writer.Raw(Noise(random.Next(12)));
                    break;
            }
        }
    }

    private Payload Value() => Serializer.Pack(s_values[random.Next(s_values.Length)]);

    /// <summary>Whether the frame would shut the manager down. A peer that knows the key may do that, which is not a fault: such frames are left out.</summary>
    private static bool MayEndTheManager(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        try
        {
            var kind = (FrameKind)reader.Byte();
            if (kind is FrameKind.Ask)
            {
                reader.VarUInt();
            }

            return kind is FrameKind.Ask or FrameKind.Tell && (long)reader.VarUInt() == Root && reader.Byte() == ShutdownTag;
        }
        catch (SerializationException)
        {
            return false;
        }
    }
}
