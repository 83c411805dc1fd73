using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;
using Multiproc.Transport.Tcp;

namespace Multiproc.Tests.Transport;

/// <summary>The door for other machines and whoever comes: over plain TCP, TLS from the key, and TLS with certificates.</summary>
public abstract class TcpListenerSpec : AdmissionSpec
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];
    private static readonly byte[] s_wrongKey = [.. Enumerable.Range(2, 32).Select(static i => (byte)i)];
    private static readonly TimeSpan s_handshake = TimeSpan.FromMilliseconds(1500);

    private readonly TlsOptions _clientTls;
    private readonly TcpLinkListener _door;

    private protected TcpListenerSpec(TlsOptions server, TlsOptions client)
    {
        _clientTls = client;

        // Deriving a key takes a while the first time; a handshake does not.
        var security = new LinkSecurity(server, s_key);
        _door = new TcpLinkListener("127.0.0.2", 0, s_key, security, new ConnectionOptions
        {
            HandshakeTimeout = s_handshake,
            MaxUnauthenticated = MaxUnauthenticated,
        }, (link, _) => Links.Enqueue(link));
        _door.Refused += Refused.Enqueue;
    }

    public override void Dispose()
    {
        _door.Dispose();
        base.Dispose();
    }

    [Fact]
    public void Connect_WrongKey_BothSidesRefuseAndTheDoorStaysOpen()
    {
        // M-26
        long begun = Stopwatch.GetTimestamp();
        Should.Throw<AuthenticationException>(() => Connect(s_wrongKey));
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Promptly.Within(10));
        AwaitRefusals(1).ShouldAllBe(static reason => reason is AuthenticationException);
        AssertServes();
    }

    [Fact]
    public void Connect_NobodyListens_IsConnectionLost()
    {
        _door.Dispose();
        Should.Throw<ConnectionLostException>(() => Connect(s_key)).Message.ShouldContain("127.0.0.2");
    }

    [Fact]
    public void Admit_Garbage_IsRefusedAndTheDoorStaysOpen()
    {
        foreach (int size in (int[])[1, 64, 65, 5000])
        {
            // Counted first: the refusal may be there before the unauthenticated peer has looked.
            int before = Refused.Count;
            var stranger = Stranger();
            stranger.Send(LinkSpec.Some(size, seed: size));
            stranger.Shutdown(SocketShutdown.Send);
            AwaitRefusals(before + 1);
        }

        AssertServes();
    }

    [Fact]
    public void Admit_SilentStranger_IsCutOffInTime()
    {
        var stranger = Stranger();
        long begun = Stopwatch.GetTimestamp();
        AwaitRefusals(1);
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(s_handshake * 0.5, Promptly.Within(10));
        stranger.Connected.ShouldBeTrue("it was the door that closed");
        AssertServes();
    }

    [Fact]
    public void Admit_StrangerThatDrips_IsCutOffInTime()
    {
        var stranger = Stranger();
        long begun = Stopwatch.GetTimestamp();
        int sent = 0;
        Await.Until("the door to cut off who sends a byte now and then", () =>
        {
            try
            {
                // A beginning that is right in both protocols: a nonce, or the header of a long TLS record.
                if (Stopwatch.GetElapsedTime(begun) > sent * s_handshake / 20)
                {
                    byte[] header = [22, 3, 1, 64, 0, 1];
                    sent += stranger.Send([sent < header.Length ? header[sent] : (byte)1]);
                }

                return !Refused.IsEmpty;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(s_handshake * 0.5, Promptly.Within(10));
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void Admit_StrangerThatSpeaksAnotherProtocol_IsRefused()
    {
        var stranger = Stranger();
        stranger.Send("GET / HTTP/1.1\r\nHost: here\r\n\r\n"u8);
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void Admit_FuzzedHandshakes_TheDoorStaysOpen()
    {
        int before = System.Diagnostics.Process.GetCurrentProcess().Threads.Count;
        int rounds = HandshakeFuzz.Run(new IPEndPoint(IPAddress.Parse("127.0.0.2"), _door.Port), new LinkSecurity(_clientTls, s_key));
        AwaitRefusals(rounds);
        AssertServes();
        Await.Until("the threads of the handshakes to end", () => System.Diagnostics.Process.GetCurrentProcess().Threads.Count < before + 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} handshakes, seed {HandshakeFuzz.Seed}");
    }

    [Fact]
    public void Dispose_Door_LinksLiveOn()
    {
        using var ours = Connect(s_key);
        Await.Until("the link on the door's side", () => !Links.IsEmpty);
        _door.Dispose();
        Links.TryDequeue(out var theirs).ShouldBeTrue();
        AssertLinked(ours, theirs!);
    }

    [Fact]
    public void Open_PortInUse_SaysWhatToDo() =>
        Should.Throw<IOException>(() =>
            new TcpLinkListener("127.0.0.2", _door.Port, s_key, new LinkSecurity(TlsOptions.Off, s_key), new ConnectionOptions(), (_, _) => { }))
            .Message.ShouldContain("another port");

    private protected ILink Connect(byte[] key, TlsOptions? tls = null)
    {
        var security = new LinkSecurity(tls ?? _clientTls, key);
        return TcpConnector.Connect(new RemoteEndpoint(security.Mode, "127.0.0.2", _door.Port), Guid.NewGuid(), key, security, new ConnectionOptions());
    }

    private protected static byte[] Key => s_key;

    private protected override ILink ConnectRightly() => Connect(s_key);

    private protected override void AssertServes() => Await.Until("the door to let somebody in again", () =>
    {
        try
        {
            base.AssertServes();
            return true;
        }
        catch (AuthenticationException)
        {
            return false; // The places of the unauthenticated peers are still taken.
        }
    });

    private protected override Socket ConnectSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.2"), _door.Port));
        return socket;
    }
}

public sealed class PlainDoorTests() : TcpListenerSpec(TlsOptions.Off, TlsOptions.Off)
{
    [Fact]
    public void Connect_ByTlsToPlain_IsRefused()
    {
        Should.Throw<AuthenticationException>(() => Connect(Key, TlsOptions.FromAuthKey)).Message.ShouldContain("TlsOptions");
        AssertServes();
    }
}

public sealed class KeyTlsDoorTests() : TcpListenerSpec(TlsOptions.FromAuthKey, TlsOptions.FromAuthKey)
{
    [Fact]
    public void Connect_PlainToTls_IsRefused()
    {
        Should.Throw<AuthenticationException>(() => Connect(Key, TlsOptions.Off));
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void Connect_WithACertificateOfOnesOwn_IsRefused()
    {
        var files = CertificateFiles.Shared;
        Should.Throw<AuthenticationException>(() => Connect(Key, TlsOptions.FromFiles(files.Certificate, files.PrivateKey, files.Authority)));
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void KeyCertificate_OfOneKey_IsTheSameEverywhere()
    {
        KeyCertificate.IsSame(KeyCertificate.For(Key), KeyCertificate.For([.. Key])).ShouldBeTrue();
        KeyCertificate.IsSame(KeyCertificate.For(Key), KeyCertificate.For([1])).ShouldBeFalse();

        // Written down once: another version of the library must find the same pair.
        Convert.ToHexString(KeyCertificate.For("a key"u8).GetPublicKey()).ShouldBe(PublicKeyOfAKey);
    }

    private const string PublicKeyOfAKey =
        "04CDA7C96AE627B23A8A3F89080527570BA57DB4B8098CD7A8601DF53D545FEF75ABCCF7CB232322172FD986241E406128B0033ACF891A98ECB072F9D50C077513";
}

public sealed class CertificateDoorTests() : TcpListenerSpec(CertificateFiles.Shared.Options, CertificateFiles.Shared.Options)
{
    [Fact]
    public void Connect_WithoutACertificate_IsRefused()
    {
        Should.Throw<AuthenticationException>(() =>
        {
            using var link = Connect(Key, TlsOptions.Trusting(CertificateFiles.Shared.Authority));
        });
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void Connect_CertificateOfAnotherAuthority_IsRefused()
    {
        var others = CertificateFiles.Make();
        Should.Throw<AuthenticationException>(() => Connect(Key, others.Options));
        Should.Throw<AuthenticationException>(() =>
        {
            using var link = Connect(Key, TlsOptions.FromFiles(others.Certificate, others.PrivateKey, CertificateFiles.Shared.Authority));
        });
        AssertServes();
    }

    [Fact]
    public void Options_FilesThatAreNone_SaySo()
    {
        var files = CertificateFiles.Shared;
        Should.Throw<IOException>(() => new LinkSecurity(TlsOptions.FromFiles("/nowhere/at.all", files.PrivateKey), Key));
        Should.Throw<ArgumentException>(() =>
            new LinkSecurity(TlsOptions.FromFiles(files.Certificate, files.Certificate), Key)).Message.ShouldContain("private key");
        Should.Throw<ArgumentException>(() => new LinkSecurity(TlsOptions.Trusting(files.PrivateKey), Key)).Message.ShouldContain("no certificates");
    }
}
