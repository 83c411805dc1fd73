using System.Runtime.Versioning;
using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.Tests.Transport;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Managers;

/// <summary>
/// One who knows the key, and then speaks badly: over a Unix socket, TCP and TLS. Its connection ends, nobody else's. One without the key gets no further than
/// the door: see <see cref="TcpListenerSpec"/> and <see cref="UnixListenerSpec"/>.
/// </summary>
public abstract class HostilePeerSpec : IDisposable
{
    private readonly OtherMachine _other;
    private readonly FarManager _friend;

    private protected HostilePeerSpec(OtherMachine other)
    {
        _other = other;
        _friend = other.Connect();
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "an empty frame", [] },
        { "an unknown kind", [99, 1, 2, 3] },
        { "half a question", [(byte)FrameKind.Ask, 1] },
        { "a number of more than 64 bits", [(byte)FrameKind.Ask, .. Enumerable.Repeat((byte)0xFF, 11)] },
        { "a command that a manager does not know", [(byte)FrameKind.Ask, 1, 1, 200] },
        { "a creation with options that never come", [(byte)FrameKind.Ask, 1, 1, 1, 5, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "a construction of a type whose name never comes", [(byte)FrameKind.Tell, 1, 6, 0xFF, 0xFF, 0x7F] },
        { "memory that is not there", [(byte)FrameKind.Memory, 0xFF, 0x7F] },
        { "a service that is not spoken", [(byte)FrameKind.Service, (byte)Service.Pool, 1] },
        { "a service that does not exist", [(byte)FrameKind.Service, 250] },
        { "half a hello", [(byte)FrameKind.Hello, 1, 2, 3] },
        { "an answer of an unknown kind", [(byte)FrameKind.Reply, 1, 77] },
    };

    public void Dispose()
    {
        _friend.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Frame_Malformed_EndsThisConnectionOnly(string what, byte[] frame)
    {
        using var link = Connect();
        var log = LinkSpec.Listen(link);
        log.AwaitFrames(1);
        link.Send(frame);
        log.AwaitEnd().ShouldNotBeNull(what);
        AssertServes();
    }

    [Fact]
    public void Hello_Twice_EndsThisConnectionOnly()
    {
        using var link = Connect();
        var log = LinkSpec.Listen(link);
        byte[] hello = Frame(FrameKind.Hello, writer =>
        {
            new NodeAddress(Guid.NewGuid(), 1, "").WriteTo(writer);
            writer.VarUInt(1);
        });
        link.Send(hello);
        link.Send(hello);
        log.AwaitEnd().ShouldNotBeNull();
        AssertServes();
    }

    [Fact]
    public void Construct_TypeThatIsNotRegistered_IsRefused()
    {
        Should.Throw<RemoteException>(() => (object)_friend.Create("System.Diagnostics.Process")).Message.ShouldContain("No type");
        AssertServes();
    }

    [Fact]
    public void Call_OfWhatIsNotExposed_IsRefused()
    {
        var proxy = (Proxy)_friend.Create("FarMaths");
        Should.Throw<RemoteException>(() => proxy.CallMethod("Secret"));
        Should.Throw<RemoteException>(() => proxy.CallMethod("GetType"));
        Should.Throw<RemoteException>(() => proxy.CallMethod("Finalize"));
        proxy.CallMethod("Add", 1, 2).ShouldBe(3);
    }

    [Fact]
    public void Arguments_NestedWithoutEnd_AreRefusedAndTheServerLivesOn()
    {
        using var link = Connect();
        LinkSpec.Listen(link);
        foreach (byte mark in (byte[])[1, 2, 3])
        {
            byte[] nested = new byte[200_000];
            Array.Fill(nested, mark);
            link.Send(Frame(FrameKind.Ask, writer =>
            {
                writer.VarUInt(7);
                writer.VarUInt(ReferenceCommand.Keeper);
                new ManagerCommand.Construct("FarMaths", new Payload(nested)).WriteTo(writer);
            }));
        }

        AssertServes();
    }

    [Fact]
    public void Frames_OfNoise_NeverHurtOthers()
    {
        var random = new Random(20260801);
        for (int round = 0; round < 40; round++)
        {
            using var link = Connect();
            LinkSpec.Listen(link);
            try
            {
                for (int i = 0; i < 20; i++)
                {
                    byte[] noise = new byte[random.Next(1, 60)];
                    random.NextBytes(noise);
                    noise[0] = (byte)random.Next(10);

                    // A command to shut down is none that a unauthenticated peer could not give properly.
                    if (noise.Length > 2 && noise[^1] == 2)
                    {
                        noise[^1] = 9;
                    }

                    link.Send(noise.AsSpan().IndexOf((byte)2) > 0 ? [99] : noise);
                }
            }
            catch (ConnectionLostException)
            {
                // It was cut off, as it should be.
            }
        }

        AssertServes();
    }

    private protected abstract ILink Connect(OtherMachine other);

    private static byte[] Frame(FrameKind kind, Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        writer.Byte((byte)kind);
        write(writer);
        return writer.ToArray();
    }

    private ILink Connect() => Connect(_other);

    private void AssertServes()
    {
        var list = _friend.List<int>([1]);
        list.Add(2);
        list.ShouldBe([1, 2]);
    }
}

[UnsupportedOSPlatform("windows")]
public sealed class LocalMachine() : OtherMachine(TlsOptions.Off, path: Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock"));

[SupportedOSPlatform("linux")]
public sealed class UnixHostilePeerTests(LocalMachine other) : HostilePeerSpec(other), IClassFixture<LocalMachine>
{
    private protected override ILink Connect(OtherMachine other) => UnixSocketConnector.Connect(other.Address.Host, other.Key, TimeSpan.FromSeconds(30));
}

public sealed class TcpHostilePeerTests(PlainMachine other) : HostilePeerSpec(other), IClassFixture<PlainMachine>
{
    private protected override ILink Connect(OtherMachine other) => Tcp(other);

    internal static ILink Tcp(OtherMachine other)
    {
        var security = new LinkSecurity(other.Tls, other.Key);
        return TcpConnector.Connect(
            new RemoteEndpoint(security.Mode, other.Address.Host, other.Address.Port), Guid.NewGuid(), other.Key, security, new ConnectionOptions());
    }
}

public sealed class TlsHostilePeerTests(KeyTlsMachine other) : HostilePeerSpec(other), IClassFixture<KeyTlsMachine>
{
    private protected override ILink Connect(OtherMachine other) => TcpHostilePeerTests.Tcp(other);
}
