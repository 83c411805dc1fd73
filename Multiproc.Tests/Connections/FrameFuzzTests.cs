using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Multiproc.Connections.Pipes;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Connections;

/// <summary>
/// Malformed messages, on sockets and in the rings of pipes: each is a message, or an error of that connection; and none takes memory out of proportion.
/// The number of inputs can be raised by MULTIPROC_FUZZ, the seed set by MULTIPROC_FUZZ_SEED.
/// </summary>
public sealed class FrameFuzzTests(ITestOutputHelper output)
{
    private const int LargestMessage = 1000;
    private const long MostBytesForOne = 1 << 20;

    [Fact] // C-15, C-21
    public void Receive_MalformedFramesOnASocket_GivesMessagesOrErrors() => Run("frames on a socket", 20_000, random =>
    {
        var (ours, raw) = SocketPair();
        using (ours)
        {
            using (raw)
            {
                byte[] input = Frames(random);
                Send(raw, input);
            }

            ours.MaxMessageSize = LargestMessage;
            ours.Format = random.Next(2) == 0 ? ConnectionFormat.Native : ConnectionFormat.Pickle;
            int kind = random.Next(4);
            while (true)
            {
                Receive(ours, kind);
            }
        }
    });

    [Fact]
    public void Receive_MalformedRecordsInARing_GivesMessagesOrErrors() => Run("records in a ring", 4_000, random =>
    {
        using var pipe = new Pair();
        pipe.First.MaxMessageSize = LargestMessage;
        var sender = ((PipeStream)pipe.Second.Stream).Pipe;
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            byte[] head = Bytes(random, random.Next(3) * 8);
            byte[] body = Bytes(random, random.Next(200));
            if (head.Length == 16 && random.Next(3) > 0)
            {
                BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), body.Length + random.Next(-3, 200));
            }

            sender.Writer.TryWrite((RecordKind)random.Next(1, 6), head, body);
        }

        if (random.Next(2) == 0)
        {
            Scribble(random, sender);
        }

        pipe.Second.Close();

        int kind = random.Next(4);
        for (int i = 0; i < 10; i++)
        {
            Receive(pipe.First, kind);
        }

        throw new EndOfStreamException();
    });

    private void Run(string what, int normally, Action<Random> one)
    {
        int count = Environment.GetEnvironmentVariable("MULTIPROC_FUZZ") is { } wanted ? int.Parse(wanted, null) : normally;
        int seed = int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ_SEED") ?? "1", null);
        var random = new Random(seed);
        long most = 0;
        int errors = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                one(random);
            }
            catch (EndOfStreamException)
            {
                // All was read.
            }
            catch (Exception expected) when (expected is IOException or MultiprocTimeoutException)
            {
                errors++;
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}, input {i}: {other}");
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        output.WriteLine($"{count} {what}, seed {seed}, in {clock.Elapsed.TotalSeconds:f1} s: {errors} ended with an error, none took more than {most} bytes");
        most.ShouldBeLessThan(MostBytesForOne, $"seed {seed}");
        errors.ShouldBeGreaterThan(count / 4, "else the inputs are too good");
    }

    private static void Receive(Connection from, int kind)
    {
        try
        {
            switch (kind)
            {
                case 0:
                    from.RecvBytes(timeout: TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(LargestMessage);
                    break;
                case 1:
                    from.RecvBytesInto(new byte[20], timeout: TimeSpan.Zero).ShouldBeLessThanOrEqualTo(20);
                    break;
                case 2:
                    from.Recv<object?>(TimeSpan.Zero);
                    break;
                default:
                    from.Recv<Dictionary<string, int[]>>(TimeSpan.Zero);
                    break;
            }
        }
        catch (Exception odd) when (odd is SerializationException or BufferTooShortException)
        {
            // Of this message; the next can be received.
        }
    }

    private static byte[] Frames(Random random)
    {
        var frames = new List<byte>();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            byte[] body = Bytes(random, random.Next(60));
            byte[] header = new byte[random.Next(4) == 0 ? 12 : 4];
            long size = random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : body.Length + random.Next(-2, 3);
            BinaryPrimitives.WriteInt32BigEndian(header, header.Length == 12 ? -1 : (int)size);
            if (header.Length == 12)
            {
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(4), size);
            }

            frames.AddRange(header);
            frames.AddRange(body);
        }

        return [.. frames.Take(random.Next(1, frames.Count + 1))];
    }

    /// <summary>What a peer could do that goes mad: positions, lengths and marks of anything.</summary>
    private static unsafe void Scribble(Random random, PipeHandle pipe)
    {
        const int Page = 4096;
        using var memory = LinuxMemory.Adopt(SafeDescriptor.Duplicate(pipe.MemoryDescriptor).Detach());
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            // The page of both sides, then the first bytes of the second side's ring: its positions and its first records.
            int ring = Page + RingControl.DataOffset + (128 * 1024);
            int offset = random.Next(4) == 0 ? random.Next(Page / 8) * 8 : ring + (random.Next(64) * 8);
            *(long*)(memory.Address + offset) = random.Next(3) switch { 0 => random.NextInt64(), 1 => random.Next(300), _ => -random.Next(300) };
        }
    }

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static unsafe (Connection Ours, SafeDescriptor Raw) SocketPair()
    {
        int* ends = stackalloc int[2];
        SocketCalls.socketpair(SocketCalls.UnixFamily, SocketCalls.Stream | SocketCalls.CloseOnExec, 0, ends).ShouldBe(0, Marshal.GetLastPInvokeErrorMessage());
        return (new Connection(new SafeDescriptor(ends[0])), new SafeDescriptor(ends[1]));
    }

    private static unsafe void Send(SafeDescriptor raw, byte[] input)
    {
        fixed (byte* start = input)
        {
            SocketCalls.write(raw.Number, start, (nuint)input.Length).ShouldBe(input.Length);
        }
    }
}
