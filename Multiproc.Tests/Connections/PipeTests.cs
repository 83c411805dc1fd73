using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area C of the inventory of CPython's behaviours: pipes, within one process.</summary>
public sealed class PipeTests
{
    private static readonly TimeSpan s_shortly = TimeSpan.FromMilliseconds(60);

    [Fact] // C-01, C-16
    public void Pipe_Duplex_BothEndsDoBoth()
    {
        var (first, second) = Mp.Pipe();
        using (first)
        using (second)
        {
            (first.Readable, first.Writable, second.Readable, second.Writable).ShouldBe((true, true, true, true));
            first.Send(1);
            second.Send(2);
            second.Recv<int>().ShouldBe(1);
            first.Recv<int>().ShouldBe(2);
        }
    }

    [Fact] // C-01, C-16, C-17
    public void Pipe_OneWay_RefusesTheOtherDirection()
    {
        var (reader, writer) = Mp.Pipe(duplex: false);
        using (reader)
        using (writer)
        {
            (reader.Readable, reader.Writable, writer.Readable, writer.Writable).ShouldBe((true, false, false, true));
            writer.Send("down");
            reader.Recv<string>().ShouldBe("down");
            Should.Throw<IOException>(() => reader.Send("up"));
            Should.Throw<IOException>(() => reader.SendBytes<byte>([1]));
            Should.Throw<IOException>(() => writer.Recv<string>());
            Should.Throw<IOException>(() => writer.RecvBytes());
            Should.Throw<IOException>(() => writer.RecvBytesInto(new byte[4]));
            Should.Throw<IOException>(() => writer.Poll());
        }
    }

    [Fact] // C-02
    public void Send_ListOfMixedValues_ArrivesEqual()
    {
        using var pipe = new Pair();
        object?[] sent = [1, 2.5, null, "text", true, 5_000_000_000L, new byte[] { 1, 2 }, new List<int> { 3, 4 }];
        pipe.First.Send(sent);
        pipe.Second.Recv<object?[]>().ShouldBe(sent);
    }

    [Fact]
    public void Send_EachKindAlone_IsReceivedAsObject()
    {
        using var pipe = new Pair();
        object?[] sent = [7, -1L, "text", 1.5, new byte[] { 9 }, false, true, null, ("a", 1), DateTime.UnixEpoch, new Uri("http://localhost/").ToString()];
        foreach (object? each in sent)
        {
            pipe.First.Send(each);
            pipe.Second.Recv<object?>().ShouldBe(each);
        }
    }

    [Fact]
    public void Recv_AnotherTypeCame_IsSaidAndTheNextIsReceived()
    {
        using var pipe = new Pair();
        pipe.First.Send("text");
        pipe.First.Send(3);
        pipe.First.Send(4);
        Should.Throw<SerializationException>(() => pipe.Second.Recv<int>()).Message.ShouldContain("System.String");
        pipe.Second.Recv<long>().ShouldBe(3L);
        pipe.Second.Recv<double>().ShouldBe(4.0);
    }

    [Fact]
    public void Recv_BytesThatAreNoObject_IsAnErrorOfThatMessage()
    {
        using var pipe = new Pair();
        pipe.First.SendBytes("garbage"u8);
        pipe.First.SendBytes<byte>([]);
        pipe.First.Send(1);
        Should.Throw<SerializationException>(() => pipe.Second.Recv<object>());
        Should.Throw<SerializationException>(() => pipe.Second.Recv<object>());
        pipe.Second.Recv<int>().ShouldBe(1);
    }

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

    [Fact] // C-08
    public void Poll_NothingThere_WaitsItsTimeAndNotMore()
    {
        using var pipe = new Pair();
        pipe.Second.Poll().ShouldBeFalse();
        pipe.Second.Poll(TimeSpan.FromSeconds(-1)).ShouldBeFalse();
        long begun = TimeProvider.System.GetTimestamp();
        pipe.Second.Poll(s_shortly).ShouldBeFalse();
        TimeProvider.System.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(s_shortly);
        pipe.First.Send(1);
        pipe.Second.Poll(InChild.Bound).ShouldBeTrue();
        pipe.Second.Poll(null).ShouldBeTrue();
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

    [Fact] // C-14
    public void Recv_OtherEndClosed_ReceivesTheRestThenEndOfStream()
    {
        using var pipe = new Pair();
        pipe.First.Send(1);
        pipe.First.SendBytes("x"u8);
        pipe.First.Close();
        pipe.Second.Recv<int>().ShouldBe(1);
        pipe.Second.RecvBytes().ShouldBe("x"u8.ToArray());
        pipe.Second.Poll().ShouldBeTrue("the end of the stream is something to receive");
        Should.Throw<EndOfStreamException>(() => pipe.Second.Recv<int>());
        Should.Throw<EndOfStreamException>(() => pipe.Second.RecvBytes());
        Should.Throw<IOException>(() => pipe.Second.Send(1)).ShouldNotBeOfType<EndOfStreamException>();
    }

    [Fact] // C-14: a Unix socket reports a reset here
    public void Recv_OtherEndClosedWithUnreadMessages_IsEndOfStream()
    {
        using var pipe = new Pair();
        pipe.Second.Send("never read");
        pipe.First.Close();
        Should.Throw<EndOfStreamException>(() => pipe.Second.Recv<int>());
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

    [Fact] // C-22, C-23
    public void Close_Twice_ThenEverythingIsAnIOException()
    {
        var (first, second) = Mp.Pipe();
        using (first)
        using (second)
        {
            first.Handle.IsInvalid.ShouldBeFalse();
            first.Closed.ShouldBeFalse();
        }

        first.Close();
        first.Closed.ShouldBeTrue();
        Should.Throw<IOException>(() => first.Recv<int>()).Message.ShouldContain("closed");
        Should.Throw<IOException>(() => first.Send(1));
        Should.Throw<IOException>(() => first.Poll());
        Should.Throw<IOException>(() => first.Handle);
        Should.Throw<IOException>(() => first.RecvAsync<int>().AsTask().GetAwaiter().GetResult());
    }

    [Fact] // C-24, C-25
    public void Connection_OfABadHandle_IsRefused()
    {
        var (first, second) = Mp.Pipe();
        using (second)
        {
            Should.Throw<ArgumentException>(() => new Connection(first.Handle, readable: false, writable: false));
            var handle = first.Handle;
            first.Close();
            Should.Throw<ArgumentException>(() => new Connection(handle));
            Should.Throw<ArgumentException>(() => new Connection(new Microsoft.Win32.SafeHandles.SafeFileHandle(-1, ownsHandle: false)));
        }
    }

    [Fact] // C-24
    public void Poll_HandleThatIsNoSocket_IsAnErrorNotACrash()
    {
        using var file = File.OpenHandle(Environment.ProcessPath!);
        using var odd = new Connection(file);
        Should.Throw<IOException>(() => odd.RecvBytes());
        Should.Throw<IOException>(() => odd.SendBytes("x"u8));
    }

    [Fact] // C-30
    public void Send_Unsendable_NothingIsSentAndThePipeGoesOn()
    {
        using var pipe = new Pair();
        Should.Throw<SerializationException>(() => pipe.First.Send<object>(Stream.Null));
        pipe.Second.Poll().ShouldBeFalse();
        pipe.First.Send("fine");
        pipe.Second.Recv<string>().ShouldBe("fine");
    }

    [Fact]
    public void Recv_NothingInTime_Throws()
    {
        using var pipe = new Pair();
        Should.Throw<MultiprocTimeoutException>(() => pipe.Second.Recv<int>(TimeSpan.Zero));
        Should.Throw<MultiprocTimeoutException>(() => pipe.Second.RecvBytes(timeout: s_shortly));
        pipe.First.Send(1);
        pipe.Second.Recv<int>(TimeSpan.Zero).ShouldBe(1);
    }

    [Fact]
    public void Format_Unknown_IsRefused()
    {
        using var pipe = new Pair();
        pipe.First.Format.ShouldBe(ConnectionFormat.Native);
        Should.Throw<ArgumentOutOfRangeException>(() => pipe.First.Format = (ConnectionFormat)9);
    }

    [Fact]
    public void ToString_SaysStateAndDirection()
    {
        var (reader, writer) = Mp.Pipe(duplex: false);
        using (writer)
        {
            reader.ToString().ShouldBe("Connection (read-only)");
            writer.ToString().ShouldBe("Connection (write-only)");
            reader.Close();
            reader.ToString().ShouldBe("Connection (closed)");
        }
    }
}
