using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>The other side of a handshake is stopped: it accepts, or has connected, and then says nothing.</summary>
public sealed class StoppedHandshakeTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] s_key = [1, 2, 3];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Connect_ListenerStopped_EndsInItsTime(bool tcp)
    {
        using var addresses = Mp.Queue<string>();
        using var owner = InChild.Start(() =>
        {
            using var listener = tcp ? new Listener(("127.0.0.1", 0), authKey: s_key) : new Listener(authKey: s_key);
            addresses.Put(listener.Address);
            using var connection = listener.Accept();
            connection.Send(connection.Recv<int>() + 1);
            Thread.CurrentThread.Join();
        });
        string address = addresses.Get(InChild.Bound);
        using (Signals.Stopped(owner.Pid!.Value))
        {
            Bounded.Run("Client.Connect", s_time, () => Connect(address, s_time)).ShouldBeAssignableTo<TimeoutException>();
            Bounded.Run("Client.ConnectAsync", s_time, () => ConnectAsync(address, s_time, default)).ShouldBeAssignableTo<TimeoutException>();
            using var source = new CancellationTokenSource(s_time);
            Bounded.Run("Client.Connect with a token", s_time, () => Connect(address, null, source.Token)).ShouldBeAssignableTo<OperationCanceledException>();
            using var second = new CancellationTokenSource(s_time);
            Bounded.Run("Client.ConnectAsync with a token", s_time, () => ConnectAsync(address, null, second.Token))
                .ShouldBeAssignableTo<OperationCanceledException>();
        }

        owner.KillAndJoin();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accept_ClientStopped_EndsInItsTimeAndTheNextOneIsServed(bool tcp)
    {
        using var listener = tcp ? new Listener(("127.0.0.1", 0), authKey: s_key) : new Listener(authKey: s_key);
        using var connected = Mp.Event();
        string address = listener.Address;
        using var stranger = Stranger(address, connected);
        connected.Wait(InChild.Bound).ShouldBeTrue();
        using (Signals.Stopped(stranger.Pid!.Value))
        {
            Bounded.Run("Listener.Accept", s_time, () => listener.Accept(s_time).Dispose()).ShouldBeAssignableTo<TimeoutException>();
            Bounded.Run("Listener.AcceptAsync", s_time, () => listener.AcceptAsync(s_time).AsTask().GetAwaiter().GetResult().Dispose())
                .ShouldBeAssignableTo<TimeoutException>();
            using var source = new CancellationTokenSource(s_time);
            Bounded.Run("Listener.Accept with a token", s_time, () => listener.Accept(null, source.Token).Dispose())
                .ShouldBeAssignableTo<OperationCanceledException>();
        }

        stranger.KillAndJoin();
        var accepting = OwnThread.Run(() =>
        {
            using var connection = AcceptAllButTheDead(listener);
            connection.Send(connection.Recv<int>() + 1);
        });
        using var client = Client.Connect(address, s_key);
        client.Send(1);
        client.Recv<int>(InChild.Bound).ShouldBe(2);
        accepting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task Accept_AgainAndAgainForAShortTime_GetsAPeerThatIsSlowToAuthenticate()
    {
        using var listener = new Listener(authKey: s_key);
        using var slow = Client.Connect(listener.Address);
        Should.Throw<TimeoutException>(() => listener.Accept(TimeSpan.FromMilliseconds(20))).Message.ShouldContain("1 arrived and did not authenticate yet");
        var authenticating = OwnThread.Run(() => Authentication.AnswerChallenge(slow, s_key));
        var quick = Client.ConnectAsync(listener.Address, s_key);
        using (var second = await listener.AcceptAsync(InChild.Bound, TestContext.Current.CancellationToken))
        {
            second.Send("you came later, and were first");
            (await quick).Recv<string>().ShouldBe("you came later, and were first");
        }

        await authenticating.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken);
        var answer = OwnThread.Run(() => Authentication.DeliverChallenge(slow, s_key));
        using var first = listener.Accept(InChild.Bound);
        await answer.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken);
        first.Send(7);
        slow.Recv<int>().ShouldBe(7);
    }

    [Fact]
    public void Close_WhileAPeerAuthenticates_ClosesItsConnection()
    {
        var listener = new Listener(authKey: s_key);
        using var slow = Client.Connect(listener.Address);
        Should.Throw<TimeoutException>(() => listener.Accept(TimeSpan.FromMilliseconds(20)));
        slow.RecvBytes().ShouldNotBeEmpty("the challenge");
        listener.Close();
        Should.Throw<EndOfStreamException>(() => slow.RecvBytes(timeout: InChild.Bound));
    }

    /// <summary>The authentication of the dead was under way, and its end is told once: to the call before the other's, or to the one after it.</summary>
    private static Connection AcceptAllButTheDead(Listener listener)
    {
        try
        {
            var accepted = listener.Accept(InChild.Bound);
            Should.Throw<EndOfStreamException>(() => listener.Accept(InChild.Bound));
            return accepted;
        }
        catch (EndOfStreamException)
        {
            return listener.Accept(InChild.Bound);
        }
    }

    /// <summary>It has connected, and does not answer the challenge.</summary>
    private static ChildProcess Stranger(string address, SharedEvent connected) => InChild.Start(() =>
    {
        using var silent = Client.Connect(address);
        connected.Set();
        Thread.CurrentThread.Join();
    });

    private static void Connect(string address, TimeSpan? time, CancellationToken cancellation = default) =>
        Client.Connect(address, s_key, time, cancellation).Dispose();

    private static void ConnectAsync(string address, TimeSpan? time, CancellationToken cancellation) =>
        Client.ConnectAsync(address, s_key, time, cancellation).AsTask().GetAwaiter().GetResult().Dispose();
}
