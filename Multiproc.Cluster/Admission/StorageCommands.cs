using System.Data.Common;

namespace Multiproc.Cluster.Admission;

/// <summary>Statements with parameters, for both databases.</summary>
internal static class StorageCommands
{
    /// <returns>How many rows were changed.</returns>
    public static async Task<int> ExecuteAsync(
        this DbConnection connection, string text, CancellationToken cancellation, params (string Name, object Value)[] values)
    {
        var command = Command(connection, text, values);
        await using var _ = command.ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads all rows: a statement that changes some is carried out when they were read.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this DbConnection connection, string text, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object Value)[] values)
    {
        var command = Command(connection, text, values);
        await using var _ = command.ConfigureAwait(false);
        var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var __ = rows.ConfigureAwait(false);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            found.Add(read(rows));
        }

        return found;
    }

    private static DbCommand Command(DbConnection connection, string text, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
