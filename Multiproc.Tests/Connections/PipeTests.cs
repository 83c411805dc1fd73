using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area C of the inventory of CPython's behaviours, within one process: both kinds of pipe, objects, waiting.</summary>
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

    [Fact] // C-30
    public void Send_Unsendable_NothingIsSentAndThePipeGoesOn()
    {
        using var pipe = new Pair();
        Should.Throw<SerializationException>(() => pipe.First.Send<object>(Stream.Null));
        pipe.Second.Poll().ShouldBeFalse();
        pipe.First.Send("fine");
        pipe.Second.Recv<string>().ShouldBe("fine");
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
