using Akka.Actor;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Listing;

/// <summary>Which objects there are, as the journal knows it: there is no other list, which could say something else.</summary>
internal static class StoredNames
{
    /// <summary>The journals whose last record is not an end. The unique index, the fence of writes, has all that this reads but the manifests.</summary>
    private static string Question(JournalPlugin plugin) => $"""
        SELECT j.{plugin.PersistenceId} FROM {plugin.Table} j
        JOIN (SELECT {plugin.PersistenceId}, MAX({plugin.SequenceNumber}) AS last FROM {plugin.Table} GROUP BY {plugin.PersistenceId}) k
          ON j.{plugin.PersistenceId} = k.{plugin.PersistenceId} AND j.{plugin.SequenceNumber} = k.last
        WHERE j.{plugin.Manifest} <> '{ClusterSerializer.End}'
        """;

    /// <summary>The entities of objects that there are, and perhaps of some that have just ended.</summary>
    /// <exception cref="NotSupportedException">The journal is another plug-in than that for SQL.</exception>
    public static async Task<IReadOnlyList<string>> EntitiesAsync(ActorSystem system, ClusterStorage storage, CancellationToken cancellation)
    {
        var plugin = JournalPlugin.Of(system.Settings.Config);
        if (!plugin.IsSql)
        {
            throw new NotSupportedException($"The journal plug-in '{plugin.Id}' cannot be asked for names: Inspect() has the objects that are in use.");
        }

        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var __ = command.ConfigureAwait(false);
        command.CommandText = Question(plugin);
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        var entities = new List<string>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            if (EntityName.OfPersistent(reader.GetString(0)) is { } entity)
            {
                entities.Add(entity);
            }
        }

        return entities;
    }
}
