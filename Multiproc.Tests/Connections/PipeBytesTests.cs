using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area C of the inventory of CPython's behaviours, within one process: messages of bytes, whole and in part.</summary>
public sealed class PipeBytesTests
{
    [Fact] // C-03, C-09
    public void SendBytes_EmptyMessage_IsAMessage()
    {
        using var pipe = new Pair();
        pipe.First.SendBytes<byte>([]);
        pipe.First.SendBytes("after"u8);
        pipe.Second.Poll().ShouldBeTrue();
        pipe.Second.Poll().ShouldBeTrue();
        pipe.Second.RecvBytes().ShouldBeEmpty();
        pipe.Second.RecvBytes().ShouldBe("after"u8.ToArray());
        pipe.Second.Poll().ShouldBeFalse();
    }

    [Fact] // C-04, C-05
    public void RecvBytesInto_ArrayOfInts_FillsFromTheOffset()
    {
        using var pipe = new Pair();
        int[] sent = [1, 2, 3];
        int[] target = new int[10];
        pipe.First.SendBytes<int>(sent);
        pipe.Second.RecvBytesInto<int>(target).ShouldBe(12);
        target.ShouldBe([1, 2, 3, 0, 0, 0, 0, 0, 0, 0]);
        pipe.First.SendBytes<int>(sent);
        pipe.Second.RecvBytesInto<int>(target, offset: 12).ShouldBe(12);
        target.ShouldBe([1, 2, 3, 1, 2, 3, 0, 0, 0, 0]);
    }

    [Fact] // C-06
    public void RecvBytesInto_TooSmall_ExceptionHasTheMessageAndTheNextIsReceived()
    {
        using var pipe = new Pair();
        byte[] buffer = new byte[4];
        pipe.First.SendBytes("12345"u8);
        pipe.First.SendBytes("678"u8);
        Should.Throw<BufferTooShortException>(() => pipe.Second.RecvBytesInto(buffer)).Received.ToArray().ShouldBe("12345"u8.ToArray());
        buffer.ShouldBe(new byte[4]);
        pipe.Second.RecvBytesInto(buffer, 1).ShouldBe(3);
        buffer.ShouldBe("\0678"u8.ToArray());
    }

    [Theory] // C-07
    [InlineData(-1)]
    [InlineData(5)]
    public void RecvBytesInto_OffsetOutside_IsRefused(int offset)
    {
        using var pipe = new Pair();
        Should.Throw<ArgumentOutOfRangeException>(() => pipe.Second.RecvBytesInto(new byte[4], offset));
    }

    [Fact] // C-11
    public void SendBytes_ManySmallMessages_ArriveOneByOneInOrder()
    {
        using var pipe = new Pair();
        var sender = Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                pipe.First.SendBytes<byte>(new byte[i % 7]);
            }
        });
        for (int i = 0; i < 5000; i++)
        {
            pipe.Second.Poll(InChild.Bound).ShouldBeTrue();
            pipe.Second.RecvBytes().Length.ShouldBe(i % 7);
        }

        sender.Wait(InChild.Bound).ShouldBeTrue("the sender ends");
    }

    [Fact] // C-12
    public async Task SendBytes_16MiBAndMore_ArrivesWhole()
    {
        using var pipe = new Pair();
        byte[] large = new byte[(40 * 1024 * 1024) + 3];
        new Random(5).NextBytes(large);
        var received = Task.Run(() => pipe.Second.RecvBytes());
        pipe.First.SendBytes<byte>(large);
        (await received.WaitAsync(InChild.Bound)).AsSpan().SequenceEqual(large).ShouldBeTrue();
    }

    [Theory] // C-19
    [InlineData(0, null, "abcdef")]
    [InlineData(2, null, "cdef")]
    [InlineData(2, 3, "cde")]
    [InlineData(6, null, "")]
    [InlineData(6, 0, "")]
    public void SendBytes_Part_IsSent(int offset, int? size, string expected)
    {
        using var pipe = new Pair();
        pipe.First.SendBytes("abcdef"u8, offset, size);
        pipe.Second.RecvBytes().ShouldBe(System.Text.Encoding.ASCII.GetBytes(expected));
    }

    [Theory] // C-20
    [InlineData(7, null)]
    [InlineData(7, 0)]
    [InlineData(4, 3)]
    [InlineData(-1, null)]
    [InlineData(4, -1)]
    public void SendBytes_PartOutside_IsRefusedAndNothingSent(int offset, int? size)
    {
        using var pipe = new Pair();
        Should.Throw<ArgumentOutOfRangeException>(() => pipe.First.SendBytes("abcdef"u8, offset, size));
        Should.Throw<ArgumentOutOfRangeException>(() => pipe.First.SendBytesAsync("abcdef"u8.ToArray(), offset, size).AsTask().Wait());
        pipe.Second.Poll().ShouldBeFalse();
    }

    [Fact] // C-21
    public void RecvBytes_LongerThanAllowed_DuplexEndCanOnlySend()
    {
        using var pipe = new Pair();
        Should.Throw<ArgumentOutOfRangeException>(() => pipe.Second.RecvBytes(-1));
        pipe.First.SendBytes("12345"u8);
        Should.Throw<IOException>(() => pipe.Second.RecvBytes(4)).Message.ShouldContain("Bad message length");
        pipe.Second.Readable.ShouldBeFalse();
        pipe.Second.Closed.ShouldBeFalse();
        Should.Throw<IOException>(() => pipe.Second.RecvBytes());
        pipe.Second.Send(1);
        pipe.First.Recv<int>().ShouldBe(1);
    }

    [Fact] // C-21
    public void RecvBytes_LongerThanAllowed_OneWayEndIsClosed()
    {
        using var pipe = new Pair(duplex: false);
        pipe.Second.SendBytes("12345"u8);
        pipe.First.MaxMessageSize = 4;
        Should.Throw<IOException>(() => pipe.First.RecvBytes());
        pipe.First.Closed.ShouldBeTrue();
    }
}
