using System.Data.Common;
using Multiproc.Cluster.Admission;

namespace Multiproc.Cluster.Leases;

/// <summary>
/// The leases of the nodes in the storage. A lease can be renewed while nobody has taken it away, and no way leads back: so whoever has taken it away knows how
/// often it was renewed, and that it is renewed no more.
/// </summary>
/// <param name="storage">The storage.</param>
/// <param name="seesDeaths">Whether a process of this machine that is dead need not be waited for.</param>
internal sealed class LeaseTable(ClusterStorage storage, bool seesDeaths)
{
    public const string Definition =
        "CREATE TABLE IF NOT EXISTS multiproc_leases (node VARCHAR(255) PRIMARY KEY, renewals BIGINT NOT NULL, state INTEGER NOT NULL, "
        + "process VARCHAR(255) NOT NULL)";

    // States.
    private const int Held = 0;
    private const int Taken = 1;
    private const int GivenUp = 2;

    /// <summary>Enters this node, once and before it becomes a member.</summary>
    public Task EnterAsync(string node, CancellationToken cancellation) => ChangeAsync(
        $"INSERT INTO multiproc_leases (node, renewals, state, process) VALUES (@node, 0, {Held}, @process)", cancellation,
        ("node", node), ("process", ProcessMark.Own));

    /// <returns>Whether nobody had taken it away.</returns>
    public async Task<bool> RenewAsync(string node, CancellationToken cancellation) => await ChangeAsync(
        $"UPDATE multiproc_leases SET renewals = renewals + 1 WHERE node = @node AND state = {Held}", cancellation, ("node", node)).ConfigureAwait(false) > 0;

    /// <summary>Says that nobody need wait for the time of the lease; also when it was taken away.</summary>
    public Task GiveUpAsync(string node, CancellationToken cancellation) =>
        ChangeAsync($"UPDATE multiproc_leases SET state = {GivenUp} WHERE node = @node", cancellation, ("node", node));

    /// <summary>Removes what says nothing any more: who finds no entry waits as long as anybody could hold it.</summary>
    public Task RemoveAsync(string node, CancellationToken cancellation) =>
        ChangeAsync($"DELETE FROM multiproc_leases WHERE node = @node AND state <> {Held}", cancellation, ("node", node));

    public async Task<IReadOnlyDictionary<string, LeaseEntry>> AllAsync(CancellationToken cancellation)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var all = await connection.QueryAsync(
            "SELECT renewals, state, process, node FROM multiproc_leases", row => (Node: row.GetString(3), Entry: Read(row)), cancellation)
            .ConfigureAwait(false);
        return all.ToDictionary(static each => each.Node, static each => each.Entry);
    }

    /// <summary>Takes the lease of a node away.</summary>
    /// <returns>What it was then; null when there was no entry.</returns>
    public async Task<LeaseEntry?> TakeAsync(string node, CancellationToken cancellation)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        var taken = await connection.QueryAsync(
            $"UPDATE multiproc_leases SET state = CASE state WHEN {Held} THEN {Taken} ELSE state END WHERE node = @node RETURNING renewals, state, process",
            Read, cancellation, ("node", node)).ConfigureAwait(false);
        return taken is [var entry] ? entry : null;
    }

    private LeaseEntry Read(DbDataReader row)
    {
        int state = row.GetInt32(1);
        bool isGivenUp = state == GivenUp || (state == Taken && seesDeaths && ProcessMark.IsDead(row.GetString(2)));
        return new LeaseEntry(row.GetInt64(0), IsTaken: state != Held, isGivenUp);
    }

    private async Task<int> ChangeAsync(string text, CancellationToken cancellation, params (string Name, object Value)[] values)
    {
        var connection = storage.Connect();
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteAsync(text, cancellation, values).ConfigureAwait(false);
    }
}
