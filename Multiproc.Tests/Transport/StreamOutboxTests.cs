using System.Buffers.Binary;
using Multiproc.TestKit;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Tests.Transport;

/// <summary>Which thread writes what, and when, over a stream that stands still until it is told to go on.</summary>
public sealed class StreamOutboxTests
{
    [Fact]
    public void Send_WhileALargeFrameIsUnderWay_GoesBetweenItsParts()
    {
        using var stream = new GatedStream();
        var outbox = new StreamOutbox(stream, "a peer", stream.Dispose);
        var large = Together.Start(() => outbox.Send(new byte[3 * StreamRecord.PartBytes], StreamRecordKind.Frame, mayWait: true));
        Await.Until("the first part to be written", () => stream.Writes == 1);
        outbox.Send([1], StreamRecordKind.Frame, mayWait: false);
        outbox.Send([2], StreamRecordKind.Frame, mayWait: false);
        stream.Open();
        large.Finish();
        Await.Until("all records", () => stream.Kinds.Count == 5);
        stream.Kinds[0].ShouldBe(StreamRecordKind.First);
        stream.Kinds[4].ShouldBe(StreamRecordKind.More, "the others were not held up");
        stream.Kinds.Count(static kind => kind == StreamRecordKind.Frame).ShouldBe(2);
    }

    [Fact]
    public void Send_ByHandlers_KeepsTheirOrder()
    {
        using var stream = new GatedStream();
        var outbox = new StreamOutbox(stream, "a peer", stream.Dispose);
        outbox.Send(new byte[(2 * StreamRecord.PartBytes) + 1], StreamRecordKind.Frame, mayWait: false);
        outbox.Send([1], StreamRecordKind.Frame, mayWait: false);
        stream.Open();
        Await.Until("all records", () => stream.Kinds.Count == 4);
        stream.Kinds.ShouldBe([StreamRecordKind.First, StreamRecordKind.More, StreamRecordKind.More, StreamRecordKind.Frame]);
    }

    [Fact]
    public void Send_ToWhoDoesNotRead_IsCutOffAtALimit()
    {
        using var stream = new GatedStream();
        bool wasCut = false;
        var outbox = new StreamOutbox(stream, "a peer", () => wasCut = true);
        byte[] reply = new byte[128 * 1024 * 1024];
        var lost = Should.Throw<ConnectionLostException>(() =>
        {
            for (long sent = 0; sent <= StreamOutbox.MaxBacklog; sent += reply.Length)
            {
                outbox.Send(reply, StreamRecordKind.Frame, mayWait: false);
            }
        });
        lost.Message.ShouldContain("does not read");
        wasCut.ShouldBeTrue();
        stream.Open();
    }

    [Fact]
    public void Send_LimitPasses_WithdrawsWhatWasNotBegunAndCompletesWhatWas()
    {
        using var stream = new GatedStream();
        var outbox = new StreamOutbox(stream, "a peer", stream.Dispose);
        Await.Until("the first part to be under way when the limit passes", () => TrySend(outbox, new byte[3 * StreamRecord.PartBytes]));
        stream.Writes.ShouldBe(1, "it was begun, and is left to the thread of the outbox");
        TrySend(outbox, [9]).ShouldBeFalse();
        TrySend(outbox, new byte[2 * StreamRecord.PartBytes]).ShouldBeFalse();

        // What takes the first back must not overtake it.
        outbox.Send([1], StreamRecordKind.Frame, mayWait: false);
        stream.Open();
        Await.Until("all records", () => stream.Kinds.Count == 4);
        stream.Kinds.ShouldBe([StreamRecordKind.First, StreamRecordKind.More, StreamRecordKind.More, StreamRecordKind.Frame]);
        outbox.Send([2], StreamRecordKind.Frame, mayWait: true);
        stream.Kinds.Count.ShouldBe(5, "what was withdrawn is not sent later");
    }

    [Fact]
    public void Send_StreamBreaks_FailsWhoWritesAndWhoWaits()
    {
        using var stream = new GatedStream();
        var outbox = new StreamOutbox(stream, "a peer", stream.Dispose);
        var first = Together.Start(() => outbox.Send([1], StreamRecordKind.Frame, mayWait: true));
        Await.Until("the first to be written", () => stream.Writes == 1);
        var second = Together.Start(() => outbox.Send([2], StreamRecordKind.Frame, mayWait: true));
        stream.Break();
        first.Failure().ShouldBeOfType<ConnectionLostException>();
        second.Failure().ShouldBeOfType<ConnectionLostException>();
        Should.Throw<ConnectionLostException>(() => outbox.Send([3], StreamRecordKind.Frame, mayWait: true));
    }

    private static bool TrySend(StreamOutbox outbox, byte[] frame)
    {
        using var limit = WaitLimit.Of(TimeSpan.FromMilliseconds(50), CancellationToken.None, pid: 0).Enter();
        try
        {
            outbox.Send(frame, StreamRecordKind.Frame, mayWait: true);
            return true;
        }
        catch (MultiprocTimeoutException)
        {
            return false;
        }
    }

    private sealed class GatedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly Lock _lock = new();
        private readonly List<StreamRecordKind> _kinds = [];
        private volatile bool _broken;
        private int _writes;

        public int Writes => Volatile.Read(ref _writes);

        public IReadOnlyList<StreamRecordKind> Kinds
        {
            get
            {
                lock (_lock)
                {
                    return [.. _kinds];
                }
            }
        }

        public void Open() => _gate.Set();

        public void Break()
        {
            _broken = true;
            _gate.Set();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Interlocked.Increment(ref _writes);
            _gate.Wait();
            if (_broken)
            {
                throw new IOException("broken");
            }

            BinaryPrimitives.ReadInt32LittleEndian(buffer).ShouldBe(buffer.Length - StreamRecord.HeaderBytes);
            lock (_lock)
            {
                _kinds.Add((StreamRecordKind)buffer[4]);
            }
        }
    }
}
