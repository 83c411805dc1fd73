using System.Runtime.CompilerServices;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>What links promise besides that hold a sender back while the other side does not read.</summary>
public abstract class BoundedLinkSpec : LinkSpec
{
    private static readonly TimeSpan s_atOnce = Promptly.Within(3);

    private protected BoundedLinkSpec((ILink First, ILink Second) pair)
        : base(pair)
    {
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Send_OtherSideDoesNotRead_WaitsUntilItDoes(int size)
    {
        Listen(First);
        var sender = BlockedSender(size, out var sent);
        var log = Listen(Second);
        Await.Until("the sender to get on", () => sent.Value > 2_000_000 / size);
        First.Dispose();
        sender.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
        log.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
        log.Frames.ShouldAllBe(frame => frame.Length == size);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Dispose_OwnSenderBlocked_FailsItAtOnce(int size)
    {
        Listen(First);
        var sender = BlockedSender(size, out _);
        First.Dispose();
        sender.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Dispose_OtherSidesSenderBlocked_FailsItAtOnce(int size)
    {
        var own = Listen(First);
        var sender = BlockedSender(size, out _);
        Second.Dispose();
        sender.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
        own.AwaitEnd(s_atOnce).ShouldBeOfType<ConnectionLostException>();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Send_OwnSideDoesNotListenYet_GetsOnAndLearnsOfTheEnd(int size)
    {
        var sender = BlockedSender(size, out var sent);
        Listen(Second);
        Await.Until("the sender to get on", () => sent.Value > 2_000_000 / size);
        Second.Dispose();
        sender.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
        Listen(First).AwaitEnd(s_atOnce).ShouldBeOfType<ConnectionLostException>();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1_000_000)]
    public void Dispose_NobodyEverListened_FailsBlockedSenderAtOnce(int size)
    {
        var sender = BlockedSender(size, out _);
        Second.Dispose();
        sender.Failure(s_atOnce).ShouldBeOfType<ConnectionLostException>();
    }

    /// <summary>A thread that sends for ever, and is held back by now.</summary>
    private Together.Running BlockedSender(int size, out StrongBox<int> sent)
    {
        var count = sent = new StrongBox<int>();
        byte[] frame = Some(size, seed: 1);
        var sender = Together.Start(() =>
        {
            while (true)
            {
                First.Send(frame);
                Interlocked.Increment(ref count.Value);
            }
        });
        int seen = -1;
        long since = Environment.TickCount64;
        Await.Until("the sender to stand still for 100 ms", () =>
        {
            int now = Volatile.Read(ref count.Value);
            if (now != seen)
            {
                (seen, since) = (now, Environment.TickCount64);
            }

            return Environment.TickCount64 - since > 100;
        });
        return sender;
    }
}
