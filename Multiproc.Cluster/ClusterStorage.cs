using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Multiproc;

/// <summary>Where a cluster keeps the journals of its objects. All nodes of a cluster use the same storage.</summary>
public sealed record ClusterStorage
{
    private ClusterStorage(string provider, string connection, string path = "") => (Provider, Connection, FilePath) = (provider, connection, path);

    internal string Provider { get; }

    private string FilePath { get; }

    internal string Connection { get; }

    /// <summary>Where states are saved: beside the journal, since in one file of SQLite they would block each other.</summary>
    internal string Snapshots => IsFile ? FileConnection(FilePath + "-snapshots") : Connection;

    internal bool IsFile => Provider.StartsWith("SQLite", StringComparison.Ordinal);

    /// <summary>Returns what kind of storage it is, and the path of a file; no connection string, which may have a password.</summary>
    /// <returns>For example "SQLite, /data/cluster.db".</returns>
    public override string ToString() => IsFile ? $"SQLite, {FilePath}" : "PostgreSQL";

    /// <summary>Keeps the journals in a file, for nodes that are all on one machine. It is made on first use. Not for network shares.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The storage.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ClusterStorage Sqlite(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = System.IO.Path.GetFullPath(path);
        return new ClusterStorage("SQLite.MS", FileConnection(full), full);
    }

    /// <summary>A connection to the journal, not yet open.</summary>
    internal DbConnection Connect() => IsFile ? new SqliteConnection(Connection) : new NpgsqlConnection(Connection);

    private static string FileConnection(string path) => $"Data Source={path};Default Timeout=10";

    /// <summary>Keeps the journals in a PostgreSQL database. The tables are made on first use. Must be the primary, never a replica.</summary>
    /// <param name="connectionString">The connection string of Npgsql.</param>
    /// <returns>The storage.</returns>
    /// <exception cref="ArgumentException">The connection string is empty.</exception>
    public static ClusterStorage PostgreSql(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return new ClusterStorage("PostgreSQL.15", connectionString);
    }
}
