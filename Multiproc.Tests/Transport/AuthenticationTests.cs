using System.Net.Sockets;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

public sealed class AuthenticationTests : IDisposable
{
    private static readonly byte[] s_key = [1, 2, 3];

    private readonly Socket _listener;
    private readonly Socket _connector;

    public AuthenticationTests()
    {
        (_listener, _connector) = LinkPairs.Sockets();
        _listener.ReceiveTimeout = _connector.ReceiveTimeout = 10_000;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _connector.Dispose();
    }

    [Fact]
    public void BothSides_SameKey_AreContent() => Together.Run(
        () => LinkAuthentication.AsListener(new NetworkStream(_listener), s_key),
        () => LinkAuthentication.AsConnector(new NetworkStream(_connector), s_key));

    [Fact]
    public void BothSides_DifferentKeys_BothRefuse()
    {
        var listener = Together.Start(() => AsListener(s_key));
        var connector = Together.Start(() => AsConnector([1, 2, 4]));
        listener.Failure().ShouldBeOfType<AuthenticationException>();
        connector.Failure().ShouldBeOfType<AuthenticationException>();
    }

    [Fact]
    public void BothSides_SameRole_BothRefuse()
    {
        var listener = Together.Start(() => AsListener(s_key));
        var other = Together.Start(() =>
        {
            using (_connector)
            {
                LinkAuthentication.AsListener(new NetworkStream(_connector), s_key);
            }
        });
        listener.Failure().ShouldBeOfType<AuthenticationException>();
        other.Failure().ShouldBeOfType<AuthenticationException>();
    }

    [Fact]
    public void Connector_ServerEchoesAll_Refuses()
    {
        var connector = Together.Start(() => AsConnector(s_key));
        Echo(_listener);
        connector.Failure().ShouldBeOfType<AuthenticationException>().Message.ShouldContain("does not know");
    }

    [Fact]
    public void Listener_ClientEchoesAll_Refuses()
    {
        var listener = Together.Start(() => AsListener(s_key));
        Echo(_connector);
        listener.Failure().ShouldBeOfType<AuthenticationException>().Message.ShouldContain("does not know");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(63)]
    public void Connector_ServerEndsBeforeItsProof_IsALossAndNoVerdictOnTheKey(int size)
    {
        var connector = Together.Start(() => AsConnector(s_key));
        _listener.Send(LinkSpec.Some(size, seed: size));
        _listener.Shutdown(SocketShutdown.Send);
        connector.Failure().ShouldBeOfType<ConnectionLostException>();
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1000)]
    public void Connector_ServerSendsGarbageForAProof_Refuses(int size)
    {
        var connector = Together.Start(() => AsConnector(s_key));
        _listener.Send(LinkSpec.Some(size, seed: size));
        _listener.Shutdown(SocketShutdown.Send);
        connector.Failure().ShouldBeOfType<AuthenticationException>();
    }

    [Fact]
    public void Connector_ServerEndsBeforeItsVerdict_IsALoss()
    {
        // The other side's first steps are ours too: only its last byte is missing.
        var listener = Together.Start(() => LinkAuthentication.AsListener(new MissingLastByte(_listener), s_key));
        var connector = Together.Start(() => AsConnector(s_key));
        connector.Failure().ShouldBeOfType<ConnectionLostException>();

        // It may have read the verdict of the connector before it closed, and is content then.
        (listener.Failure() is null or ConnectionLostException).ShouldBeTrue();
    }

    [Fact]
    public void Connector_ServerClosesAtOnce_IsALoss()
    {
        _listener.Dispose();
        Should.Throw<ConnectionLostException>(() => AsConnector(s_key));
    }

    [Fact]
    public void Connector_ServerIsSilent_GivesUpInTimeWithATextOfItsOwn()
    {
        _connector.ReceiveTimeout = 50;
        Should.Throw<MultiprocTimeoutException>(() => AsConnector(s_key)).Message.ShouldContain("too slow");
    }

    [Fact]
    public void Connector_ServerSaysThatItIsBusyAndCloses_IsToldSo()
    {
        _listener.Send(LinkAuthentication.Busy);
        _listener.Dispose();
        Should.Throw<AuthenticationException>(() => AsConnector(s_key)).Message.ShouldContain("too many handshakes");
    }

    /// <summary>Closes in place of the last byte.</summary>
    private sealed class MissingLastByte(Socket socket) : NetworkStream(socket)
    {
        public override void WriteByte(byte value) => Socket.Shutdown(SocketShutdown.Both);
    }

    private static void Echo(Socket socket)
    {
        byte[] buffer = new byte[1024];
        int size;
        do
        {
            try
            {
                size = socket.Receive(buffer);
                socket.Send(buffer.AsSpan(0, size));
            }
            catch (SocketException)
            {
                return; // It was cut off, which is what the test looks at on the other side.
            }
        }
        while (size > 0);
    }

    private void AsListener(byte[] key)
    {
        using (_listener)
        {
            LinkAuthentication.AsListener(new NetworkStream(_listener), key);
        }
    }

    private void AsConnector(byte[] key)
    {
        using (_connector)
        {
            LinkAuthentication.AsConnector(new NetworkStream(_connector), key);
        }
    }
}
