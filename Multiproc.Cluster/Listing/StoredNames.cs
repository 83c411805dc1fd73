using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Listing;

/// <summary>Which objects there are, as the journal knows it: there is no other list, which could say something else.</summary>
internal static class StoredNames
{
    /// <summary>The journals whose last record is not an end. The unique index, the fence of writes, has all that this reads but the manifests.</summary>
    private const string Question = $"""
        SELECT j.persistence_id FROM journal j
        JOIN (SELECT persistence_id, MAX(sequence_number) AS last FROM journal GROUP BY persistence_id) k
          ON j.persistence_id = k.persistence_id AND j.sequence_number = k.last
        WHERE j.manifest <> '{ClusterSerializer.End}'
        """;

    /// <summary>The entities of objects that there are, and perhaps of some that have just ended.</summary>
    public static async Task<IReadOnlyList<string>> EntitiesAsync(ClusterStorage storage, CancellationToken cancellation)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var __ = command.ConfigureAwait(false);
        command.CommandText = Question;
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
