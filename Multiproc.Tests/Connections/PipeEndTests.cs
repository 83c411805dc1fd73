namespace Multiproc.Tests.Connections;

/// <summary>Area C of the inventory of CPython's behaviours, within one process: closed ends, and handles that are none.</summary>
public sealed class PipeEndTests
{
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
}
