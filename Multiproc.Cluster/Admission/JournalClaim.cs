using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Multiproc.Cluster.Leases;

namespace Multiproc.Cluster.Admission;

/// <summary>
/// This node's entry among the nodes that use a journal, in the storage itself. It gives the journal an identity, by which nodes recognize that they have the
/// same one; and a cluster begins only while no living node of another cluster uses its journal.
/// </summary>
/// <remarks>
/// Two clusters on one journal would not damage it: of two owners one is refused. But each would take the other's nodes for dead, and give away what they
/// hold. A node is alive while its entry is renewed, by the clock of the storage; on the same machine also while somebody listens at its port.
/// </remarks>
internal sealed class JournalClaim : IAsyncDisposable
{
    public static readonly TimeSpan EntryLasts = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private readonly ClusterStorage _storage;
    private readonly string _node;
    private readonly string _address;
    private readonly X509Certificate2 _certificate;
    private readonly ILoggingAdapter _log;
    private readonly CancellationTokenSource _end = new();
    private Task _renewing = Task.CompletedTask;
    private Task? _removing;

    private JournalClaim(ClusterStorage storage, string node, string address, string journal, X509Certificate2 certificate, ILoggingAdapter log) =>
        (_storage, _node, _address, Journal, _certificate, _log) = (storage, node, address, journal, certificate, log);

    /// <summary>The identity of the journal.</summary>
    public string Journal { get; }

    /// <summary>Why the entry could not be renewed the last time; null when it was.</summary>
    public string? Problem { get; private set; }

    private string Now => _storage.IsFile ? "unixepoch('subsec')" : "extract(epoch from clock_timestamp())";

    private string Renewal => "INSERT INTO multiproc_nodes (node, address, machine, seen) VALUES (@node, @address, @machine, "
        + $"{Now}) ON CONFLICT (node) DO UPDATE SET seen = excluded.seen";

    /// <summary>The kernel and its network, within which "nobody listens at this port of my own address" says something.</summary>
    private static string Machine { get; } = OperatingSystem.IsLinux()
        ? $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{new FileInfo("/proc/self/ns/net").LinkTarget}"
        : Environment.MachineName;

    /// <summary>Opens the tables, and makes them where they are missing.</summary>
    public static async Task<JournalClaim> OpenAsync(
        ClusterStorage storage, string node, string address, X509Certificate2 certificate, ILoggingAdapter log, CancellationToken cancellation)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        await MakeTablesAsync(connection, storage, cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "INSERT INTO multiproc_journal (name, value) VALUES ('id', @id) ON CONFLICT (name) DO NOTHING", cancellation,
            ("id", Guid.NewGuid().ToString("N"))).ConfigureAwait(false);
        var question = connection.CreateCommand();
        await using var __ = question.ConfigureAwait(false);
        question.CommandText = "SELECT value FROM multiproc_journal WHERE name = 'id'";
        string journal = (string)(await question.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        return new JournalClaim(storage, node, address, journal, certificate, log);
    }

    /// <summary>Enters this node, which joins a cluster that has this journal.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        await RenewAsync(cancellation).ConfigureAwait(false);
        Begin();
    }

    /// <summary>Enters this node as the first of a cluster, unless other nodes that are alive use the journal.</summary>
    /// <returns>The addresses of those; none when this node is entered.</returns>
    public async Task<IReadOnlyList<string>> TryBeginAsync(CancellationToken cancellation)
    {
        var connection = _storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var found = await OthersAsync(connection, cancellation).ConfigureAwait(false);
        var dead = new List<string>();
        foreach (var each in found)
        {
            if (each.IsOld || (each.Machine == Machine && await IsDeadAsync(each.Address, cancellation).ConfigureAwait(false)))
            {
                dead.Add(each.Node);
            }
        }

        // Of nodes that begin together one comes first, and the others see its entry.
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        if (!_storage.IsFile)
        {
            await connection.ExecuteAsync("LOCK TABLE multiproc_nodes IN EXCLUSIVE MODE", cancellation).ConfigureAwait(false);
        }

        var living = (await OthersAsync(connection, cancellation).ConfigureAwait(false)).Where(each => !each.IsOld && !dead.Contains(each.Node)).ToArray();
        if (living.Length > 0)
        {
            return [.. living.Select(static each => each.Address)];
        }

        await connection.ExecuteAsync(
            "DELETE FROM multiproc_leases WHERE node IN (SELECT node FROM multiproc_nodes WHERE node <> @node)", cancellation, ("node", _node))
            .ConfigureAwait(false);
        await connection.ExecuteAsync("DELETE FROM multiproc_nodes", cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(Renewal, cancellation, Entry).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        Begin();
        return [];
    }

    /// <summary>The addresses of the nodes that use the journal, or did so a short time ago.</summary>
    public async Task<IReadOnlyList<string>> NodesAsync(CancellationToken cancellation)
    {
        var connection = _storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        return [.. (await OthersAsync(connection, cancellation).ConfigureAwait(false)).Where(static each => !each.IsOld).Select(static each => each.Address)];
    }

    /// <summary>Removes the entry: the node is no longer in a cluster. Returns when that is done.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_end)
        {
            _removing ??= RemoveAsync();
        }

        await _removing.ConfigureAwait(false);
    }

    private (string Name, object Value)[] Entry => [("node", _node), ("address", _address), ("machine", Machine)];

    private async Task RemoveAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        try
        {
            var connection = _storage.Connect();
            await using var _ = connection.ConfigureAwait(false);
            await connection.OpenAsync().ConfigureAwait(false);
            await connection.ExecuteAsync("DELETE FROM multiproc_nodes WHERE node = @node", CancellationToken.None, ("node", _node)).ConfigureAwait(false);
        }
        catch (DbException unreachable)
        {
            _log.Info(
                "The entry of this node in the storage could not be removed, and will be old in {0} s: {1}", EntryLasts.TotalSeconds, unreachable.Message);
        }
    }

    /// <summary>By a whole handshake: a node would log a connection that ends before.</summary>
    private async Task<bool> IsDeadAsync(string address, CancellationToken cancellation)
    {
        var (host, port) = SeedVisit.Parse(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_look);
        try
        {
            await SeedVisit.HasSameKeyAsync(host, port, _certificate, limit.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (Exception unknown) when (unknown is IOException or System.Security.Authentication.AuthenticationException
            or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task MakeTablesAsync(DbConnection connection, ClusterStorage storage, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        if (!storage.IsFile)
        {
            // Two nodes that make a table at the same time disturb each other.
            await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(7301)", cancellation).ConfigureAwait(false);
        }

        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS multiproc_journal (name VARCHAR(64) PRIMARY KEY, value VARCHAR(255) NOT NULL)", cancellation)
            .ConfigureAwait(false);
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS multiproc_nodes (node VARCHAR(255) PRIMARY KEY, address VARCHAR(255) NOT NULL, machine VARCHAR(255) NOT NULL, "
            + "seen DOUBLE PRECISION NOT NULL)",
            cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(LeaseTable.Definition, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<List<Claimant>> OthersAsync(DbConnection connection, CancellationToken cancellation)
    {
        var found = await connection.QueryAsync(
            $"SELECT node, address, machine, {Now} - seen FROM multiproc_nodes ORDER BY address",
            static row => new Claimant(row.GetString(0), row.GetString(1), row.GetString(2), IsOld: AgeIn(row) > EntryLasts.TotalSeconds),
            cancellation).ConfigureAwait(false);
        return [.. found.Where(each => each.Node != _node)];

        static double AgeIn(DbDataReader row) => Convert.ToDouble(row.GetValue(3), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        var connection = _storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(Renewal, cancellation, Entry).ConfigureAwait(false);
    }

    private void Begin() => _renewing = KeepAsync();

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(s_renewal);
        bool isTold = false;
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false);
                await RenewAsync(_end.Token).ConfigureAwait(false);
                (isTold, Problem) = (false, null);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (DbException unreachable)
            {
                if (!isTold)
                {
                    _log.Warning("The storage of the cluster ({0}) does not take this node's entry: {1}. Calls wait for it.", _storage, unreachable.Message);
                }

                (isTold, Problem) = (true, unreachable.Message);
            }
        }
    }

    private readonly record struct Claimant(string Node, string Address, string Machine, bool IsOld);
}
