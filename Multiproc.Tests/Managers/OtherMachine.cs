namespace Multiproc.Tests.Managers;

/// <summary>
/// A manager at another address of this machine, in a process that this one did not start and has no other connection to: a child starts it. So all
/// goes over TCP.
/// </summary>
public class OtherMachine : IDisposable
{
    public const string Host = "127.0.0.2";

    private readonly SharedQueue<string> _told = Mp.Queue<string>();
    private readonly SharedEvent _stop = Mp.Event();
    private readonly ChildProcess _starter;

    public OtherMachine(TlsOptions tls, TimeSpan? sessionLease = null, string? path = null, TimeSpan? referenceLease = null)
    {
        Tls = tls;
        var (key, told, stop) = (Key, _told, _stop);
        var given = new MultiprocOptions();
        var options = given with
        {
            Connections = given.Connections with { SessionLease = sessionLease ?? given.Connections.SessionLease },
            Manager = given.Manager with { ReferenceLease = referenceLease ?? given.Manager.ReferenceLease },
        };
        _starter = Mp.Process(() => Serve(path is null ? new ManagerAddress(Host, 0) : ManagerAddress.Local(path), tls, key, options, told, stop));
        _starter.Start();
        string reply = _told.Get(ManagerFixture.Bound);
        Address = reply == path ? ManagerAddress.Local(path)
            : int.TryParse(reply, out int port) ? new ManagerAddress(Host, port)
            : throw new InvalidOperationException(reply);
    }

    public byte[] Key { get; } = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    public TlsOptions Tls { get; }

    public ManagerAddress Address { get; }

    /// <summary>A manager that is connected to it.</summary>
    public FarManager Connect()
    {
        var manager = new FarManager(Address, Key) { Tls = Tls };
        manager.Connect();
        return manager;
    }

    public void Dispose()
    {
        _stop.Set();
        _starter.Join(ManagerFixture.Bound).ShouldBeTrue("the other machine stops");
        _starter.Dispose();
        _told.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void Serve(ManagerAddress address, TlsOptions tls, byte[] key, MultiprocOptions options, SharedQueue<string> told, SharedEvent stop)
    {
        try
        {
            Mp.Configure(options);
            using var manager = new FarManager(address, key) { Tls = tls };
            manager.Start();
            told.Put(address.IsLocal ? address.Host : $"{manager.Address.Port}");
            stop.Wait();
        }
        catch (Exception failure)
        {
            told.Put(failure.ToString());
        }
    }
}

/// <summary>A manager with all types, and one of the test's own.</summary>
public sealed class FarManager(ManagerAddress? address = null, byte[]? authKey = null) : SyncManager(address, authKey)
{
    static FarManager()
    {
        Register<IFarMaths, FarMaths>("FarMaths");
        Register<IFarActors, FarActors>("FarActors");
        Register("Repeatable", static () => new FarMaths(), proxyType: typeof(IFarMaths), concurrent: true);
    }
}

public interface IFarMaths
{
    int Add(int a, int b);

    Task<int> AddLaterAsync(int a, int b, CancellationToken cancellation);

    void Fail(string message);

    IAsyncEnumerable<int> Count(int to);

    void Report(IProgress<int> progress);

    int Hang(CancellationToken cancellation);

    int Calls();

    int Pid();

    [Idempotent]
    int CallAgain(int milliseconds);

    void AskTwice(Func<int, int> function);

    void AskWhenTold(Func<int, int> function);

    void Tell();

    string? Failure();
}

internal sealed class FarMaths : IFarMaths
{
    private readonly ManualResetEventSlim _told = new();
    private int _calls;
    private volatile string? _failure;

    public int Add(int a, int b) => a + b;

    public int Pid() => Environment.ProcessId;

    public async Task<int> AddLaterAsync(int a, int b, CancellationToken cancellation)
    {
        await Task.Yield();
        return a + b;
    }

    public void Fail(string message) => throw new FormatException(message);

    public async IAsyncEnumerable<int> Count(int to)
    {
        for (int i = 0; i < to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    public void Report(IProgress<int> progress)
    {
        progress.Report(1);
        progress.Report(2);
    }

    public int Hang(CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne();
        throw new OperationCanceledException(cancellation);
    }

    public int Calls() => _calls;

    public void AskTwice(Func<int, int> function)
    {
        function(1);
        Ask(function, 2);
    }

    public void AskWhenTold(Func<int, int> function)
    {
        Interlocked.Increment(ref _calls);
        _told.Wait();
        Ask(function, 1);
    }

    public void Tell() => _told.Set();

    public string? Failure() => _failure;

    private void Ask(Func<int, int> function, int x)
    {
        try
        {
            function(x);
            _failure = "none";
        }
        catch (Exception failure)
        {
            _failure = failure.ToString();
            throw;
        }
    }

    public int CallAgain(int milliseconds)
    {
        int call = Interlocked.Increment(ref _calls);
        if (call == 1)
        {
            // The first call outlasts its connection; the second one finds it done.
            new ManualResetEventSlim().Wait(milliseconds);
        }

        return call;
    }
}
