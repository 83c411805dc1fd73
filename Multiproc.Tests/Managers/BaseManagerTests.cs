namespace Multiproc.Tests.Managers;

/// <summary>The life of a manager of one's own. Numbers in comments are those of the conformance list.</summary>
public sealed class BaseManagerTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 40).Select(static i => (byte)i)];

    [Fact]
    public void Manager_IsStartedOnceAndShutDownOften()
    {
        // M-03, M-04, M-05, M-07, M-21
        var manager = new CountingManager();
        Should.Throw<InvalidOperationException>(() => manager.Create("Counter")).Message.ShouldContain("server not yet started");
        Should.Throw<InvalidOperationException>(() => manager.Join());
        manager.Start();
        Should.Throw<MultiprocException>(() => manager.Start()).Message.ShouldContain("already started server");
        Should.Throw<MultiprocException>(() => manager.GetServer()).Message.ShouldContain("already started server");
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
        Mp.ActiveChildren().ShouldContain(child => child.Name.StartsWith("CountingManager-", StringComparison.Ordinal));
        manager.Join(TimeSpan.Zero).ShouldBeFalse();
        manager.Shutdown();
        manager.Join().ShouldBeTrue();
        manager.Shutdown();
        Should.Throw<MultiprocException>(() => manager.Start()).Message.ShouldContain("has shut down");
        Should.Throw<ObjectDisposedException>(() => manager.Create("Counter"));
    }

    [Fact]
    public void Initializer_RunsInTheServerBeforeItServes()
    {
        // M-02
        using var manager = new CountingManager();
        int start = 41;
        manager.Start(() => Counter.Begin = start);
        ((int)manager.Create("Counter").Next()).ShouldBe(42);
        Counter.Begin.ShouldBe(0);
    }

    [Fact]
    public void Initializer_ThatFails_FailsTheStart()
    {
        using var manager = new CountingManager();
        Should.Throw<ProcessStartException>(() => manager.Start(static () => throw new FormatException("not today")));
        manager.Start();
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
    }

    [Fact]
    public void TwoConnections_ShareTheObjects()
    {
        // M-17, M-18, M-08, PX-01
        using var server = new CountingManager(null, s_key);
        server.Start();
        var counter = (Proxy)server.Create("Counter");
        using var connected = new CountingManager(server.Address, s_key);
        connected.Connect();
        connected.Address.ShouldBe(server.Address);
        connected.NumberOfObjects.ShouldBe(1);
        ((int)connected.Create("Counter").Next()).ShouldBe(1);
        ((int)((Proxy)connected.Create("The list")).CallMethod("get_Count")!).ShouldBe(0);
        ManagerFixture.Run(Mp.Process(ConnectAndAppend, server.Address, s_key));
        server.Create<IShared>().Items().ShouldBe([1, 2]);
        counter.CallMethod("Next").ShouldBe(1);
    }

    [Fact]
    public void Connect_WithAWrongKey_IsRefused_AndTheServerLivesOn()
    {
        // M-17, M-26
        using var server = new CountingManager(null, s_key);
        server.Start();
        using var stranger = new CountingManager(server.Address, [1, 2, 3]);
        Should.Throw<AuthenticationException>(stranger.Connect);
        Should.Throw<InvalidOperationException>(() => stranger.NumberOfObjects).Message.ShouldContain("not yet started");
        using var friend = new CountingManager(server.Address, s_key);
        friend.Connect();
        ((int)friend.Create("Counter").Next()).ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => friend.Pid);
    }

    [Fact]
    public void Connect_WhereNobodyIs_IsLost()
    {
        // M-17
        using var manager = new CountingManager(ManagerAddress.Local("/nowhere/at.all"));
        Should.Throw<ConnectionLostException>(manager.Connect).Message.ShouldContain("/nowhere/at.all");
        Should.Throw<InvalidOperationException>(() => new CountingManager().Connect()).Message.ShouldContain("no address");
    }

    [Fact]
    public void GetServer_ServesInTheCurrentProcess()
    {
        // M-16, M-20
        using var told = Mp.Queue<string>();
        string path = Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
        for (int round = 0; round < 2; round++)
        {
            using var process = Mp.Process(Serve, path, s_key, told);
            process.Start();
            told.Get(ManagerFixture.Bound).ShouldBe(path);
            using var client = new CountingManager(ManagerAddress.Local(path), s_key);
            client.Connect();
            ((int)client.Create("Counter").Next()).ShouldBe(1);
            client.Shutdown();
            process.Join(ManagerFixture.Bound).ShouldBeTrue("the server ends");
            process.ExitCode.ShouldBe(0);
        }
    }

    [Fact]
    public void ServeForever_EndsWithCtrlC()
    {
        // M-16
        using var told = Mp.Queue<string>();
        string path = Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
        using var process = Mp.Process(Serve, path, s_key, told);
        process.Start();
        told.Get(ManagerFixture.Bound).ShouldBe(path);
        using var client = new CountingManager(ManagerAddress.Local(path), s_key);
        client.Connect();
        ((int)client.Create("Counter").Next()).ShouldBe(1);
        Support.Signals.Send(process.Pid!.Value, Support.Signals.Interrupt);
        process.Join(ManagerFixture.Bound).ShouldBeTrue("the server ends");
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Register_ForOneClass_LeavesOthersAlone()
    {
        // M-15
        OtherManager.Register("Mine", static () => new Counter());
        using var counting = new CountingManager();
        counting.Start();
        Should.Throw<RemoteException>(() => (object)counting.Create("Mine")).Message.ShouldContain("No type 'Mine'");
        using var other = new OtherManager();
        other.Start();
        ((int)other.Create("Mine").Next()).ShouldBe(1);
        Should.Throw<RemoteException>(() => (object)other.Create("Counter"));
        Should.Throw<ArgumentException>(() => OtherManager.Register("x", proxyType: typeof(string)));
        Should.Throw<ArgumentException>(() => OtherManager.Register<string, string>("x"));
    }

    [Fact]
    public void UserObjects_EndWithTheirLastProxy()
    {
        // PX-09
        using var manager = new CountingManager { ReferenceLease = TimeSpan.FromMilliseconds(100) };
        manager.Start();
        using var kept = (Proxy)manager.Create("Counter");
        using (var borrowed = (Proxy)manager.Create("Counter"))
        using (var owned = (Proxy)manager.Create("Owned"))
        {
            borrowed.CallMethod("Next").ShouldBe(1);
            owned.CallMethod("Next").ShouldBe(1);
            kept.CallMethod("Disposed").ShouldBe(0);
        }

        TestKit.Await.Until("the others are gone", () => manager.NumberOfObjects == 1);
        TestKit.Await.Until("what the manager made itself was disposed of, and nothing else", () => (int)kept.CallMethod("Disposed")! == 1);
    }

    private static void Serve(string path, byte[] key, SharedQueue<string> told)
    {
        var service = new CountingManager(ManagerAddress.Local(path), key).GetServer();
        told.Put(service.Address.Host);
        service.ServeForever();
    }

    private static void ConnectAndAppend(ManagerAddress address, byte[] key)
    {
        using var manager = new CountingManager(address, key);
        manager.Connect();
        Counter.Begin = 1000;
        ((int)manager.Create("Counter").Next()).ShouldBe(1);
        manager.CreateAs<IShared>("Shared").Append(1);
        manager.CreateAs<IShared>("Shared").Append(2);
    }

    public interface IShared
    {
        void Append(int item);

        int[] Items();
    }

    public sealed class CountingManager(ManagerAddress? address = null, byte[]? authKey = null) : BaseManager<CountingManager>(address, authKey)
    {
        static CountingManager()
        {
            Register("Counter", static () => new Counter());
            Register<ICounter, Counter>("Owned");
            Register("The list", static () => new List<int>(), exposed: ["get_Count"]);
            Register("Shared", static () => Shared.Only, proxyType: typeof(IShared));
        }
    }

    public sealed class OtherManager : BaseManager<OtherManager>;

    public interface ICounter
    {
        int Next();
    }

    private sealed class Counter : ICounter, IDisposable
    {
        private static int s_disposed;

        private int _count = Begin;

        public static int Begin { get; set; }

        public int Next() => ++_count;

        public int Disposed() => s_disposed;

        public void Dispose() => s_disposed++;
    }

    private sealed class Shared : IShared
    {
        public static Shared Only { get; } = new();

        private readonly List<int> _items = [];

        public void Append(int item) => _items.Add(item);

        public int[] Items() => [.. _items];
    }
}
