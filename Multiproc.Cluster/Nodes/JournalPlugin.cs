using Akka.Configuration;
using Akka.Persistence.Sql.Journal;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// The journal plug-in of Akka.Persistence that the configuration chooses: by default that of Akka.Persistence.Sql, whose tables this library reads as well.
/// </summary>
/// <param name="Id">The path of its configuration.</param>
/// <param name="IsSql">Whether it is that of Akka.Persistence.Sql, with the names that follow.</param>
/// <param name="Table">The name of its table.</param>
/// <param name="PersistenceId">The column with the name of a journal.</param>
/// <param name="SequenceNumber">The column with the number of a record.</param>
/// <param name="Manifest">The column with the manifest of a record.</param>
internal sealed record JournalPlugin(string Id, bool IsSql, string Table = "", string PersistenceId = "", string SequenceNumber = "", string Manifest = "")
{
    public static JournalPlugin Of(Config config)
    {
        string id = config.GetString("akka.persistence.journal.plugin");
        if (Type.GetType(config.GetString($"{id}.class", ""))?.IsAssignableTo(typeof(SqlWriteJournal)) != true)
        {
            return new JournalPlugin(id, IsSql: false);
        }

        string journal = $"{id}.{config.GetString($"{id}.table-mapping")}.journal";
        return new JournalPlugin(
            id,
            IsSql: true,
            config.GetString($"{journal}.table-name"),
            config.GetString($"{journal}.columns.persistence-id"),
            config.GetString($"{journal}.columns.sequence-number"),
            config.GetString($"{journal}.columns.manifest"));
    }
}
