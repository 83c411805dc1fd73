using System.Diagnostics;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>What every kind of link promises.</summary>
public abstract class LinkSpec : IDisposable
{
    private static readonly TimeSpan s_atOnce = Promptly.Within(3);

    private readonly ILink _first;
    private readonly ILink _second;

    private protected LinkSpec((ILink First, ILink Second) pair)
    {
        _first = pair.First;
        _second = pair.Second;
    }

    internal ILink First => _first;

    internal ILink Second => _second;

    public static TheoryData<int> Sizes => [0, 1, 7, 8, 9, 4096, 65_527, 65_528, 65_529, LinkMemory.RingBytes, LinkMemory.RingBytes + 1, (3 * 1024 * 1024) + 5];

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Send_FrameOfAnySize_ArrivesWhole(int size)
    {
        var log = Listen(_second);
        byte[] frame = Some(size, seed: size);
        _first.Send(frame);
        _first.Send([42]);
        log.AwaitFrames(2);
        log.Frames[0].AsSpan().SequenceEqual(frame).ShouldBeTrue();
        log.Frames[1].ShouldBe([42]);
    }

    [Fact]
    public void Send_BeforeEitherSideListens_IsDeliveredFirst()
    {
        _first.Send([1]);
        _first.Send([2]);
        var log = Listen(_second);
        _first.Send([3]);
        log.AwaitFrames(3);
        log.Frames.Select(static frame => frame[0]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Send_ManyThreads_KeepsOrderOfEach()
    {
        const int Threads = 8;
        const int PerThread = 300;
        var log = Listen(_second);
        Together.Run(Threads, thread =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                _first.Send(Numbered(thread, i, i % 50 == 0 ? 100_000 : i));
            }
        });
        log.AwaitFrames(Threads * PerThread);
        foreach (var ofThread in log.Frames.GroupBy(static frame => BitConverter.ToInt32(frame, 0)))
        {
            ofThread.Select(static frame => BitConverter.ToInt32(frame, 4)).ShouldBe(Enumerable.Range(0, PerThread));
        }
    }

    [Fact]
    public void Send_LargeFramesOfVeryManyThreads_AllArrive()
    {
        const int Threads = 100;
        const int Size = 300_000;
        var log = Listen(_second);
        Together.Run(Threads, thread => _first.Send(Numbered(thread, 0, Size)));
        log.AwaitFrames(Threads);
        log.IsClosed.ShouldBeFalse();
        log.Frames.Select(static frame => BitConverter.ToInt32(frame, 0)).Order().ShouldBe(Enumerable.Range(0, Threads));
        log.Frames.ShouldAllBe(static frame => frame.Length == Size + 8);
    }

    [Fact]
    public void Send_BothSidesFlood_BothGetOn()
    {
        const int Frames = 3000;
        var first = Listen(_first);
        var second = Listen(_second);
        Together.Run(() => Flood(_first), () => Flood(_second));
        first.AwaitFrames(Frames);
        second.AwaitFrames(Frames);

        static void Flood(ILink link)
        {
            byte[] frame = new byte[1000];
            for (int i = 0; i < Frames; i++)
            {
                link.Send(frame);
            }
        }
    }

    [Fact]
    public void Send_HandlersAnswerWithMoreThanFits_NeverBlockEachOther()
    {
        const int Requests = 400;
        byte[] reply = new byte[20_000];
        byte[] largeAnswer = new byte[200_000];
        var replies = Listen(_first);
        int asked = 0;
        Listen(_second, _ => _second.Send(++asked % 100 == 0 ? largeAnswer : reply));
        Together.Run(() =>
        {
            for (int i = 0; i < Requests; i++)
            {
                _first.Send(new byte[2000]);
            }
        });
        replies.AwaitFrames(Requests);
        replies.Frames.Select(static frame => frame.Length).Where(static length => length == 200_000).Count().ShouldBe(Requests / 100);
    }

    [Fact]
    public void Receive_ByBlockedThread_SeesEveryAnswer()
    {
        var slot = new WaitSlot();
        Listen(_first, _ => slot.Complete());
        Listen(_second, frame => _second.Send(frame));
        for (int i = 0; i < 300; i++)
        {
            slot.Reset();
            _first.Send(Numbered(0, i, 10));
            Reactor.Current.WaitUntil(slot, InChild.Bound, CancellationToken.None).ShouldBeTrue($"answer {i}");
        }
    }

    [Fact]
    public async Task Receive_ByTask_SeesEveryAnswer()
    {
        TaskCompletionSource<byte[]> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Listen(_first, frame => reply.SetResult(frame));
        Listen(_second, frame => _second.Send(frame));
        for (int i = 0; i < 300; i++)
        {
            byte[] question = Numbered(0, i, 10);
            _first.Send(question);
            (await reply.Task.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBe(question);
            reply = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    [Fact]
    public void Send_WakingNobody_ArrivesWithNextFrame()
    {
        var log = Listen(_second);
        _first.Send([1], Wake.Never);
        _first.Send([2], Wake.Never);
        _first.Send([3]);
        log.AwaitFrames(3);
        log.Frames.Select(static frame => frame[0]).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Send_WakingNobodyThenClose_StillArrives()
    {
        var log = Listen(_second);
        _first.Send([1], Wake.Never);
        _first.Dispose();
        log.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
        log.Frames.ShouldHaveSingleItem();
    }

    [Fact]
    public void Send_WhenWaiting_WakesThreadThatWaits()
    {
        var slot = new WaitSlot();
        Listen(_second, _ => slot.Complete());
        for (int i = 0; i < 50; i++)
        {
            slot.Reset();
            var waiter = Together.Start(() =>
                Reactor.Current.WaitUntil(slot, InChild.Bound, CancellationToken.None).ShouldBeTrue($"frame {i}"));
            _first.Send([1], Wake.WhenWaiting);
            waiter.Finish();
        }
    }

    [Fact]
    public void Dispose_AfterFrames_OtherSideGetsThemAndThenTheEnd()
    {
        var own = Listen(_first);
        var other = Listen(_second);
        for (int i = 0; i < 1000; i++)
        {
            _first.Send([1, 2, 3]);
        }

        long begun = Stopwatch.GetTimestamp();
        _first.Dispose();
        other.AwaitEnd(s_atOnce).ShouldBeOfType<ConnectionLostException>();
        other.Count.ShouldBe(1000);
        own.AwaitEnd(s_atOnce).ShouldBeNull();
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(s_atOnce);
    }

    [Fact]
    public void Dispose_Twice_IsToldOnce()
    {
        var own = Listen(_first);
        var other = Listen(_second);
        _first.Dispose();
        _first.Dispose();
        own.AwaitEnd().ShouldBeNull();
        other.AwaitEnd().ShouldNotBeNull();
        _second.Dispose();
        other.AwaitEnd().ShouldNotBeNull();
    }

    [Fact]
    public void Send_AfterOwnClose_IsConnectionLost()
    {
        Listen(_first);
        _first.Dispose();
        Should.Throw<ConnectionLostException>(() => _first.Send([1]));
        Should.Throw<ConnectionLostException>(() => _first.Send(new byte[1_000_000]));
    }

    [Fact]
    public void Send_AfterOtherSideClosed_IsConnectionLost()
    {
        var own = Listen(_first);
        Listen(_second);
        _second.Dispose();
        own.AwaitEnd();
        Should.Throw<ConnectionLostException>(() => _first.Send([1]));
        Should.Throw<ConnectionLostException>(() => _first.Send(new byte[1_000_000]));
    }

    [Fact]
    public void OnFrame_Malformed_EndsThisLinkWithItsReason()
    {
        var other = Listen(_first);
        var own = Listen(_second, static frame => throw new SerializationException($"frame {frame[0]} is malformed"));
        _first.Send([7]);
        own.AwaitEnd(s_atOnce).ShouldBeOfType<SerializationException>().Message.ShouldBe("frame 7 is malformed");
        other.AwaitEnd(s_atOnce).ShouldBeOfType<ConnectionLostException>();
        Should.Throw<ConnectionLostException>(() => _second.Send([1]));
    }

    [Fact]
    public virtual void ReceiveMemory_OtherSideGivesIt_IsTheSamePages()
    {
        Listen(_first);
        Listen(_second);
        using var given = MakeMemory();
        given.Span[17] = 71;
        _first.SendMemory(5, given);
        using var taken = _second.ReceiveMemory(5, TimeSpan.FromSeconds(30));
        taken.Size.ShouldBe(given.Size);
        taken.Span[17].ShouldBe((byte)71);
        taken.Span[18] = 81;
        given.Span[18].ShouldBe((byte)81);
    }

    [Fact]
    public virtual void ReceiveMemory_OtherSideClosesInstead_IsConnectionLostAtOnce()
    {
        Listen(_first);
        Listen(_second);
        var taker = Together.Start(() => _second.ReceiveMemory(5, TimeSpan.FromSeconds(30)).Dispose());
        _first.Dispose();
        taker.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
    }

    internal virtual MappedMemory MakeMemory() => MappedMemory.Create(4096);

    internal static FrameLog Listen(ILink link, Action<byte[]>? onFrame = null)
    {
        var log = new FrameLog(onFrame);
        link.Start(log);
        return log;
    }

    internal static byte[] Some(int size, int seed)
    {
        byte[] bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Two numbers, and as many bytes more.</summary>
    private static byte[] Numbered(int thread, int number, int more)
    {
        byte[] frame = new byte[8 + more];
        BitConverter.TryWriteBytes(frame, thread);
        BitConverter.TryWriteBytes(frame.AsSpan(4), number);
        return frame;
    }
}
