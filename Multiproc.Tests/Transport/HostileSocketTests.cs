using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;
using Multiproc.Transport.Rings;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Transport;

/// <summary>A peer that speaks the socket beside a ring, or a plain socket link, by hand and badly.</summary>
public sealed class HostileSocketTests : IDisposable
{
    private readonly Socket _ours;
    private readonly Socket _theirs;

    public HostileSocketTests() => (_ours, _theirs) = LinkPairs.Sockets();

    private int Descriptor => (int)_theirs.Handle;

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    [Fact]
    public void RingLink_PartOfAMemoryMessage_EndsThisLinkAndNoOther()
    {
        var (log, _) = Accepted();
        _theirs.Send([1, 2, 3]);
        log.AwaitEnd().ShouldBeOfType<SerializationException>();
        AssertOthersLive();
    }

    [Fact]
    public void RingLink_MemoryMessageWithoutMemory_EndsThisLink()
    {
        var (log, _) = Accepted();
        _theirs.Send(new byte[8]);
        log.AwaitEnd().ShouldBeOfType<SerializationException>();
    }

    [Fact]
    public void RingLink_DescriptorThatIsNoMemory_EndsThisLinkAndNoOther()
    {
        var (log, _) = Accepted();
        DescriptorMessage.Send(Descriptor, new byte[8], [Descriptor]);
        log.AwaitEnd().ShouldBeOfType<SerializationException>();
        AssertOthersLive();
    }

    [Fact]
    public void RingLink_TooManyDescriptors_EndsThisLink()
    {
        using var memory = LinuxMemory.Create(4096, reserve: true);
        var (log, _) = Accepted();
        DescriptorMessage.Send(Descriptor, new byte[8], [memory.Descriptor, memory.Descriptor]);
        log.AwaitEnd().ShouldBeOfType<SerializationException>();
    }

    [Fact]
    public void RingLink_GarbageInTheRing_EndsThisLinkAndNoOther()
    {
        var (log, memory) = Accepted();
        memory.Span.Fill(0xAB);
        try
        {
            _theirs.Send(new byte[8]);
        }
        catch (SocketException)
        {
            // The link has met the garbage already and is closed.
        }

        log.AwaitEnd().ShouldBeOfType<SerializationException>();
        AssertOthersLive();
    }

    [Theory]
    [InlineData(0x4D50_4C4B, 2, 0)]
    [InlineData(0x4D50_4C4C, 1, 0)]
    [InlineData(0x4D50_4C4B, 1, -1)]
    [InlineData(0x4D50_4C4B, 1, Doorbell.MaxLinks)]
    public void Accept_MalformedOffer_IsMalformed(int magic, int version, int index)
    {
        using var bell = Doorbell.Create();
        DescriptorMessage.Send(Descriptor, MemoryMarshal.AsBytes<int>([magic, version, index, 0]), [((LinuxMemory)bell.Memory).Descriptor]);
        Should.Throw<SerializationException>(() => RingLink.Accept((int)_ours.Handle, _ours, "a stranger"));
    }

    [Fact]
    public void Accept_DoorbellTooSmall_IsMalformed()
    {
        using var small = LinuxMemory.Create(64, reserve: true);
        DescriptorMessage.Send(Descriptor, MemoryMarshal.AsBytes<int>([0x4D50_4C4B, 1, 0, 0]), [small.Descriptor]);
        Should.Throw<SerializationException>(() => RingLink.Accept((int)_ours.Handle, _ours, "a stranger"));
    }

    [Fact]
    public void Accept_PeerCloses_IsConnectionLost()
    {
        _theirs.Dispose();
        Should.Throw<ConnectionLostException>(() => RingLink.Accept((int)_ours.Handle, _ours, "a stranger"));
    }

    [Fact]
    public void SocketLink_NegativeLength_EndsThisLink() =>
        Plain([0xFF, 0xFF, 0xFF, 0xFF, 0]).ShouldBeOfType<SerializationException>();

    [Fact]
    public void SocketLink_UnknownKind_EndsThisLink() =>
        Plain([1, 0, 0, 0, 9, 1]).ShouldBeOfType<SerializationException>();

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("nothing\0there")]
    [InlineData("missing")]
    public void SocketLink_MemoryThatCannotBeMapped_EndsThisLink(string name)
    {
        byte[] path = Encoding.UTF8.GetBytes(Path.Combine(RuntimeFolder.Path, name));
        Plain([(byte)(path.Length + 8), 0, 0, 0, 1, .. new byte[8], .. path]).ShouldBeOfType<SerializationException>();
    }

    [Fact]
    public void SocketLink_EndInsideAFrame_IsConnectionLost()
    {
        var log = LinkSpec.Listen(new SocketLink(_ours, "a stranger"));
        _theirs.Send([100, 0, 0, 0, 0, 1, 2, 3]);
        _theirs.Dispose();
        log.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
        log.Count.ShouldBe(0);
    }

    private static void AssertOthersLive()
    {
        var (first, second) = LinkPairs.Rings();
        var log = LinkSpec.Listen(second);
        LinkSpec.Listen(first);
        first.Send([1]);
        log.AwaitFrames(1);
        first.Dispose();
        log.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
    }

    /// <summary>A ring link that we accepted, and the memory of it that the hostile side got.</summary>
    private (FrameLog Log, MappedMemory Memory) Accepted()
    {
        using var bell = Doorbell.Create();
        LinkHandshake.SendOffer(Descriptor, 0, bell);
        var link = RingLink.Accept((int)_ours.Handle, _ours, "a stranger");
        var (_, memory, peerBell) = LinkHandshake.ReceiveAcceptance(Descriptor);
        peerBell.Dispose();
        return (LinkSpec.Listen(link), memory.Memory);
    }

    private Exception? Plain(byte[] bytes)
    {
        var log = LinkSpec.Listen(new SocketLink(_ours, "a stranger"));
        _theirs.Send(bytes);
        return log.AwaitEnd();
    }
}
