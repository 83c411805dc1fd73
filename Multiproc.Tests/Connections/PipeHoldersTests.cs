using Multiproc.TestKit;
using Multiproc.Tests.Support;
using static Multiproc.Tests.Connections.PipeUsers;

namespace Multiproc.Tests.Connections;

/// <summary>Several processes and tasks that hold the same end of a pipe, without a lock.</summary>
public sealed class PipeHoldersTests
{
    [Fact] // Python mixes the parts of such messages
    public void Send_ThreeProcessesAtOneEnd_EveryMessageWhole()
    {
        const int Each = 40;
        using var pipe = new Pair(duplex: false);
        ChildProcess[] senders = [.. Enumerable.Range(1, 3).Select(number => Start(SendMany, pipe.Second, number))];
        pipe.Second.Close();
        var seen = new int[senders.Length + 1];
        for (int i = 0; i < Each * senders.Length; i++)
        {
            byte[] message = pipe.First.RecvBytes(timeout: InChild.Bound);
            message.AsSpan().IndexOfAnyExcept(message[0]).ShouldBe(-1, "a message of one sender only");
            message.Length.ShouldBe(Size(seen[message[0]]++));
        }

        Should.Throw<EndOfStreamException>(() => pipe.First.RecvBytes(timeout: InChild.Bound));
        seen.ShouldBe([0, Each, Each, Each]);
        ShouldEnd(senders);
    }

    [Fact]
    public void Recv_TwoProcessesAtOneEnd_EveryMessageOnceAndWhole()
    {
        const int Count = 120;
        using var pipe = new Pair(duplex: false);
        using var replies = new Pair(duplex: false);
        ChildProcess[] receivers = [Start(Forward, pipe.First, replies.Second), Start(Forward, pipe.First, replies.Second)];
        pipe.First.Close();
        replies.Second.Close();
        for (int i = 0; i < Count; i++)
        {
            byte[] message = new byte[Size(i)];
            message.AsSpan().Fill((byte)i);
            pipe.Second.SendBytes<byte>(message);
        }

        pipe.Second.Close();
        var got = Enumerable.Range(0, Count).Select(_ => replies.First.Recv<(byte, int)>(InChild.Bound)).Order();
        got.ShouldBe(Enumerable.Range(0, Count).Select(static i => ((byte)i, Size(i))).Order());
        ShouldEnd(receivers);
    }

    [Fact] // C-10: who polls takes nothing, also when several processes wait for the same socket
    public void Wait_InTwoProcessesAtOneEnd_BothSeeTheMessage()
    {
        using var pipe = new Pair();
        using var news = new Pair(duplex: false);
        ChildProcess[] waiting = [Start(SeeOne, pipe.Second, news.Second), Start(SeeOne, pipe.Second, news.Second)];
        news.First.Recv<string>(InChild.Bound).ShouldBe("ready");
        news.First.Recv<string>(InChild.Bound).ShouldBe("ready");
        pipe.First.Send(7);
        news.First.Recv<string>(InChild.Bound).ShouldBe("seen");
        news.First.Recv<string>(InChild.Bound).ShouldBe("seen");
        pipe.Second.Recv<int>(TimeSpan.Zero).ShouldBe(7);
        ShouldEnd(waiting);
    }

    [Fact]
    public async Task WaitAsync_ManyWaitersOfOneProcess_AllSeeTheMessage()
    {
        using var pipe = new Pair();
        var waiting = Enumerable.Range(0, 8).Select(number => number % 2 == 0
            ? Task.Run(() => Connection.Wait([pipe.First], InChild.Bound).Count > 0)
            : pipe.First.PollAsync(InChild.Bound).AsTask()).ToArray();
        Await.Until("all eight sleep", () => pipe.First.Sleepers() == 8);
        pipe.Second.Send(1);
        (await Task.WhenAll(waiting).WaitAsync(InChild.Bound)).ShouldAllBe(static seen => seen);
        pipe.First.Recv<int>(TimeSpan.Zero).ShouldBe(1);
        (await pipe.First.PollAsync(TimeSpan.FromMilliseconds(5))).ShouldBeFalse("the bells of before are silent");
    }

    [Fact] // many turns of the ring and of the bulk area, with sizes at their borders
    public async Task SendBytes_EverySizeAroundTheBorders_ArrivesAsItIs()
    {
        using var pipe = new Pair();
        int[] borders = [0, 1, 7, 8, 32 * 1024 - 8, 32 * 1024, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 4 * 1024 * 1024, 5 * 1024 * 1024];
        int[] sizes =
        [
            .. borders, .. borders.Reverse(), .. borders.Where(static size => size < 64 * 1024).SelectMany(static size => Enumerable.Repeat(size, 20)),
        ];
        var sending = Task.Run(() =>
        {
            for (int i = 0; i < sizes.Length; i++)
            {
                pipe.First.SendBytes<byte>(Message(sizes[i], i));
            }
        });
        for (int i = 0; i < sizes.Length; i++)
        {
            byte[] received = i % 2 == 0 ? pipe.Second.RecvBytes(timeout: InChild.Bound) : await pipe.Second.RecvBytesAsync(timeout: InChild.Bound);
            received.AsSpan().SequenceEqual(Message(sizes[i], i)).ShouldBeTrue($"message {i} of {sizes[i]} bytes");
        }

        await sending.WaitAsync(InChild.Bound);
    }

    [Fact] // C-13: the size is announced in eight bytes, and refused before anything is allocated
    public async Task RecvBytes_MoreThanAnArrayHolds_IsRefused()
    {
        using var pipe = new Pair();
        var sending = Task.Run(() => SendHuge(pipe.First));
        Should.Throw<IOException>(() => pipe.Second.RecvBytes()).Message.ShouldContain("2147483656");
        pipe.Second.Close();
        await Should.ThrowAsync<IOException>(() => sending.WaitAsync(InChild.Bound));
    }

    private static unsafe void SendHuge(Connection connection)
    {
        // Pages that are only read take no memory.
        const int Elements = (1 << 28) + 1;
        void* memory = System.Runtime.InteropServices.NativeMemory.AllocZeroed(Elements, sizeof(long));
        try
        {
            connection.SendBytes(new ReadOnlySpan<long>(memory, Elements));
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.Free(memory);
        }
    }

    /// <summary>Now and then a message that goes in parts.</summary>
    private static int Size(int i) => i % 20 == 19 ? 3_000_001 : 1 + (i * 977 % 40_000);

    private static void SendMany(Connection end, int number)
    {
        for (int i = 0; i < 40; i++)
        {
            byte[] message = new byte[Size(i)];
            message.AsSpan().Fill((byte)number);
            end.SendBytes<byte>(message);
        }
    }

    private static void Forward(Connection from, Connection to)
    {
        try
        {
            while (true)
            {
                byte[] message = from.RecvBytes();
                bool whole = message.AsSpan().IndexOfAnyExcept(message[0]) < 0;
                to.Send((message[0], whole ? message.Length : -1));
            }
        }
        catch (EndOfStreamException)
        {
            to.Close();
        }
    }

    private static void SeeOne(Connection end, Connection news)
    {
        news.Send("ready");
        Connection.Wait([end]).Count.ShouldBe(1);
        news.Send("seen");
    }

    private static void ShouldEnd(params ChildProcess[] children)
    {
        foreach (var child in children)
        {
            child.Join(InChild.Bound).ShouldBeTrue("a child ends");
            child.ExitCode.ShouldBe(0);
            child.Dispose();
        }
    }
}
