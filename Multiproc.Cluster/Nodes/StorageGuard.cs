using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Looks whether a database gives what the guarantees rest on: it keeps what it has confirmed, and takes a record of an object only once for each number. A
/// node does not start without.
/// </summary>
internal static class StorageGuard
{
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

    /// <summary>After the journal was opened: waits until it has its table, and looks at that; another plug-in than that for SQL is tried.</summary>
    public static async Task VerifyAsync(ActorSystem system, ClusterStorage storage, TimeSpan patience, CancellationToken cancellation)
    {
        var plugin = JournalPlugin.Of(system.Settings.Config);
        var journal = Persistence.Instance.Apply(system).JournalFor(plugin.Id);
        if (!plugin.IsSql)
        {
            await TryAsync(system, journal, plugin.Id, patience, cancellation).ConfigureAwait(false);
            return;
        }

        string question = storage.IsFile ? FenceOfSqlite(plugin) : FenceOfPostgreSql(plugin);
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
                $"its table '{plugin.Table}' has no unique index on ({plugin.PersistenceId}, {plugin.SequenceNumber}), "
                + "without which two owners of an object could overwrite each other. Add it, or use an empty database");
            await Task.Delay(s_look, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task TryAsync(ActorSystem system, IActorRef journal, string plugin, TimeSpan patience, CancellationToken cancellation)
    {
        var isFenced = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.CreateBy(new FenceProbeActor.Producer(journal, isFenced)));
        try
        {
            if (!await isFenced.Task.WaitAsync(patience, cancellation).ConfigureAwait(false))
            {
                throw new MultiprocException(
                    $"The journal plug-in '{plugin}' takes two records of one number, so that two owners of an object could overwrite each other: choose one "
                    + "that refuses the second, as that of Akka.Persistence.Sql does.");
            }
        }
        catch (Exception failure) when (failure is not (MultiprocException or OperationCanceledException))
        {
            throw new MultiprocException($"The journal plug-in '{plugin}' did not take a record within {patience}: {failure.Message}", failure);
        }
    }

    private static string FenceOfSqlite(JournalPlugin plugin) => $"""
        SELECT count(*) FROM pragma_index_list('{plugin.Table}') AS i
        WHERE i."unique" = 1 AND (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
          IN ('{plugin.PersistenceId},{plugin.SequenceNumber}', '{plugin.SequenceNumber},{plugin.PersistenceId}')
        """;

    private static string FenceOfPostgreSql(JournalPlugin plugin) => $"""
        SELECT count(*) FROM pg_indexes
        WHERE tablename = '{plugin.Table}' AND indexdef LIKE 'CREATE UNIQUE INDEX%'
          AND (indexdef LIKE '%({plugin.PersistenceId}, {plugin.SequenceNumber})' OR indexdef LIKE '%({plugin.SequenceNumber}, {plugin.PersistenceId})')
        """;

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
