using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>A connection and several threads: what Python forbids (C-31), closing, cancelling, and the asynchronous twins.</summary>
public sealed class ThreadsTests
{
    [Fact] // C-31
    public async Task SendAndRecv_FourThreadsEach_EveryMessageWholeAndOnce()
    {
        const int PerThread = 400;
        using var pipe = new Pair();
        var senders = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                byte[] message = new byte[4 + (i * 37 % 9000)];
                BitConverter.TryWriteBytes(message, (thread * PerThread) + i);
                message.AsSpan(4).Fill((byte)i);
                pipe.First.SendBytes<byte>(message);
            }
        }));
        var receivers = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            var got = new List<int>();
            for (int i = 0; i < PerThread; i++)
            {
                byte[] message = thread % 2 == 0 ? pipe.Second.RecvBytes() : await pipe.Second.RecvBytesAsync();
                int number = BitConverter.ToInt32(message);
                message.AsSpan(4).IndexOfAnyExcept((byte)(number % PerThread)).ShouldBe(-1);
                message.Length.ShouldBe(4 + (number % PerThread * 37 % 9000));
                got.Add(number);
            }

            return got;
        })).ToList();
        await Task.WhenAll(senders).WaitAsync(InChild.Bound);
        var all = await Task.WhenAll(receivers).WaitAsync(InChild.Bound);
        all.SelectMany(static each => each).Order().ShouldBe(Enumerable.Range(0, 4 * PerThread));
    }

    [Fact]
    public async Task Close_WakesWhoWaitsHere()
    {
        using var pipe = new Pair();
        Task[] waiting =
        [
            Task.Run(() => pipe.First.Recv<int>()), Task.Run(() => pipe.First.RecvBytes()), Task.Run(() => pipe.First.Poll(null)),
            pipe.First.RecvAsync<int>().AsTask(), pipe.First.PollAsync().AsTask(), Task.Run(() => Flood(pipe.First)),
        ];
        // Of the three that receive, one sleeps on the pipe; the others wait for their turn behind it.
        Await.Until("a receiver, both polls and the sender sleep", () => pipe.First.Sleepers() == 4);
        pipe.First.Close();
        foreach (var each in waiting)
        {
            (await Should.ThrowAsync<IOException>(() => each.WaitAsync(InChild.Bound))).Message.ShouldContain("closed");
        }

        pipe.Second.Poll(InChild.Bound).ShouldBeTrue("the other end sees the end");
    }

    [Fact]
    public async Task Recv_CancelledBeforeTheMessage_NothingIsLost()
    {
        using var pipe = new Pair();
        using var end = new CancellationTokenSource();
        Task[] waiting =
        [
            Task.Run(() => pipe.First.Recv<int>(null, end.Token)), pipe.First.RecvBytesAsync(null, null, end.Token).AsTask(),
            Task.Run(() => pipe.First.Poll(null, end.Token)), pipe.First.PollAsync(null, end.Token).AsTask(),
        ];
        end.Cancel();
        foreach (var each in waiting)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => each.WaitAsync(InChild.Bound));
        }

        pipe.Second.Send(9);
        pipe.First.Recv<int>(InChild.Bound).ShouldBe(9);
    }

    [Fact]
    public void Recv_CancelledInsideAMessage_CannotBeReadAnyMore()
    {
        using var sockets = new RawPair();
        sockets.Raw.Send([0, 0, 0, 9, 1]);
        using var end = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Should.Throw<OperationCanceledException>(() => sockets.Ours.RecvBytes(null, null, end.Token));
        sockets.Ours.Readable.ShouldBeFalse();
        sockets.Ours.Send(1);
        Should.Throw<IOException>(() => sockets.Ours.RecvBytes());
    }

    [Fact]
    public async Task Send_CancelledInsideAMessage_CannotBeWrittenAnyMore()
    {
        using var pipe = new Pair();
        using var end = new CancellationTokenSource();
        byte[] large = new byte[64 * 1024 * 1024];
        var sending = pipe.First.SendBytesAsync(large, cancellation: end.Token).AsTask();
        pipe.Second.Poll(InChild.Bound).ShouldBeTrue("the message begins");
        end.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => sending.WaitAsync(InChild.Bound));
        pipe.First.Writable.ShouldBeFalse();
        Should.Throw<IOException>(() => pipe.First.Send(1));
        pipe.Second.Send(2);
        pipe.First.Recv<int>(InChild.Bound).ShouldBe(2);
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        using var pipe = new Pair();
        await pipe.First.SendAsync("text");
        (await pipe.Second.RecvAsync<string>()).ShouldBe("text");
        await pipe.First.SendBytesAsync("abcdef"u8.ToArray(), 1, 3);
        (await pipe.Second.PollAsync(InChild.Bound)).ShouldBeTrue();
        byte[] buffer = new byte[5];
        (await pipe.Second.RecvBytesIntoAsync(buffer, 2)).ShouldBe(3);
        buffer.ShouldBe("\0\0bcd"u8.ToArray());
        await pipe.First.SendBytesAsync(new byte[6]);
        (await Should.ThrowAsync<BufferTooShortException>(() => pipe.Second.RecvBytesIntoAsync(buffer).AsTask())).Received.Length.ShouldBe(6);
        await pipe.First.SendBytesAsync(new byte[6]);
        await Should.ThrowAsync<IOException>(() => pipe.Second.RecvBytesAsync(5).AsTask());
        (await pipe.First.PollAsync(TimeSpan.FromMilliseconds(10))).ShouldBeFalse();
        await Should.ThrowAsync<MultiprocTimeoutException>(() => pipe.First.RecvAsync<int>(TimeSpan.FromMilliseconds(10)).AsTask());
        await pipe.Second.DisposeAsync();
        await Should.ThrowAsync<EndOfStreamException>(() => pipe.First.RecvAsync<int>().AsTask());
        await Should.ThrowAsync<IOException>(() => pipe.First.SendAsync(1).AsTask());
    }

    [Fact]
    public async Task SendBytesAsync_Large_WaitsForTheReader()
    {
        using var pipe = new Pair();
        byte[] large = new byte[(20 * 1024 * 1024) + 1];
        new Random(7).NextBytes(large);
        var sent = pipe.First.SendBytesAsync(large);
        sent.IsCompleted.ShouldBeFalse("a socket does not take so much at once");
        (await pipe.Second.RecvBytesAsync()).AsSpan().SequenceEqual(large).ShouldBeTrue();
        await sent;
    }

    [Fact]
    public void Connection_NeverClosed_OtherEndSeesTheEndAfterACollection()
    {
        using var other = Abandon();
        Await.Until("the abandoned end is collected", () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return other.Poll();
        });
        Should.Throw<EndOfStreamException>(() => other.RecvBytes());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Connection Abandon() => Mp.Pipe().First;

    private static void Flood(Connection end)
    {
        while (true)
        {
            end.SendBytes<byte>(new byte[100_000]);
        }
    }
}
