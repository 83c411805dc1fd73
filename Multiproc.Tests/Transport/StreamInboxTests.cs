using System.Buffers.Binary;
using Multiproc.Transport.Tcp;

namespace Multiproc.Tests.Transport;

/// <summary>Records that keep to nothing: each ends its own connection, and takes no memory that has not come.</summary>
public sealed class StreamInboxTests
{
    private const int MaxFrame = 1_000_000;

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(StreamRecord.MaxBytes + 1, 0)]
    [InlineData(int.MinValue, 1)]
    public void Length_OutOfRange_IsMalformed(int length, byte kind)
    {
        byte[] header = new byte[StreamRecord.HeaderBytes];
        StreamRecord.WriteHeader(header, (StreamRecordKind)kind, length);
        Should.Throw<SerializationException>(() => ReadAll(header)).Message.ShouldContain("announced");
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(255, 0)]
    [InlineData(1, 5)] // a first part without its head
    [InlineData(2, 0)] // a further part of nothing
    [InlineData(2, 1)]
    [InlineData(3, 7)] // a token of seven bytes
    [InlineData(4, 1)] // a goodbye with content
    public void Kind_UnknownOrTooShort_IsMalformed(byte kind, int length) =>
        Should.Throw<SerializationException>(() => ReadAll(Record(kind, new byte[length])));

    [Fact]
    public void Part_OfNoFrame_IsMalformed() =>
        Should.Throw<SerializationException>(() => ReadAll(Record(2, [0, 1, 2, 3]))).Message.ShouldContain("never begun");

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public void Lane_ThatDoesNotExist_IsMalformed(byte lane) =>
        Should.Throw<SerializationException>(() => ReadAll(First(lane, 100, 1)));

    [Fact]
    public void Frame_BegunTwiceOnALane_IsMalformed() =>
        Should.Throw<SerializationException>(() => ReadAll([.. First(0, 100, 1), .. First(0, 100, 1)]));

    [Theory]
    [InlineData(MaxFrame + 1)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void Frame_OfAnImpossibleSize_IsMalformed(long total) =>
        Should.Throw<SerializationException>(() => ReadAll(First(0, total, 1))).Message.ShouldContain("at most");

    [Fact]
    public void Frame_LongerThanAnnounced_IsMalformed() =>
        Should.Throw<SerializationException>(() => ReadAll([.. First(0, 10, 5), .. Record(2, new byte[100])])).Message.ShouldContain("more bytes");

    [Fact]
    public void Frame_AnnouncedAndNotSent_TakesNoMemory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll(First(0, MaxFrame, 100));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void Parts_OfTwoLanes_ComeTogether()
    {
        var frames = ReadAll([.. First(0, 6, 3), .. First(1, 5, 4), .. Record(0, [9]), .. Record(2, [0, 7, 7, 7]), .. Record(2, [1, 8])]);
        frames.ShouldBe([[9], [3, 3, 3, 7, 7, 7], [4, 4, 4, 4, 8]]);
    }

    [Fact]
    public void End_InsideARecord_IsABrokenConnection()
    {
        Should.Throw<EndOfStreamException>(() => ReadAll([1, 0]));
        Should.Throw<EndOfStreamException>(() => ReadAll([10, 0, 0, 0, 0, 1, 2]));
    }

    /// <summary>The quick part of the fuzzing; how to make it long stands in docs/testing.md.</summary>
    [Fact]
    public void AnyBytes_EndInATypedErrorOrInFrames()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long rounds = Fuzz(HandshakeFuzz.Seconds, HandshakeFuzz.Seed);
        rounds.ShouldBeGreaterThan(100);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        grown.ShouldBeLessThan(50_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} streams, seed {HandshakeFuzz.Seed}, {grown} bytes more than before");
    }

    private static long Fuzz(double seconds, int seed)
    {
        var random = new Random(seed);
        long begun = Environment.TickCount64;
        long rounds = 0;
        for (; Environment.TickCount64 - begun < seconds * 1000; rounds++)
        {
            byte[] bytes = Mangled(random);
            try
            {
                ReadAll(bytes);
            }
            catch (Exception malformed) when (malformed is SerializationException or EndOfStreamException)
            {
                // The two ways in which a connection may end.
            }
        }

        return rounds;
    }

    /// <summary>Good records with some bytes changed, removed or added: nearer to the reader's heart than noise.</summary>
    private static byte[] Mangled(Random random)
    {
        var bytes = new List<byte>();
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            bytes.AddRange(random.Next(4) switch
            {
                0 => Record((byte)random.Next(6), new byte[random.Next(40)]),
                1 => First((byte)random.Next(3), random.NextInt64(-2, 2000), random.Next(1, 50)),
                2 => Record(2, [(byte)random.Next(3), .. new byte[random.Next(60)]]),
                _ => Record(0, new byte[random.Next(300)]),
            });
        }

        for (int i = random.Next(4); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Record(byte kind, byte[] content) => StreamRecord.Whole((StreamRecordKind)kind, content);

    /// <summary>The first part of a frame: so many bytes of the value 3 plus the lane.</summary>
    private static byte[] First(byte lane, long total, int bytes)
    {
        byte[] content = new byte[StreamRecord.FirstHeadBytes + bytes];
        content[0] = lane;
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(1), total);
        content.AsSpan(StreamRecord.FirstHeadBytes).Fill((byte)(3 + lane));
        return Record((byte)StreamRecordKind.First, content);
    }

    private static IReadOnlyList<byte[]> ReadAll(byte[] bytes)
    {
        var log = new FrameLog();
        var inbox = new StreamInbox(new MemoryStream(bytes), MaxFrame);
        while (inbox.DeliverNext(log) is null)
        {
        }

        return log.Frames;
    }
}
