using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Looks whether a database gives what the guarantees rest on: it keeps what it has confirmed, and takes a record of an object only once for each number. A
/// node does not start without.
/// </summary>
internal static class StorageGuard
{
    private const string FenceOfSqlite = """
        SELECT count(*) FROM pragma_index_list('journal') AS i
        WHERE i."unique" = 1 AND (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
          IN ('persistence_id,sequence_number', 'sequence_number,persistence_id')
        """;

    private const string FenceOfPostgreSql = """
        SELECT count(*) FROM pg_indexes
        WHERE tablename = 'journal' AND indexdef LIKE 'CREATE UNIQUE INDEX%'
          AND (indexdef LIKE '%(persistence_id, sequence_number)' OR indexdef LIKE '%(sequence_number, persistence_id)')
        """;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>Before the journal is opened: prepares a file for several processes.</summary>
    public static async Task PrepareAsync(ClusterStorage storage, CancellationToken cancellation)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        if (storage.IsFile)
        {
            var snapshots = new SqliteConnection(storage.Snapshots);
            await using var __ = snapshots.ConfigureAwait(false);
            await snapshots.OpenAsync(cancellation).ConfigureAwait(false);
            await AskAsync(snapshots, "PRAGMA journal_mode=WAL", cancellation).ConfigureAwait(false);
            string mode = await AskAsync(connection, "PRAGMA journal_mode=WAL", cancellation).ConfigureAwait(false);
            Require(mode == "wal", storage, $"its journal mode is '{mode}' and cannot be made 'wal'. Put it onto a local disk");
            string synchronous = await AskAsync(connection, "PRAGMA synchronous", cancellation).ConfigureAwait(false);
            Require(synchronous == "2", storage, $"synchronous is {synchronous}, but must be 2 (FULL): else what was acknowledged can be lost");
        }
        else
        {
            string commit = await AskAsync(connection, "SHOW synchronous_commit", cancellation).ConfigureAwait(false);
            Require(commit != "off", storage, "synchronous_commit is off: what was acknowledged could be lost. Switch it on for this user or database");
            string replica = await AskAsync(connection, "SELECT pg_is_in_recovery()", cancellation).ConfigureAwait(false);
            Require(replica.Equals("false", StringComparison.OrdinalIgnoreCase), storage, "it is a replica: connect to the primary");
        }
    }

    /// <summary>After the journal was opened: waits until it has its table, and looks at that.</summary>
    public static async Task VerifyAsync(ClusterStorage storage, TimeSpan patience, CancellationToken cancellation)
    {
        string question = storage.IsFile ? FenceOfSqlite : FenceOfPostgreSql;
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        for (long begun = Stopwatch.GetTimestamp(); ;)
        {
            // The table is made when the journal is first used, by whichever node is the first.
            if (await AskAsync(connection, question, cancellation).ConfigureAwait(false) != "0")
            {
                return;
            }

            Require(
                Stopwatch.GetElapsedTime(begun) < patience,
                storage,
                "its table 'journal' has no unique index on (persistence_id, sequence_number), "
                + "without which two owners of an object could overwrite each other. Add it, or use an empty database");
            await Task.Delay(s_look, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<string> AskAsync(DbConnection connection, string question, CancellationToken cancellation)
    {
        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        command.CommandText = question;
        return Convert.ToString(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false), CultureInfo.InvariantCulture) ?? "";
    }

    private static void Require(bool isSo, ClusterStorage storage, string problem)
    {
        if (!isSo)
        {
            throw new MultiprocException($"The storage of the cluster ({storage}) cannot be used: {problem}.");
        }
    }
}
