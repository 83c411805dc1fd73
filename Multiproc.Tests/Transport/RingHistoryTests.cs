using FsCheck;
using FsCheck.Fluent;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>A small ring against a queue of byte arrays.</summary>
public sealed unsafe class RingHistoryTests
{
    private const int Capacity = 1024;
    private const int BulkCapacity = 8192;

    [Fact]
    public void WriteAndRead_RandomHistories_AreThoseOfAQueue() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20_260_102, 11),
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), static (int[] steps) => Run(steps)));

    [Fact]
    public void WriteAndRead_LongHistory_WrapsManyTimes()
    {
        var random = new Random(4712);
        Run([.. Enumerable.Range(0, 20_000).Select(_ => random.Next())]);
    }

    [Fact]
    public void WriteAndRead_WithABulkArea_KeepsTheOrderOfLargeAndSmall()
    {
        var random = new Random(4714);
        Run([.. Enumerable.Range(0, 20_000).Select(_ => random.Next())], BulkCapacity);
    }

    [Fact]
    public void TryWrite_BulkAreaFull_WritesNothingUntilReleased()
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity + BulkCapacity);
        byte* bulk = memory.Address + RingControl.DataOffset + Capacity;
        var writer = new RingWriter(memory.Address, Capacity, bulk, BulkCapacity);
        var reader = new RingReader(memory.Address, Capacity, bulk, BulkCapacity);
        byte[] large = new byte[BulkCapacity / 4];
        for (int i = 0; i < 4; i++)
        {
            writer.TryWrite(RecordKind.Frame, default, large).ShouldBeTrue();
        }

        writer.TryWrite(RecordKind.Frame, default, large).ShouldBeFalse();
        writer.TryWrite(RecordKind.Frame, default, new byte[8]).ShouldBeTrue("small frames do not need the bulk area");
        reader.TryRead(out _, out var record).ShouldBeTrue();
        record.Length.ShouldBe(large.Length);
        reader.Release();
        writer.TryWrite(RecordKind.Frame, default, large).ShouldBeTrue();
    }

    [Fact]
    public void TryWrite_BulkAreaBegunAnew_HasAllItsRoom()
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity + BulkCapacity);
        byte* bulk = memory.Address + RingControl.DataOffset + Capacity;
        var writer = new RingWriter(memory.Address, Capacity, bulk, BulkCapacity);
        var reader = new RingReader(memory.Address, Capacity, bulk, BulkCapacity);
        byte[] large = new byte[BulkCapacity / 4];
        for (byte round = 0; round < 3; round++)
        {
            writer.TryWrite(RecordKind.Frame, default, large).ShouldBeTrue();
            reader.TryRead(out _, out _).ShouldBeTrue();
            reader.Release();
            for (byte i = 0; i < 4; i++)
            {
                large.AsSpan().Fill(i);
                writer.TryWrite(RecordKind.Frame, default, large).ShouldBeTrue($"frame {i} of 4, which are all the room");
            }

            writer.TryWrite(RecordKind.Frame, default, large).ShouldBeFalse();
            for (byte i = 0; i < 4; i++)
            {
                reader.TryRead(out _, out var record).ShouldBeTrue();
                record.ToArray().ShouldAllBe(each => each == i);
                reader.Release();
            }
        }
    }

    [Fact]
    public void TryWrite_InPieces_IsWhatWasWritten()
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity + (4 * 1024 * 1024));
        byte* bulk = memory.Address + RingControl.DataOffset + Capacity;
        var writer = new RingWriter(memory.Address, Capacity, bulk, 4 * 1024 * 1024);
        var reader = new RingReader(memory.Address, Capacity, bulk, 4 * 1024 * 1024);
        int[] first = [.. Enumerable.Range(0, 20_000)];
        byte[] second = [.. Enumerable.Range(0, 70_000).Select(static i => (byte)i)];
        var (copied, kept) = (new WireWriter(), new WireWriter { KeepsPieces = true });
        foreach (var each in new[] { copied, kept })
        {
            each.Byte(1);
            each.RawArray(first);
            each.RawArray(second);
            each.Int32(7);
            int length = each.Length;
            each.Byte(9);
            each.RawArray(second);
            each.Truncate(length);
        }

        copied.HasPieces.ShouldBeFalse();
        kept.HasPieces.ShouldBeTrue();
        kept.Length.ShouldBe(5);
        kept.Total.ShouldBe(copied.Length);
        kept.ToArray().ShouldBe(copied.ToArray());
        writer.TryWrite(RecordKind.Frame, kept).ShouldBeTrue();
        reader.TryRead(out _, out var record).ShouldBeTrue();
        record.SequenceEqual(copied.Written).ShouldBeTrue();
    }

    [Fact]
    public void TryWrite_RingFull_WritesNothingUntilReleased()
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity);
        var writer = new RingWriter(memory.Address, Capacity);
        var reader = new RingReader(memory.Address, Capacity);
        int written = 0;
        while (writer.TryWrite(RecordKind.Frame, default, new byte[56]))
        {
            written++;
        }

        written.ShouldBe(Capacity / 64);
        reader.TryRead(out _, out _).ShouldBeTrue();
        writer.TryWrite(RecordKind.Frame, default, new byte[56]).ShouldBeFalse();
        reader.Release();
        writer.TryWrite(RecordKind.Frame, default, new byte[56]).ShouldBeTrue();
    }

    [Fact]
    public void TakeWriterWaits_AfterMark_IsTrueOnce()
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity);
        var writer = new RingWriter(memory.Address, Capacity);
        var reader = new RingReader(memory.Address, Capacity);
        reader.TakeWriterWaits().ShouldBeFalse();
        writer.MarkWaiting();
        reader.TakeWriterWaits().ShouldBeTrue();
        reader.TakeWriterWaits().ShouldBeFalse();
    }

    /// <summary>Odd numbers read, even ones write a record in two parts.</summary>
    private static void Run(int[] steps, int bulkCapacity = 0)
    {
        using var memory = MappedMemory.Create(RingControl.DataOffset + Capacity + bulkCapacity);
        byte* bulk = bulkCapacity == 0 ? null : memory.Address + RingControl.DataOffset + Capacity;
        var writer = new RingWriter(memory.Address, Capacity, bulk, bulkCapacity);
        var reader = new RingReader(memory.Address, Capacity, bulk, bulkCapacity);
        Queue<(RecordKind Kind, byte[] Bytes)> model = new();
        byte fill = 0;
        foreach (int step in steps)
        {
            uint number = (uint)step / 2;
            if (step % 2 != 0)
            {
                Read(reader, model);
                continue;
            }

            byte[] bytes = new byte[number % (uint)(writer.LargestRecord + 1)];
            bytes.AsSpan().Fill(++fill);
            int head = bytes.Length == 0 ? 0 : (int)(number / 1000 % (uint)bytes.Length);
            var kind = number % 3 == 0 ? RecordKind.More : RecordKind.Frame;
            if (writer.TryWrite(kind, bytes.AsSpan(0, head), bytes.AsSpan(head)))
            {
                model.Enqueue((kind, bytes));
            }
            else
            {
                model.Count.ShouldBeGreaterThan(0, "an empty ring has room for the largest record");
            }
        }

        while (model.Count > 0)
        {
            Read(reader, model);
        }

        reader.IsEmpty.ShouldBeTrue();
    }

    private static void Read(RingReader reader, Queue<(RecordKind Kind, byte[] Bytes)> model)
    {
        bool any = reader.TryRead(out var kind, out var record);
        any.ShouldBe(model.TryDequeue(out var expected));
        if (any)
        {
            kind.ShouldBe(expected.Kind);
            record.SequenceEqual(expected.Bytes).ShouldBeTrue();
            reader.Release();
        }
    }
}
