using System.Net.Sockets;
using Multiproc.Nodes;
using Multiproc.Objects.Events;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.TestKit;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Tests.Transport;

/// <summary>What another process may say to this one: a malformed frame ends its own connection and nothing else.</summary>
public sealed class PeerFrameTests : IDisposable
{
    private readonly ILink _stranger;
    private readonly FrameLog _told;
    private readonly Peer _peer;

    public PeerFrameTests()
    {
        var (ours, theirs) = LinkPairs.Rings();
        _stranger = theirs;
        _told = LinkSpec.Listen(theirs);
        _peer = Node.Current.Peers.Join(ours);
        _peer.Start();
        _told.AwaitFrames(1);
    }

    public static TheoryData<byte[]> Malformed => new((byte[][])
    [
        [],
        [0],
        [8],
        [255],
        [(byte)FrameKind.Hello],
        [(byte)FrameKind.Hello, .. new byte[16], 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0],
        [(byte)FrameKind.Hello, .. new byte[16], 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [(byte)FrameKind.Hello, .. new byte[16], 1, 100],
        [(byte)FrameKind.Ask],
        [(byte)FrameKind.Ask, 1],
        [(byte)FrameKind.Ask, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
        [(byte)FrameKind.Tell],
        [(byte)FrameKind.Reply, 1],
        [(byte)FrameKind.Reply, 1, 99, 0, 0, 0],
        [(byte)FrameKind.Reply, 1, 0, 0, 0xFF, 0xFF, 0x7F],
        [(byte)FrameKind.Cancel, 1],
        [(byte)FrameKind.Memory],
        [(byte)FrameKind.Memory, 0xFF, 0xFF, 0xFF, 0x7F],
        [(byte)FrameKind.Service],
        [(byte)FrameKind.Service, 0],
        [(byte)FrameKind.Service, 2],
        [(byte)FrameKind.Service, 200],
    ]);

    public void Dispose() => _stranger.Dispose();

    [Theory]
    [MemberData(nameof(Malformed))]
    public void OnFrame_Malformed_EndsThatConnectionOnly(byte[] frame)
    {
        _stranger.Send(frame);
        _told.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
        Await.Until("the peer to be lost", () => _peer.IsLost);
        AssertOthersAreServed();
    }

    [Fact]
    public void OnFrame_MalformedCommandOfARealObject_LeavesTheObjectAlone()
    {
        long id = Node.Current.Create(EventType.Instance, Payload.Empty, out _);
        using var ask = new WireWriter();
        ask.Byte((byte)FrameKind.Ask);
        ask.VarUInt(1);
        ask.VarUInt((ulong)id);
        ask.Byte(250);
        _stranger.Send(ask.Written);
        _told.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
        AssertOthersAreServed();
        Node.Current.Remove(id);
    }

    [Fact]
    public void OnFrame_SecondHello_EndsThatConnection()
    {
        _stranger.Send(Hello(Guid.NewGuid()));
        Await.Until("the introduction", () => _peer.Address is not null);
        _stranger.Send(Hello(Guid.NewGuid()));
        _told.AwaitEnd().ShouldBeOfType<ConnectionLostException>();
    }

    [Fact]
    public void OnFrame_AskOfUnknownObject_IsAnsweredGone()
    {
        AssertOthersAreServed();
        _peer.IsLost.ShouldBeFalse();
    }

    [Fact]
    public void OnFrame_AnswersAndCancelsNobodyWaitsFor_AreIgnored()
    {
        _stranger.Send([(byte)FrameKind.Reply, 0x7F, 0, 0, 0, 0]);
        _stranger.Send([(byte)FrameKind.Reply, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0]);
        _stranger.Send([(byte)FrameKind.Cancel, 1, 0x7F]);
        AskUnknown(_stranger, _told);
        _peer.IsLost.ShouldBeFalse();
    }

    [Fact]
    public void OnFrame_RandomGarbage_NeverHarmsOthers()
    {
        var random = new Random(4714);
        for (int i = 0; i < 60; i++)
        {
            var (ours, theirs) = LinkPairs.InMemory();
            Node.Current.Peers.Join(ours).Start();
            var log = LinkSpec.Listen(theirs);
            byte[] frame = new byte[random.Next(1, 40)];
            random.NextBytes(frame);
            frame[0] = (byte)random.Next(0, 9);
            theirs.Send(frame);
            theirs.Dispose();
            log.AwaitEnd();
        }

        AssertOthersAreServed();
    }

    [Fact]
    public void OnFrame_AsksForMemoryAndDies_HarmsNobody()
    {
        var block = Node.Current.Memory.Allocate(64);
        for (int i = 0; i < 30; i++)
        {
            var (ours, theirs) = LinkPairs.Sockets();
            using var bell = Doorbell.Create();
            LinkHandshake.SendOffer((int)theirs.Handle, 0, bell);
            var link = RingLink.Accept((int)ours.Handle, ours, "a stranger");
            var (index, memory, peerBell) = LinkHandshake.ReceiveAcceptance((int)theirs.Handle);
            memory.Writer(acceptor: false).TryWrite(RecordKind.Frame, default, [(byte)FrameKind.Memory, (byte)block.SegmentToken]).ShouldBeTrue();
            theirs.Shutdown(SocketShutdown.Both);
            var peer = Node.Current.Peers.Join(link);
            peer.Listen();
            peerBell.Ring(index, Wake.Always);
            Await.Until("the peer to be lost", () => peer.IsLost);
            theirs.Dispose();
            memory.Dispose();
            peerBell.Dispose();
        }

        Node.Current.Memory.Free(block, wasSent: false);
        AssertOthersAreServed();
    }

    private static byte[] Hello(Guid id)
    {
        var writer = new WireWriter();
        writer.Byte((byte)FrameKind.Hello);
        new NodeAddress(id, 1, "").WriteTo(writer);
        writer.VarUInt(1);
        return writer.ToArray();
    }

    private static void AskUnknown(ILink link, FrameLog log)
    {
        int before = log.Count;
        link.Send([(byte)FrameKind.Ask, 77, 0xFF, 0xFF, 0x7F]);
        log.AwaitFrames(before + 1);
        log.Frames[^1].ShouldBe([(byte)FrameKind.Reply, 77, (byte)ReplyStatus.ObjectGone, 0, 0, 0]);
    }

    private static void AssertOthersAreServed()
    {
        var (ours, theirs) = LinkPairs.Rings();
        using (theirs)
        {
            var log = LinkSpec.Listen(theirs);
            Node.Current.Peers.Join(ours).Start();
            log.AwaitFrames(1);
            AskUnknown(theirs, log);
        }
    }
}
