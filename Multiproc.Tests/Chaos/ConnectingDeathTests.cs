using System.Globalization;
using Multiproc.TestKit;
using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>
/// A process that is being connected to is killed, or only stopped. The first is a death and says whose; the second has a text of its own; and neither looks
/// like a wrong key.
/// </summary>
public sealed class ConnectingDeathTests
{
    public enum Route
    {
        Local,
        Plain,
        TlsFromKey,
        TlsWithCertificates,
    }

    [Theory]
    [InlineData(Route.Local)]
    [InlineData(Route.Plain)]
    [InlineData(Route.TlsFromKey)]
    [InlineData(Route.TlsWithCertificates)]
    public void ManagerKilled_WhileItIsConnectedTo_IsALossThatNamesIt(Route way)
    {
        using var server = new Server(way);
        Signals.Send(server.Pid, Signals.Stop);
        var connecting = Task.Factory.StartNew(server.Connect, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        server.AwaitStranger();
        Signals.Send(server.Pid, Signals.Kill);
        Should.Throw<ConnectionLostException>(() => connecting.WaitAsync(InChild.Bound).GetAwaiter().GetResult()).Message.ShouldContain(server.Name);
    }

    [Theory]
    [InlineData(Route.Local)]
    [InlineData(Route.Plain)]
    [InlineData(Route.TlsFromKey)]
    [InlineData(Route.TlsWithCertificates)]
    public void ManagerStopped_WhileItIsConnectedTo_IsATimeoutThatSaysSo(Route way)
    {
        using var server = new Server(way);
        Signals.Send(server.Pid, Signals.Stop);
        var before = Mp.Options;
        try
        {
            Mp.Configure(before with { Connections = before.Connections with { ConnectTimeout = TimeSpan.FromMilliseconds(300) } });
            var connecting = Task.Factory.StartNew(server.Connect, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var slow = Should.Throw<MultiprocTimeoutException>(() => connecting.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
            slow.Message.ShouldContain("within 0.3 s");
            slow.Message.ShouldContain(server.Name);
        }
        finally
        {
            Mp.Configure(before);
        }
    }

    [Theory]
    [InlineData(Route.Local)]
    [InlineData(Route.Plain)]
    [InlineData(Route.TlsFromKey)]
    [InlineData(Route.TlsWithCertificates)]
    public void ManagerWithAnotherKey_ConnectedTo_IsAnAuthenticationFailure(Route way)
    {
        using var server = new Server(way);
        Should.Throw<AuthenticationException>(() => server.Connect([9, 9, 9]));
        server.Connect();
    }

    [Fact]
    public void NodeKilled_WhileAnotherChildConnectsToIt_IsALossThatNamesIt()
    {
        using var queues = Mp.Queue<SharedQueue<int>>();
        using var told = Mp.Queue<string>();
        using var owner = InChild.Start(() =>
        {
            queues.Put(Mp.Queue<int>());
            Thread.CurrentThread.Join();
        });
        using var theirs = queues.Get(InChild.Bound);
        string socket = Listeners(owner.Pid!.Value).Where(static path => !path.Contains("diagnostic", StringComparison.Ordinal))
            .ShouldHaveSingleItem("the owner has a listener, since its queue was sent");
        owner.Freeze();
        using var other = InChild.Start(() =>
        {
            try
            {
                theirs.Get();
            }
            catch (Exception failure)
            {
                told.Put($"{failure.GetType().Name}: {failure.Message}");
            }
        });
        Await.Until("the other child waits at the owner's door", () => Sockets(socket) > 1);
        owner.Kill();
        string failure = told.Get(InChild.Bound);
        failure.ShouldStartWith(nameof(ConnectionLostException));
        failure.ShouldContain($"{owner.Pid}");
        other.Join(InChild.Bound).ShouldBeTrue();
        owner.Join(InChild.Bound).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ListenerKilled_WhileAClientProvesItself_IsTheEndOfTheStreamAsInPython(bool async)
    {
        using var addresses = Mp.Queue<string>();
        byte[] key = [1, 2, 3];
        using var doomed = InChild.Start(() =>
        {
            using var listener = new Listener(authKey: key);
            addresses.Put(listener.Address);
            Thread.CurrentThread.Join();
        });
        string address = addresses.Get(InChild.Bound);
        var connecting = async ? Client.ConnectAsync(address, key).AsTask() : Task.Run(() => Client.Connect(address, key));
        string socket = Listeners(doomed.Pid!.Value).Single(path => path == address);
        Await.Until("the client waits at the listener", () => Sockets(socket) > 1);
        doomed.KillAndJoin();
        var end = await Should.ThrowAsync<IOException>(() => connecting.WaitAsync(InChild.Bound));
        end.ShouldNotBeAssignableTo<AuthenticationException>();
    }

    /// <summary>The files at which a process listens.</summary>
    private static string[] Listeners(int pid)
    {
        const string Prefix = "socket:[";
        var own = Directory.GetFileSystemEntries($"/proc/{pid}/fd").Select(static each => File.ResolveLinkTarget(each, false)?.Name ?? "")
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(static name => name[Prefix.Length..^1]).ToHashSet();
        return [.. UnixSockets().Where(each => each.IsListening && own.Contains(each.Inode)).Select(static each => each.Path)];
    }

    private static int Sockets(string path) => UnixSockets().Count(each => each.Path == path);

    private static IEnumerable<(string Inode, bool IsListening, string Path)> UnixSockets() => File.ReadAllLines("/proc/net/unix").Skip(1)
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(static fields => fields.Length > 7)
        .Select(static fields => (fields[6], fields[3] == "00010000", fields[7]));

    /// <summary>A manager in a process of its own, that this process did not start and has no connection to.</summary>
    private sealed class Server : IDisposable
    {
        private readonly Route _way;
        private readonly byte[] _key = [1, 2, 3, 4];
        private readonly ChildProcess _process;
        private readonly ManagerAddress _address;
        private readonly TlsOptions _tls;

        public Server(Route way)
        {
            _way = way;
            _tls = way switch
            {
                Route.TlsFromKey => TlsOptions.FromAuthKey,
                Route.TlsWithCertificates => CertificateFiles.Shared.Options,
                _ => TlsOptions.Off,
            };
            using var told = Mp.Queue<string>();
            var (key, tls) = (_key, _tls);
            var wanted = way == Route.Local
                ? ManagerAddress.Local(Path.Combine(Path.GetTempPath(), $"connecting-{Guid.NewGuid():N}.sock"))
                : new ManagerAddress("127.0.0.2", 0);
            _process = InChild.Start(() => Serve(wanted, tls, key, told));
            Pid = int.Parse(told.Get(InChild.Bound), CultureInfo.InvariantCulture);
            _address = way == Route.Local ? wanted : new ManagerAddress("127.0.0.2", int.Parse(told.Get(InChild.Bound), CultureInfo.InvariantCulture));
        }

        public int Pid { get; }

        /// <summary>What must stand in an error about it.</summary>
        public string Name => _way == Route.Local ? $"{Pid}" : $"127.0.0.2:{_address.Port}";

        public void Connect() => Connect(_key);

        public void Connect(byte[] key)
        {
            using var manager = new FarManager(_address, key) { Tls = _tls };
            manager.Connect();
        }

        /// <summary>Returns when somebody is at the door of the stopped server.</summary>
        public void AwaitStranger()
        {
            string port = $"0200007F:{_address.Port:X4}";
            Await.Until("somebody is at the server's door", () => _way == Route.Local
                ? Sockets(_address.Host) > 1
                : File.ReadAllLines("/proc/net/tcp").Skip(1).Select(static line =>
                    line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(fields => fields[2] == port && fields[3] == "01"));
        }

        public void Dispose()
        {
            _process.KillAndJoin();
            _process.Dispose();
            if (_way == Route.Local)
            {
                File.Delete(_address.Host);
            }
        }

        private static void Serve(ManagerAddress address, TlsOptions tls, byte[] key, SharedQueue<string> told)
        {
            using var manager = new FarManager(address, key) { Tls = tls };
            manager.Start();
            told.Put($"{manager.Pid}");
            told.Put($"{manager.Address.Port}");
            Thread.CurrentThread.Join();
        }
    }
}
