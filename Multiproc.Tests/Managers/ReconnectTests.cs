using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>A connection that breaks: what goes on, what is told, what is kept and for how long.</summary>
public sealed class ReconnectTests(ReconnectTests.Machine other) : IClassFixture<ReconnectTests.Machine>
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_shortLease = TimeSpan.FromSeconds(0.5);

    /// <summary>Less than a reconnect may take, more than a loaded machine needs.</summary>
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(8);

    [Fact]
    public void Proxy_AfterABreak_ConnectsAgainAndGoesOn()
    {
        using var client = new CutOffClient(other);
        var (proxy, manager) = (client.Proxy, client.Manager);
        var list = manager.List<int>([1]);
        client.Break();
        list.Add(2);
        list.ShouldBe([1, 2]);
        manager.Create<IFarMaths>().Add(1, 2).ShouldBe(3);
        proxy.Accepted.ShouldBe(2);
    }

    [Fact]
    public async Task Proxy_AwaitedAfterABreak_ConnectsAgain()
    {
        using var client = new CutOffClient(other);
        var manager = client.Manager;
        var gate = manager.Lock();
        client.Break();
        (await gate.AcquireAsync(cancellation: TestContext.Current.CancellationToken)).ShouldBeTrue();
        gate.Release();
    }

    [Fact]
    public void Proxy_WhileTheNetworkIsDown_WaitsForIt()
    {
        using var client = new CutOffClient(other);
        var (proxy, manager) = (client.Proxy, client.Manager);
        var list = manager.List<int>([1]);
        proxy.IsClosed = true;
        client.Break();
        var adding = OwnThread.Run(() => list.Add(2));
        Await.Until("a second attempt to connect again", () => proxy.Refused >= 2);
        adding.IsCompleted.ShouldBeFalse("the network is down");
        proxy.IsClosed = false;
        adding.Wait(ManagerFixture.Bound).ShouldBeTrue("the network is back");
        list.ShouldBe([1, 2]);
    }

    [Fact]
    public void Call_CutInTheMiddle_SaysThatItsOutcomeIsUnknown()
    {
        using var client = new CutOffClient(other);
        var (proxy, manager) = (client.Proxy, client.Manager);
        var list = manager.List<int>();
        proxy.HoldAnswers();
        long before = proxy.FromClient;
        var adding = OwnThread.Run(() => list.Add(1));
        Await.Until("the call to be on its way", () => proxy.FromClient > before);
        proxy.Cut();
        Should.Throw<OutcomeUnknownException>(() => adding.GetAwaiter().GetResult()).Message.ShouldContain("not repeated");

        // It was carried out, or never arrived; it was not carried out twice.
        list.Count.ShouldBeInRange(0, 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_CutInTheMiddle_OfAFacadeThatRetries_IsCarriedOutAtLeastOnce(bool isAsync)
    {
        using var client = new CutOffClient(other);
        var (proxy, manager) = (client.Proxy, client.Manager);
        var list = manager.List<int>();
        var retrying = list.With(UnknownOutcome.Retry);
        retrying.ShouldBe(list, "it is the same object");
        proxy.HoldAnswers();
        long before = proxy.FromClient;
        var adding = isAsync ? retrying.AppendAsync(1).AsTask() : OwnThread.Run(() => retrying.Add(1));
        Await.Until("the call to be on its way", () => proxy.FromClient > before);
        proxy.Cut();
        await adding.WaitAsync(ManagerFixture.Bound, TestContext.Current.CancellationToken);
        list.Count.ShouldBeInRange(1, 2, "an answer that was lost does not say whether it was the first time");
        retrying.Dispose();
        list.Count.ShouldBeInRange(1, 2, "it is the facade that was disposed of");
    }

    [Fact]
    public void Facade_WithAnOutcomeThatIsNone_IsRefused()
    {
        using var queue = Mp.Queue<int>();
        Should.Throw<ArgumentOutOfRangeException>(() => queue.With((UnknownOutcome)7));
        using var same = queue.With(UnknownOutcome.Retry);
        same.Put(1);
        queue.Get(ManagerFixture.Bound).ShouldBe(1);
    }

    [Fact]
    public void Call_MarkedIdempotent_IsRepeated()
    {
        using var client = new CutOffClient(other);
        var (proxy, manager) = (client.Proxy, client.Manager);
        var maths = manager.CreateAs<IFarMaths>("Repeatable");
        var calling = Task.Factory.StartNew(() => maths.CallAgain(1500), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Await.Until("the call to run", () => maths.Calls() == 1);
        proxy.Cut();
        calling.Wait(ManagerFixture.Bound).ShouldBeTrue();
        calling.Result.ShouldBe(2);
    }

    [Fact]
    public async Task Stream_AskedForMoreAtTheBreak_EndsAtOnce()
    {
        using var client = new CutOffClient(other);
        var proxy = client.Proxy;
        var maths = client.Manager.Create<IFarMaths>();
        await using var items = maths.Count(int.MaxValue).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        (await items.MoveNextAsync()).ShouldBeTrue();
        proxy.HoldAnswers();
        long before = proxy.FromClient;
        var reading = Drain(items);
        Await.Until("the reader to ask for more", () => proxy.FromClient > before);
        proxy.Cut();
        (await Should.ThrowAsync<OutcomeUnknownException>(() => reading.WaitAsync(s_atOnce))).Message.ShouldContain("not repeated");
        maths.Add(1, 2).ShouldBe(3);
    }

    [Fact]
    public async Task Stream_ThatIsNotAskedAtTheBreak_GoesOn()
    {
        using var client = new CutOffClient(other);
        var maths = client.Manager.Create<IFarMaths>();
        var seen = new List<int>();
        await foreach (int item in maths.Count(300))
        {
            if (item == 10)
            {
                client.Break();
            }

            seen.Add(item);
        }

        seen.ShouldBe(Enumerable.Range(0, 300));
    }

    [Fact]
    public void Callback_RunningAtTheBreak_FailsOnBothSidesAtOnce()
    {
        using var client = new CutOffClient(other);
        var maths = client.Manager.CreateAs<IFarMaths>("Repeatable");
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var asking = OwnThread.Run(() => maths.AskTwice(x =>
        {
            if (x == 2)
            {
                entered.Set();
                go.Wait();
            }

            return x;
        }));
        entered.Wait(ManagerFixture.Bound).ShouldBeTrue("the second callback runs");
        client.Break();
        Should.Throw<OutcomeUnknownException>(() => asking.WaitAsync(s_atOnce).GetAwaiter().GetResult());
        Await.Until("the server's call of the callback to fail", () => maths.Failure() is not null, s_atOnce);
        maths.Failure()!.ShouldContain(nameof(ConnectionLostException));
        go.Set();
    }

    [Fact]
    public void Callback_CalledAfterAReconnect_IsGone()
    {
        using var client = new CutOffClient(other);
        var maths = client.Manager.CreateAs<IFarMaths>("Repeatable");
        int calls = 0;
        var asking = OwnThread.Run(() => maths.AskWhenTold(x => calls += x));
        Await.Until("the call to be there", () => maths.Calls() == 1);
        client.Break();
        Should.Throw<OutcomeUnknownException>(() => asking.WaitAsync(s_atOnce).GetAwaiter().GetResult());
        maths.Tell();
        Await.Until("the server's call of the callback to fail", () => maths.Failure() is not null, s_atOnce);
        maths.Failure()!.ShouldContain("ended");
        calls.ShouldBe(0);
    }

    private static async Task Drain(IAsyncEnumerator<int> items)
    {
        while (await items.MoveNextAsync())
        {
        }
    }

    [Fact]
    public void Session_ThatComesBackInTime_HasItsLockStill()
    {
        using var client = new CutOffClient(other);
        var gate = client.Manager.Lock();
        gate.Acquire();
        client.Break();
        gate.Locked.ShouldBeTrue();
        gate.TryAcquire().ShouldBeFalse();
        gate.Abandoned.ShouldBeFalse();
        gate.Release();
        gate.Locked.ShouldBeFalse();
    }

    [Fact]
    public void Session_ThatDoesNotComeBack_GivesUpItsLocksAndReferences()
    {
        // The client is a process of its own, which can be cut off without this one.
        using var machine = new ForgetfulMachine();
        using var proxy = new CuttingProxy(OtherMachine.Host, machine.Address.Port);
        using var manager = machine.Connect();
        var gates = manager.Dictionary<string, SharedLock>();
        var gate = gates["gate"] = manager.Lock();
        using var told = Mp.Queue<bool>();
        using var client = Mp.Process(HoldForEver, new Client(new ManagerAddress("127.0.0.1", proxy.Port), machine.Key, machine.Tls), gates, told);

        // With a key of its own it is handed no other: it knows no way to that machine but the one that is cut.
        client.AuthKey = new byte[] { 1, 2, 3 };
        client.Start();
        told.Get(ManagerFixture.Bound).ShouldBeTrue();
        int before = manager.NumberOfObjects;
        proxy.IsClosed = true;
        long cut = Stopwatch.GetTimestamp();
        proxy.Cut();
        gate.Acquire(ManagerFixture.Bound).ShouldBeTrue("the lease ends");
        Stopwatch.GetElapsedTime(cut).ShouldBeGreaterThan(s_shortLease * 0.9, "the session had its lease until then");
        gate.Abandoned.ShouldBeTrue();
        gate.Release();
        Await.Until("the list of the lost session to end", () => manager.NumberOfObjects < before, ManagerFixture.Bound);
        client.KillAndJoin();
    }

    [Fact]
    public void Waiter_CutOff_IsForgotten()
    {
        using var client = new CutOffClient(other);
        var queue = client.Manager.Queue<int>();
        long before = client.Proxy.FromClient;
        var waiting = OwnThread.Run(() => queue.Get());
        Await.Until("the wait to be on its way", () => client.Proxy.FromClient > before);
        client.Break();
        Should.Throw<OutcomeUnknownException>(() => waiting.WaitAsync(ManagerFixture.Bound).GetAwaiter().GetResult());
        queue.Put(1);
        queue.Get(ManagerFixture.Bound).ShouldBe(1, "nobody else was waiting for it");
    }

    [Fact]
    public void Manager_ThatIsShutDown_IsNotWaitedFor()
    {
        using var machine = new Machine();
        var manager = machine.Connect();
        var list = manager.List<int>();
        manager.Shutdown();
        long begun = Stopwatch.GetTimestamp();
        Await.Until("word of the end", () =>
        {
            try
            {
                return list.Count < 0;
            }
            catch (ConnectionLostException)
            {
                return true;
            }
        });
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(9));
    }

    public sealed class Machine() : OtherMachine(TlsOptions.FromAuthKey, s_lease)
    {
        internal CuttingProxy Proxy() => new(Host, Address.Port);
    }

    /// <summary>One that keeps nothing for long.</summary>
    private sealed class ForgetfulMachine() : OtherMachine(TlsOptions.FromAuthKey, s_shortLease, referenceLease: s_shortLease);

    private static void HoldForEver(Client client, DictionaryProxy<string, SharedLock> gates, SharedQueue<bool> told)
    {
        using var manager = new FarManager(client.Address, client.Key) { Tls = client.Tls };
        manager.Connect();
        var list = manager.List<int>();
        gates["gate"].Acquire();
        told.Put(list.Count == 0);
        new ManualResetEventSlim().Wait();
    }

    public sealed record Client(ManagerAddress Address, byte[] Key, TlsOptions Tls);

    /// <summary>A manager whose connection goes through a proxy that cuts. This process has no other way to that machine.</summary>
    private sealed class CutOffClient : IDisposable
    {
        private readonly Machine _machine;

        public CutOffClient(Machine machine)
        {
            _machine = machine;
            Proxy = machine.Proxy();
            Manager = new FarManager(new ManagerAddress("127.0.0.1", Proxy.Port), machine.Key) { Tls = machine.Tls };
            Manager.Connect();
        }

        public CuttingProxy Proxy { get; }

        public FarManager Manager { get; }

        /// <summary>Until the break is known here no call is under way, so none is of unknown outcome.</summary>
        public void Break()
        {
            var peer = Peer;
            Proxy.Cut();
            Await.Until("the break to be noticed", () => peer.IsLost);
        }

        /// <summary>The next test comes to the same machine by another proxy: this connection must be gone.</summary>
        public void Dispose()
        {
            Manager.Dispose();
            Proxy.IsClosed = false;
            var peer = Peer;
            Proxy.Dispose();
            Await.Until("the end of this test's connection", () => peer.IsLost);
        }

        private Multiproc.Peers.Peer Peer =>
            Multiproc.Nodes.Node.Current.Reach(new ManagerAddress("127.0.0.1", Proxy.Port).Endpoint(_machine.Tls), _machine.Key, _machine.Tls);
    }
}
