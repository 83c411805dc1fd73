using Multiproc.SharedMemory;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>A staging buffer counts when its writer dies - unless it was sent: then the record does.</summary>
public sealed unsafe class StagingBufferTests : IDisposable
{
    private const int Capacity = 1024;

    private readonly MappedMemory _memory = MappedMemory.Create(RingControl.DataOffset + Capacity + StagingBuffer.Bytes);

    private RingControl* Control => (RingControl*)_memory.Address;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void Unsent_WhatWasCommitted_IsThere()
    {
        var draft = Staging();
        Staging().Unsent().IsEmpty.ShouldBeTrue();
        Add(draft, 1, 2);
        Add(draft, 3);
        draft.Room[0] = 4; // Not whole yet.
        Staging().Unsent().ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Unsent_AfterItWasSent_CountsNoMore()
    {
        var draft = Staging();
        var writer = new RingWriter(_memory.Address, Capacity);
        for (byte round = 0; round < 100; round++)
        {
            Add(draft, round);
            writer.TryWrite(RecordKind.Frame, default, draft.Written, isStaged: true).ShouldBeTrue();
            Staging().Unsent().IsEmpty.ShouldBeTrue("its record is there");
            draft.Clear();
            Staging().Unsent().IsEmpty.ShouldBeTrue();
            var reader = new RingReader(_memory.Address, Capacity);
            reader.TryRead(out _, out var record).ShouldBeTrue();
            record.ToArray().ShouldBe([round]);
            reader.Release();
        }

        Add(draft, 9);
        Staging().Unsent().ToArray().ShouldBe([9]);
    }

    [Fact]
    public void Unsent_WriterDiedRightBeforeTheTail_IsThere()
    {
        var draft = Staging();
        Add(draft, 5);
        var writer = new RingWriter(_memory.Address, Capacity);
        writer.TryWrite(RecordKind.Frame, default, draft.Written, isStaged: true).ShouldBeTrue();
        Control->Tail = 0;
        Staging().Unsent().ToArray().ShouldBe([5]);
    }

    [Fact]
    public void Unsent_OtherFramesWereSentMeanwhile_IsThere()
    {
        var draft = Staging();
        var writer = new RingWriter(_memory.Address, Capacity);
        Add(draft, 5);
        writer.TryWrite(RecordKind.Frame, default, draft.Written, isStaged: true).ShouldBeTrue();
        draft.Clear();
        Add(draft, 6);
        writer.TryWrite(RecordKind.Frame, default, [1, 2, 3]).ShouldBeTrue();
        Staging().Unsent().ToArray().ShouldBe([6]);
    }

    [Fact]
    public void TryWrite_NoRoom_LeavesTheDraft()
    {
        var draft = Staging();
        var writer = new RingWriter(_memory.Address, Capacity);
        while (writer.TryWrite(RecordKind.Frame, default, new byte[56]))
        {
        }

        Add(draft, 5);
        writer.TryWrite(RecordKind.Frame, default, draft.Written, isStaged: true).ShouldBeFalse();
        Staging().Unsent().ToArray().ShouldBe([5]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(StagingBuffer.Bytes + 1)]
    public void Unsent_LengthIsALie_IsMalformed(int length)
    {
        Control->StagedLength = length;
        Should.Throw<SerializationException>(() => Staging().Unsent().Length);
    }

    private StagingBuffer Staging() => new(_memory.Address, _memory.Address + RingControl.DataOffset + Capacity);

    private static void Add(StagingBuffer draft, params byte[] bytes)
    {
        bytes.CopyTo(draft.Room);
        draft.Commit(bytes.Length);
    }
}
