using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Google.Protobuf;
using Multiproc.Actors.Remote;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>What Akka expects of every transport (its GenericTransportSpec), over two ends that are linked in memory.</summary>
public sealed class LinkTransportTests : Akka.TestKit.Xunit.TestKit
{
    private readonly Hub _hub = new();
    private readonly LinkTransport _a;
    private readonly LinkTransport _b;
    private readonly Address _addressA;
    private readonly Address _addressB;

    public LinkTransportTests()
    {
        (_a, _addressA) = _hub.Add(Sys, "systemA", 1);
        (_b, _addressB) = _hub.Add(Sys, "systemB", 2);
    }

    [Fact]
    public async Task Listen_GivesAnAddressAndAPromise()
    {
        var (address, listening) = await _a.Listen();
        address.ShouldBe(_addressA);
        listening.ShouldNotBeNull();
    }

    [Fact]
    public async Task Associate_WithAnotherTransport_TellsItsListener()
    {
        await ListenBoth();
        var ours = await _a.Associate(_addressB);
        ours.RemoteAddress.ShouldBe(_addressB);
        ours.LocalAddress.ShouldBe(_addressA);
        ExpectMsg<InboundAssociation>().Association.RemoteAddress.ShouldBe(_addressA);
    }

    [Fact]
    public async Task Associate_WithAnAddressThatDoesNotExist_Fails()
    {
        await ListenBoth();
        await Should.ThrowAsync<InvalidAssociationException>(() => _a.Associate(new Address("mp", "nosystem", "9.00000000000000000000000000000009", 1)));
        await Should.ThrowAsync<InvalidAssociationException>(() => _a.Associate(new Address("mp", "nosystem", "nohost", 1)));
    }

    [Fact]
    public async Task Write_IsReceived_InBothDirections()
    {
        var (ours, theirs) = await Associate();
        ours.Write(ByteString.CopyFromUtf8("PDU")).ShouldBeTrue();
        ExpectMsg<InboundPayload>().Payload.ToStringUtf8().ShouldBe("PDU");
        theirs.Write(ByteString.CopyFromUtf8("back")).ShouldBeTrue();
        ExpectMsg<InboundPayload>().Payload.ToStringUtf8().ShouldBe("back");
    }

    [Fact]
    public async Task Write_BeforeTheOtherSideListens_IsNotLost()
    {
        await ListenBoth();
        var ours = await _a.Associate(_addressB);
        var theirs = ExpectMsg<InboundAssociation>().Association;
        ours.Write(ByteString.CopyFromUtf8("early")).ShouldBeTrue();
        theirs.ReadHandlerSource.SetResult(new ActorHandleEventListener(TestActor));
        ExpectMsg<InboundPayload>().Payload.ToStringUtf8().ShouldBe("early");
    }

    [Fact]
    public async Task Disassociate_IsTold_AndNothingIsWrittenAfterIt()
    {
        var (ours, theirs) = await Associate();
        ours.Disassociate("a test", Log);
        ExpectMsg<Disassociated>();
        ours.Write(ByteString.CopyFromUtf8("late")).ShouldBeFalse();
        theirs.Write(ByteString.CopyFromUtf8("late")).ShouldBeFalse();
    }

    [Fact]
    public async Task EndOfTheLink_IsTold()
    {
        await Associate();
        _b.OnClosed(_addressA);
        ExpectMsg<Disassociated>();
    }

    private async Task<(AssociationHandle Ours, AssociationHandle Theirs)> Associate()
    {
        await ListenBoth();
        var ours = await _a.Associate(_addressB);
        var theirs = ExpectMsg<InboundAssociation>().Association;
        ours.ReadHandlerSource.SetResult(new ActorHandleEventListener(TestActor));
        theirs.ReadHandlerSource.SetResult(new ActorHandleEventListener(TestActor));
        return (ours, theirs);
    }

    private async Task ListenBoth()
    {
        foreach (var transport in (LinkTransport[])[_a, _b])
        {
            (await transport.Listen()).Item2.SetResult(new ActorAssociationEventListener(TestActor));
        }
    }

    /// <summary>Carries frames between transports of one process.</summary>
    private sealed class Hub
    {
        private readonly ConcurrentDictionary<Address, LinkTransport> _all = new();

        public (LinkTransport Transport, Address Address) Add(ActorSystem system, string name, int number)
        {
            var address = new Address("mp", name, $"{number}.{number:d32}", 1);
            var transport = new LinkTransport(system, Config.Empty, new Wire(this, address));
            _all[address] = transport;
            return (transport, address);
        }

        private sealed class Wire(Hub hub, Address address) : ILinkWire
        {
            public Address Address => address;

            public Address AddressOf(Peer peer) => throw new NotSupportedException("There are no peers here.");

            public void Listen(ILinkUnits units)
            {
            }

            public bool TrySend(Address to, Action<WireWriter> content)
            {
                if (!hub._all.TryGetValue(to, out var receiver))
                {
                    return false;
                }

                using var writer = new WireWriter();
                content(writer);
                var reader = new WireReader(writer.Written);
                receiver.OnFrame(address, address, (ActorFrame)reader.Byte(), ref reader);
                return true;
            }

            public void Close()
            {
            }
        }
    }
}
