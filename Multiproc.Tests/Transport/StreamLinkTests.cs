using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>Frames over TCP; no memory travels there.</summary>
public abstract class StreamLinkSpec : BoundedLinkSpec
{
    private protected StreamLinkSpec((ILink First, ILink Second) pair)
        : base(pair)
    {
    }

    [Fact]
    public override void ReceiveMemory_OtherSideGivesIt_IsTheSamePages() =>
        Should.Throw<NotSupportedException>(() => Second.ReceiveMemory(5, TimeSpan.FromSeconds(30))).Message.ShouldContain("manager");

    [Fact]
    public override void ReceiveMemory_OtherSideClosesInstead_IsConnectionLostAtOnce()
    {
        using var memory = MakeMemory();
        Should.Throw<SerializationException>(() => First.SendMemory(5, memory)).Message.ShouldContain("asks for memory");
    }

    [Fact]
    public void SendDescriptor_OverTcp_SaysThatThereIsNone()
    {
        var told = new DescriptorLog();
        Second.Start(told);
        First.SendDescriptor(7, null);
        TestKit.Await.Until("word of the descriptor", () => told.Token == 7);
    }

    [Fact]
    public void Dispose_ByTheOtherSide_IsAFarewellAndNoBreak()
    {
        var log = Listen(Second);
        Listen(First);
        First.Dispose();
        log.AwaitEnd().ShouldBeOfType<ConnectionLostException>().IsFinal.ShouldBeTrue();
    }

    private sealed class DescriptorLog : ILinkHandler
    {
        public long Token { get; private set; }

        public void OnFrame(ReadOnlySpan<byte> frame)
        {
        }

        public void OnClosed(Exception? reason)
        {
        }

        public void OnDescriptor(long token, Multiproc.Transport.Linux.SafeDescriptor? descriptor)
        {
            descriptor.ShouldBeNull();
            Token = token;
        }
    }
}

public sealed class TcpLinkTests() : StreamLinkSpec(LinkPairs.Tcp(TlsOptions.Off));

public sealed class TlsLinkTests() : StreamLinkSpec(LinkPairs.Tcp(TlsOptions.FromAuthKey));
