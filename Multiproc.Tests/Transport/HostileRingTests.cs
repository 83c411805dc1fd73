using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>What a peer may write into the shared pages: an error of the connection at worst, never a look outside of them.</summary>
public sealed unsafe class HostileRingTests : IDisposable
{
    private const int Capacity = 1024;

    private readonly MappedMemory _memory = MappedMemory.Create(RingControl.DataOffset + Capacity);

    private RingControl* Control => (RingControl*)_memory.Address;

    private int* Header => (int*)(_memory.Address + RingControl.DataOffset);

    public void Dispose() => _memory.Dispose();

    [Theory]
    [InlineData(-1, 64)]
    [InlineData(int.MinValue, 64)]
    [InlineData(int.MaxValue, 64)]
    [InlineData(int.MaxValue - 6, 1024)]
    [InlineData(int.MaxValue - 7, 1024)]
    [InlineData(57, 64)]
    [InlineData(1017, 1024)]
    [InlineData(0, 7)]
    [InlineData(0, 1025)]
    [InlineData(0, -8)]
    [InlineData(0, long.MaxValue)]
    [InlineData(0, long.MinValue)]
    public void TryRead_LengthOrTailOutOfRange_IsMalformed(int length, long tail)
    {
        var reader = new RingReader(_memory.Address, Capacity);
        Header[0] = length;
        Header[1] = (int)RecordKind.Frame;
        Control->Tail = tail;
        Should.Throw<SerializationException>(() => reader.TryRead(out _, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void TryRead_UnknownKind_IsMalformed(int kind)
    {
        var reader = new RingReader(_memory.Address, Capacity);
        Header[1] = kind;
        Control->Tail = 64;
        Should.Throw<SerializationException>(() => reader.TryRead(out _, out _));
    }

    [Theory]
    [InlineData((int)RecordKind.Frame, 0, 0)]
    [InlineData((int)RecordKind.Frame, -1, 0)]
    [InlineData((int)RecordKind.Frame, int.MaxValue, 0)]
    [InlineData((int)RecordKind.Frame, 8, -8)]
    [InlineData((int)RecordKind.Frame, 9, 4088)]
    [InlineData((int)RecordKind.Frame, 8, 3 * 4096)]
    [InlineData((int)RecordKind.Frame, 8, long.MinValue)]
    [InlineData((int)RecordKind.Frame, 8, long.MaxValue)]
    [InlineData((int)RecordKind.Pad, 8, 0)]
    [InlineData((int)RecordKind.Bulk, 8, 0)]
    public void TryRead_PlaceInTheBulkAreaOutOfRange_IsMalformed(int kind, int length, long position)
    {
        using var bulk = MappedMemory.Create(4096);
        var reader = new RingReader(_memory.Address, Capacity, bulk.Address, 4096);
        Header[0] = 16;
        Header[1] = (int)RecordKind.Bulk;
        Header[2] = kind;
        Header[3] = length;
        *(long*)(Header + 4) = position;
        Control->Tail = 24;
        Should.Throw<SerializationException>(() => reader.TryRead(out _, out _));
    }

    [Fact]
    public void TryRead_BulkWithoutABulkArea_IsMalformed()
    {
        var reader = new RingReader(_memory.Address, Capacity);
        Header[0] = 16;
        Header[1] = (int)RecordKind.Bulk;
        Control->Tail = 24;
        Should.Throw<SerializationException>(() => reader.TryRead(out _, out _));
    }

    [Fact]
    public void TryRead_RandomGarbage_NeverLeavesTheRing()
    {
        var random = new Random(4713);
        for (int round = 0; round < 3000; round++)
        {
            random.NextBytes(_memory.Span);
            Control->Head = random.Next(4) * 8;
            Control->Tail = Control->Head + random.Next(Capacity + 64);
            for (int i = 0; i < Capacity; i += 8)
            {
                Header[i / 4] = random.Next(-4, 100);
                Header[(i / 4) + 1] = random.Next(0, 6);
            }

            ReadAll(new RingReader(_memory.Address, Capacity));
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(12_345)]
    public void TryWrite_HeadIsALie_NeverLeavesTheRing(long head)
    {
        using var guarded = MappedMemory.Create(RingControl.DataOffset + Capacity + 4096);
        var behind = guarded.Span[(RingControl.DataOffset + Capacity)..];
        behind.Fill(77);
        var writer = new RingWriter(guarded.Address, Capacity);
        ((RingControl*)guarded.Address)->Head = head;
        for (int i = 0; i < 200; i++)
        {
            writer.TryWrite(RecordKind.Frame, default, new byte[i % (writer.LargestRecord + 1)]);
        }

        behind.ContainsAnyExcept((byte)77).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Ring_SleeperIsALie_NeverLeavesThePage(int sleeper)
    {
        using var bell = Doorbell.Create();
        *(int*)bell.Memory.Address = sleeper;
        bell.Ring(Doorbell.MaxLinks - 1, Wake.Always);
        bell.TakeReady((Doorbell.MaxLinks - 1) >> 6).ShouldBe(1UL << 63);
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(16, -1)]
    [InlineData(16, 0)]
    [InlineData(16, int.MaxValue + 1L)]
    [InlineData(16, 3)]
    public void Deliver_FirstPartMalformed_IsMalformed(int length, long total)
    {
        var writer = new RingWriter(_memory.Address, Capacity);
        byte[] record = new byte[length + 8];
        BitConverter.TryWriteBytes(record.AsSpan(8), total);
        writer.TryWrite(RecordKind.First, default, record.AsSpan(0, length == 16 ? record.Length : length)).ShouldBeTrue();
        Should.Throw<SerializationException>(() => new RingInbox(new RingReader(_memory.Address, Capacity)).Deliver(new FrameLog(), static () => { }));
    }

    [Fact]
    public void Deliver_MoreOfStreamThatWasNotBegun_IsMalformed()
    {
        new RingWriter(_memory.Address, Capacity).TryWrite(RecordKind.More, default, new byte[16]).ShouldBeTrue();
        Should.Throw<SerializationException>(() => new RingInbox(new RingReader(_memory.Address, Capacity)).Deliver(new FrameLog(), static () => { }));
    }

    [Fact]
    public void Deliver_MoreStreamsThanAllowed_IsMalformed()
    {
        var writer = new RingWriter(_memory.Address, Capacity);
        var inbox = new RingInbox(new RingReader(_memory.Address, Capacity));
        for (int stream = 0; stream < RingInbox.MaxStreams; stream++)
        {
            Begin(stream);
            inbox.Deliver(new FrameLog(), static () => { });
        }

        Begin(RingInbox.MaxStreams);
        Should.Throw<SerializationException>(() => inbox.Deliver(new FrameLog(), static () => { }));

        void Begin(int stream)
        {
            byte[] record = new byte[16];
            BitConverter.TryWriteBytes(record, stream);
            BitConverter.TryWriteBytes(record.AsSpan(8), 100L);
            writer.TryWrite(RecordKind.First, default, record).ShouldBeTrue();
        }
    }

    private static void ReadAll(RingReader reader)
    {
        try
        {
            while (reader.TryRead(out _, out var record))
            {
                record.Length.ShouldBeLessThanOrEqualTo(Capacity - 8);
                reader.Release();
            }
        }
        catch (SerializationException)
        {
            // Garbage may be refused or happen to be a record; either is right as long as nothing outside is touched.
        }
    }
}
