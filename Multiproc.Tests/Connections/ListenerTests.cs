using System.Net;
using System.Text;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Area A of the inventory: listeners and clients.</summary>
public sealed class ListenerTests
{
    public static TheoryData<string?> Addresses => [(string?)null, "localhost:0", "127.0.0.1:0", "[::1]:0", $"\0multiproc-test-{Guid.NewGuid():N}"];

    [Theory] // A-01, A-03, A-05
    [MemberData(nameof(Addresses))]
    public void Accept_AnyFamily_ConnectsAndTalks(string? address)
    {
        using var listener = new Listener(address);
        using var client = Client.Connect(listener.Address);
        using var accepted = listener.Accept(InChild.Bound);
        client.Send("hello");
        accepted.Recv<string>(InChild.Bound).ShouldBe("hello");
        accepted.Send(5);
        client.Poll(InChild.Bound).ShouldBeTrue(); // A-07
        client.Recv<int>().ShouldBe(5);
        listener.LastAccepted.ShouldNotBeNull();
    }

    [Fact] // A-01, A-09: the other forms of an address
    public void Connect_EndPointAndTuple_AreTcp()
    {
        using var listener = new Listener(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = IPEndPoint.Parse(listener.Address);
        endpoint.Port.ShouldBeGreaterThan(0);
        using var first = Client.Connect(endpoint);
        using var second = Client.Connect(("localhost", endpoint.Port));
        using var third = listener.Accept(InChild.Bound);
        using var other = new Listener(("localhost", 0));
        other.Address.ShouldStartWith("127.0.0.1:");
    }

    [Fact] // A-02
    public void Listener_AddressTaken_IsAnIOException()
    {
        using var unix = new Listener();
        using var tcp = new Listener("localhost:0");
        Should.Throw<IOException>(() => new Listener(unix.Address));
        Should.Throw<IOException>(() => new Listener(tcp.Address));
    }

    [Fact] // A-04, A-10
    public void Close_UnixSocket_RemovesItsFileAndEndsAccept()
    {
        string path = Path.Combine(Path.GetTempPath(), $"mp-{Guid.NewGuid():N}");
        var listener = new Listener(path);
        using (listener)
        {
            listener.Address.ShouldBe(path);
            File.Exists(path).ShouldBeTrue();
        }

        File.Exists(path).ShouldBeFalse();
        listener.Closed.ShouldBeTrue();
        listener.Close();
        Should.Throw<IOException>(() => listener.Accept()).Message.ShouldContain("listener is closed");
        Should.Throw<IOException>(() => Client.Connect(path));
    }

    [Fact] // A-10: also when nobody closes it
    public void Exit_UnixSocketLeftOpen_FileIsRemoved()
    {
        using var addresses = Mp.Queue<string>();
        InChild.Run(() => addresses.Put(new Listener().Address));
        File.Exists(addresses.Get(InChild.Bound)).ShouldBeFalse();
    }

    [Fact] // A-06
    public void Accept_ClientCameSentAndLeft_MessageIsReceived()
    {
        using var listener = new Listener();
        using (var client = Client.Connect(listener.Address))
        {
            client.Send("gone already");
        }

        using var accepted = listener.Accept(InChild.Bound);
        accepted.Recv<string>(InChild.Bound).ShouldBe("gone already");
        Should.Throw<EndOfStreamException>(() => accepted.Recv<string>(InChild.Bound));
    }

    [Theory] // A-08, A-09
    [InlineData(@"\\.\pipe\x")]
    [InlineData("")]
    public void Address_OfNoFamilyOfThisSystem_IsRefused(string address)
    {
        Should.Throw<ArgumentException>(() => new Listener(address));
        Should.Throw<ArgumentException>(() => Client.Connect(address));
    }

    [Fact]
    public void Address_TooLongForAUnixSocket_IsRefused() =>
        Should.Throw<ArgumentException>(() => new Listener("/tmp/" + new string('x', 200))).Message.ShouldContain("too long");

    [Fact] // A-11
    public void LastAccepted_Tcp_IsTheClient()
    {
        using var listener = new Listener("localhost:0");
        listener.LastAccepted.ShouldBeNull();
        using var client = Client.Connect(listener.Address);
        using var accepted = listener.Accept(InChild.Bound);
        IPEndPoint.Parse(listener.LastAccepted!).Address.ShouldBe(IPAddress.Loopback);
    }

    [Theory] // A-13
    [InlineData(null)]
    [InlineData("localhost:0")]
    public async Task Accept_SameKey_BothAreSure(string? address)
    {
        byte[] key = Encoding.UTF8.GetBytes("secret");
        using var listener = new Listener(address, authKey: key);
        var connecting = Task.Run(() => Client.Connect(listener.Address, key));
        using var accepted = listener.Accept(InChild.Bound);
        using var client = await connecting.WaitAsync(InChild.Bound);
        client.Send("in");
        accepted.Recv<string>(InChild.Bound).ShouldBe("in");
        var connectingLater = Client.ConnectAsync(listener.Address, key);
        using var acceptedLater = await listener.AcceptAsync(InChild.Bound);
        using var clientLater = await connectingLater;
        await acceptedLater.SendAsync("later");
        (await clientLater.RecvAsync<string>(InChild.Bound)).ShouldBe("later");
    }

    [Fact] // A-13, A-18
    public async Task Accept_WrongKey_BothAreToldAndTheListenerLivesOn()
    {
        byte[] key = [1, 2];
        using var listener = new Listener(authKey: key);
        var wrong = Task.Run(() => Client.Connect(listener.Address, [1, 3]));
        Should.Throw<AuthenticationException>(() => listener.Accept(InChild.Bound));
        await Should.ThrowAsync<AuthenticationException>(() => wrong.WaitAsync(InChild.Bound));
        var wrongAsync = Client.ConnectAsync(listener.Address, [1, 3]).AsTask();
        await Should.ThrowAsync<AuthenticationException>(() => listener.AcceptAsync(InChild.Bound).AsTask());
        await Should.ThrowAsync<AuthenticationException>(() => wrongAsync.WaitAsync(InChild.Bound));
        var right = Task.Run(() => Client.Connect(listener.Address, key));
        using var accepted = listener.Accept(InChild.Bound);
        using var client = await right.WaitAsync(InChild.Bound);
        client.Send(1);
        accepted.Recv<int>(InChild.Bound).ShouldBe(1);
    }

    [Fact] // A-17
    public async Task Accept_EmptyKey_IsARealKey()
    {
        using var listener = new Listener(authKey: []);
        var wrong = Task.Run(() => Client.Connect(listener.Address, [1]));
        Should.Throw<AuthenticationException>(() => listener.Accept(InChild.Bound));
        await Should.ThrowAsync<AuthenticationException>(() => wrong.WaitAsync(InChild.Bound));
        var right = Task.Run(() => Client.Connect(listener.Address, []));
        using var accepted = listener.Accept(InChild.Bound);
        using var client = await right.WaitAsync(InChild.Bound);
    }

    [Fact] // A-18: who connects and leaves
    public void Accept_StrangerLeavesInTheHandshake_ThrowsAndLivesOn()
    {
        using var listener = new Listener(authKey: [7]);
        Client.Connect(listener.Address).Close();
        Should.Throw<IOException>(() => listener.Accept(InChild.Bound)); // As EOFError or BrokenPipeError there.
        listener.Closed.ShouldBeFalse();
    }

    [Fact]
    public void Accept_StrangerSaysNothing_IsCutOffInTime()
    {
        var before = Mp.Options;
        try
        {
            Mp.Configure(before with { Connections = before.Connections with { HandshakeTimeout = TimeSpan.FromMilliseconds(100) } });
            using var listener = new Listener(authKey: [7]);
            using var silent = Client.Connect(listener.Address);
            Should.Throw<MultiprocTimeoutException>(() => listener.Accept(InChild.Bound)).Message.ShouldContain($"within {0.1} s");
        }
        finally
        {
            Mp.Configure(before);
        }
    }

    [Fact] // C-29: the time for a handshake is no time for messages
    public async Task Recv_LongerThanAHandshakeMayTake_StillWaits()
    {
        var before = Mp.Options;
        try
        {
            Mp.Configure(before with { Connections = before.Connections with { HandshakeTimeout = TimeSpan.FromSeconds(5) } });
            using var listener = new Listener(authKey: [7]);
            var accepting = Task.Run(() => listener.Accept(InChild.Bound));
            using var client = Client.Connect(listener.Address, [7]);
            using var server = await accepting;
            Mp.Configure(before with { Connections = before.Connections with { HandshakeTimeout = TimeSpan.FromMilliseconds(20) } });
            var receiving = Task.Run(() => server.Recv<int>());
            Await.Until("the receiver sleeps", () => server.Sleepers() == 1);

            // A handshake that began after it is over before it.
            using var silent = Client.Connect(listener.Address);
            Should.Throw<MultiprocTimeoutException>(() => listener.Accept(InChild.Bound)).Message.ShouldContain("did not authenticate within");
            receiving.IsCompleted.ShouldBeFalse();
            client.Send(3);
            (await receiving.WaitAsync(InChild.Bound)).ShouldBe(3);
        }
        finally
        {
            Mp.Configure(before);
        }
    }

    [Fact]
    public void Accept_NobodyCame_TimesOut()
    {
        using var listener = new Listener();
        Should.Throw<MultiprocTimeoutException>(() => listener.Accept(TimeSpan.Zero));
        Should.Throw<MultiprocTimeoutException>(() => listener.Accept(TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public async Task Accept_Closed_WakesWhoWaits()
    {
        var listener = new Listener();
        var blocked = Task.Run(() => listener.Accept());
        var blockedAsync = listener.AcceptAsync().AsTask();
        listener.Close();
        await Should.ThrowAsync<IOException>(() => blocked.WaitAsync(InChild.Bound));
        await Should.ThrowAsync<IOException>(() => blockedAsync.WaitAsync(InChild.Bound));
    }

    [Fact]
    public void Connect_BacklogFull_GivesUpInTime()
    {
        using var listener = new Listener(backlog: 1);
        var waiting = new List<Connection>();
        Should.Throw<MultiprocTimeoutException>(() =>
        {
            for (int i = 0; i < 8; i++)
            {
                waiting.Add(Client.Connect(listener.Address, timeout: TimeSpan.FromMilliseconds(50)));
            }
        });
        waiting.ForEach(static each => each.Dispose());
    }

    [Fact]
    public void Connect_NobodyListens_SaysWhere() =>
        Should.Throw<IOException>(() => Client.Connect("127.0.0.1:1")).Message.ShouldContain("127.0.0.1:1");

    [Fact]
    public void Connect_UnknownHost_IsAnIOException() => Should.Throw<IOException>(() => Client.Connect("no-such-host.invalid:1"));

    [Fact] // C-26
    public void Accept_ConnectionSentToAWorker_WorkerAnswersTheClient()
    {
        using var listener = new Listener("localhost:0");
        using var work = Mp.Queue<Connection>();
        using var worker = Mp.Process(ServeOne, work);
        worker.Start();
        using var client = Client.Connect(listener.Address);
        using (var accepted = listener.Accept(InChild.Bound))
        {
            work.Put(accepted);
        }

        client.Send(20);
        client.Recv<int>(InChild.Bound).ShouldBe(21);
        worker.Join(InChild.Bound).ShouldBeTrue("the worker ends");
        Should.Throw<EndOfStreamException>(() => client.Recv<int>(InChild.Bound));
    }

    [Fact] // A-01 across processes
    public void Connect_FromAChild_WithTheProgramsKey()
    {
        using var listener = new Listener(authKey: Mp.CurrentProcess.AuthKey.ToArray());
        string address = listener.Address;
        using var child = Mp.Process(
            static address =>
            {
                using var connection = Client.Connect(address, Mp.CurrentProcess.AuthKey.ToArray());
                connection.Send(Environment.ProcessId);
            },
            address);
        child.Start();
        using var accepted = listener.Accept(InChild.Bound);
        accepted.Recv<int>(InChild.Bound).ShouldBe(child.Pid!.Value);
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
        Await.Until("the child is reaped", () => !child.IsAlive);
    }

    private static void ServeOne(SharedQueue<Connection> work)
    {
        using var connection = work.Get();
        connection.Send(connection.Recv<int>() + 1);
    }
}
