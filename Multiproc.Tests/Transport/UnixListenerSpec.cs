using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Multiproc.SharedMemory;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Transport;

/// <summary>The listener and whoever comes: over rings and over plain sockets.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class UnixListenerSpec : AdmissionSpec
{
    private static readonly byte[] s_key = [1, 2, 3];
    private static readonly TimeSpan s_handshake = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(30);

    private readonly bool _plain;
    private readonly UnixListener _listener;

    private protected UnixListenerSpec(bool plain)
    {
        _plain = plain;
        _listener = new UnixListener(Links.Enqueue, static () => s_key, new ConnectionOptions
        {
            HandshakeTimeout = s_handshake,
            MaxUnauthenticated = MaxUnauthenticated,
            PlainSocket = plain,
        });
        _listener.Refused += Refused.Enqueue;
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    [Fact]
    public void Connect_MoreInTurnThanMayProveThemselvesAtOnce_AllAreAdmitted()
    {
        // Who has proved itself is no unauthenticated peer any more: its place is free again.
        for (int i = 0; i < 3 * MaxUnauthenticated; i++)
        {
            AssertServes();
        }

        Refused.ShouldBeEmpty();
    }

    [Fact]
    public void Connect_RightKey_KnowsTheOtherProcessByTheKernelsWord()
    {
        using var link = Connect(s_key);
        link.Peer.ShouldBe($"process {Environment.ProcessId}");
    }

    [Fact]
    public void Connect_WrongKey_BothSidesRefuseAndListenerLivesOn()
    {
        Should.Throw<AuthenticationException>(() => Connect([9]));
        AwaitRefusals(1).ShouldAllBe(static reason => reason is AuthenticationException);
        AssertServes();
    }

    [Fact]
    public void Connect_NobodyListens_IsConnectionLost()
    {
        _listener.Dispose();
        Should.Throw<ConnectionLostException>(() => Connect(s_key)).Message.ShouldContain(_listener.Address);
    }

    [Fact]
    public void Admit_Garbage_IsRefusedAndListenerLivesOn()
    {
        foreach (int size in (int[])[1, 64, 65, 5000])
        {
            var stranger = Stranger();
            stranger.Send(LinkSpec.Some(size, seed: size));
            stranger.Shutdown(SocketShutdown.Send);
        }

        AwaitRefusals(4).ShouldAllBe(static reason => reason is AuthenticationException || reason is ConnectionLostException);
        AssertServes();
    }

    [Fact]
    public void Admit_SilentStranger_IsCutOffInTime()
    {
        var stranger = Stranger();
        long begun = Stopwatch.GetTimestamp();
        AwaitCut(stranger);
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(s_handshake * 0.5, Promptly.Within(5));
        AwaitRefusals(1);
        AssertServes();
    }

    [Fact]
    public void Admit_StrangerThatDrips_IsCutOffInTime()
    {
        var stranger = Stranger();
        long begun = Stopwatch.GetTimestamp();
        int sent = 0;
        Await.Until("the listener to cut off who sends a byte now and then", () =>
        {
            try
            {
                // Always in time for the next byte, never done with the first message.
                if (Stopwatch.GetElapsedTime(begun) > sent * s_handshake / 10)
                {
                    sent += stranger.Send([1]);
                }

                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(s_handshake * 0.5, Promptly.Within(5));
        AwaitRefusals(1).ShouldHaveSingleItem().ShouldBeOfType<MultiprocTimeoutException>();
        AssertServes();
    }

    [Fact]
    public void Connect_WhileTooManyProveThemselves_IsTypedError()
    {
        for (int i = 0; i < MaxUnauthenticated; i++)
        {
            Stranger();
        }

        Should.Throw<AuthenticationException>(() => Connect(s_key)).Message.ShouldContain("too many handshakes");
        AwaitRefusals(MaxUnauthenticated + 1);
        AssertServes();
    }

    [Fact]
    public void Address_WhileListening_IsPrivate()
    {
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(_listener.Address).ShouldBe(Mine);
        File.GetUnixFileMode(Path.GetDirectoryName(_listener.Address)!).ShouldBe(Mine | UnixFileMode.UserExecute);
        Path.GetDirectoryName(_listener.Address).ShouldBe(RuntimeFolder.Path);
    }

    [Fact]
    public void Dispose_Listener_RemovesItsFileAndLinksLiveOn()
    {
        using var ours = Connect(s_key);
        Await.Until("the link on the listener's side", () => !Links.IsEmpty);
        _listener.Dispose();
        File.Exists(_listener.Address).ShouldBeFalse();
        Links.TryDequeue(out var theirs).ShouldBeTrue();
        AssertLinked(ours, theirs!);
    }

    private static void AwaitCut(Socket stranger)
    {
        stranger.ReceiveTimeout = 10_000;
        try
        {
            while (stranger.Receive(new byte[256]) > 0)
            {
            }
        }
        catch (SocketException cut) when (cut.SocketErrorCode != SocketError.TimedOut)
        {
            // A reset is as good an end as an orderly one.
        }
    }

    private protected override ILink ConnectRightly() => Connect(s_key);

    private ILink Connect(byte[] key) => UnixSocketConnector.Connect(_listener.Address, key, s_connect, _plain);

    private protected override Socket ConnectSocket()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_listener.Address));
        return socket;
    }
}

[SupportedOSPlatform("linux")]
public sealed class RingListenerTests() : UnixListenerSpec(plain: false);

[UnsupportedOSPlatform("windows")]
public sealed class PlainListenerTests() : UnixListenerSpec(plain: true);
