using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Benchmarks.Fuzz;

/// <summary>A manager that is attacked at its own socket, and monitored over the connection of its parent.</summary>
internal sealed class FuzzTarget : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly SyncManager _manager = new() { ReferenceLease = TimeSpan.FromSeconds(1) };
    private readonly List<SharedObject> _objects;

    public FuzzTarget(bool plain)
    {
        IsPlain = plain;
        _manager.Start(plain ? static () => Prepare(true) : static () => Prepare(false));
        Address = _manager.Address.Host;
        _objects =
        [
            _manager.List([1, 2, 3]), _manager.Dictionary<string, int>([new("key", 1)]), _manager.Set(["a"]), _manager.Namespace(), _manager.Value(1),
            _manager.Array([1, 2]),
            _manager.Queue<int>(4), _manager.JoinableQueue<int>(), _manager.Lock(), _manager.RLock(), _manager.Semaphore(2), _manager.BoundedSemaphore(),
            _manager.Condition(), _manager.Event(), _manager.Barrier(3), _manager.ReadWriteLock(), _manager.Countdown(3),
            _manager.RateLimiter(new()), _manager.Counter(), _manager.Broadcast<int>(), _manager.Cache<int, int>(),
        ];
        Ids = [.. _manager.DebugInfo().Select(static each => each.Id)];
    }

    /// <summary>Whether its links send frames over the socket itself instead of rings.</summary>
    public bool IsPlain { get; }

    public string Name => IsPlain ? "plain socket" : "rings";

    public string Address { get; }

    public IReadOnlyList<long> Ids { get; }

    /// <summary>The number of times that a client with the key had to retry.</summary>
    public int TurnedAway { get; private set; }

    public int Objects => _manager.NumberOfObjects;

    public int Descriptors => Directory.GetFiles($"/proc/{_manager.Pid}/fd").Length;

    public int Threads => Directory.GetDirectories($"/proc/{_manager.Pid}/task").Length;

    public long MemoryKiB => long.Parse(
        File.ReadLines($"/proc/{_manager.Pid}/status").First(static line =>
            line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(),
        CultureInfo.InvariantCulture);

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.SendTimeout = socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(Address));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Socket ConnectAndProve()
    {
        var socket = Connect();
        using var stream = new NetworkStream(socket, ownsSocket: false);
        LinkAuthentication.AsConnector(stream, ProcessKey.Current.Bytes.Span);
        return socket;
    }

    public ILink Link() => UnixSocketConnector.Connect(Address, ProcessKey.Current.Bytes.Span, s_patience, IsPlain);

    /// <summary>Checks that the manager still serves both connected clients and new ones.</summary>
    /// <exception cref="Exception">The manager does not serve.</exception>
    public void Check()
    {
        using (var queue = _manager.Queue<int>())
        {
            queue.Put(7);
            int got = queue.Get(s_patience);
            if (got != 7)
            {
                throw new InvalidOperationException($"The manager over {Name} gave {got} for 7.");
            }
        }

        // Unauthenticated peers may take all handshake slots for a moment, or all processor time: a rejected client retries.
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Link().Dispose();
                return;
            }
            catch (AuthenticationException) when (clock.Elapsed < s_patience)
            {
                TurnedAway++;
            }
        }
    }

    public void Dispose()
    {
        _objects.ForEach(static each => each.Dispose());
        _manager.Dispose();
    }

    private static void Prepare(bool plain) =>
        Node.Current.Connections = Node.Current.Connections with { PlainSocket = plain };
}
