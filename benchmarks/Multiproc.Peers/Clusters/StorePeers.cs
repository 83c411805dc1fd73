using Medallion.Threading;
using Medallion.Threading.Postgres;
using Medallion.Threading.Redis;
using Npgsql;
using StackExchange.Redis;

namespace Multiproc.Peers.Clusters;

/// <summary>What programs use today where several machines need a lock, a queue or a dictionary: a server that they have anyway.</summary>
internal static class StorePeers
{
    public const string Pair = "lock and unlock";
    public const string Read = "read lock and unlock";
    public const string Write = "write lock and unlock";
    public const string Queue = "put and get";
    public const string Set = "set of a dictionary";
    public const string Get = "get of a dictionary";

    public static IEnumerable<PeerRow> Locks(string who, int callers, Func<int, IDistributedLock> make)
    {
        // One for each caller: they compete by the server, as programs would.
        var locks = Enumerable.Range(0, callers).Select(make).ToArray();
        yield return new PeerRow(Pair, who, callers, async caller =>
        {
            var handle = await locks[caller].AcquireAsync().ConfigureAwait(false);
            await handle.DisposeAsync().ConfigureAwait(false);
        });
    }

    public static IEnumerable<PeerRow> ReadWriteLocks(string who, int callers, Func<int, IDistributedReaderWriterLock> make)
    {
        var locks = Enumerable.Range(0, callers).Select(make).ToArray();
        yield return new PeerRow(Read, who, callers, async caller =>
        {
            var handle = await locks[caller].AcquireReadLockAsync().ConfigureAwait(false);
            await handle.DisposeAsync().ConfigureAwait(false);
        });
        yield return new PeerRow(Write, who, callers, async caller =>
        {
            var handle = await locks[caller].AcquireWriteLockAsync().ConfigureAwait(false);
            await handle.DisposeAsync().ConfigureAwait(false);
        });
    }

    public static IEnumerable<PeerRow> PostgreSql(string connection, int callers)
    {
        const string Who = "DistributedLock.Postgres";
        PostgresAdvisoryLockKey Key(string kind) => new($"{kind}{callers}", allowHashing: true);
        return
        [
            .. Locks(Who, callers, _ => new PostgresDistributedLock(Key("peer"), connection)),
            .. ReadWriteLocks(Who, callers, _ => new PostgresDistributedReaderWriterLock(Key("rwpeer"), connection)),
        ];
    }

    public static IEnumerable<PeerRow> RedisLocks(string who, IDatabase database, int callers) =>
    [
        .. Locks(who, callers, _ => new RedisDistributedLock($"lock{callers}", database)),
        .. ReadWriteLocks(who, callers, _ => new RedisDistributedReaderWriterLock($"rwlock{callers}", database)),
    ];

    /// <summary>A table as a queue, as many programs have it: the oldest row that nobody else is taking.</summary>
    public static async Task<IReadOnlyList<PeerRow>> SkipLockedAsync(NpgsqlDataSource source, int callers)
    {
        string table = $"items{callers}";
        var create = source.CreateCommand($"CREATE TABLE {table} (id bigserial PRIMARY KEY, item int NOT NULL)");
        await using (create.ConfigureAwait(false))
        {
            await create.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        string taking =
            $"DELETE FROM {table} WHERE id = (SELECT id FROM {table} ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING item";
        return
        [
            new PeerRow(Queue, "FOR UPDATE SKIP LOCKED", callers, async caller =>
            {
                var put = source.CreateCommand($"INSERT INTO {table} (item) VALUES ($1)");
                await using (put.ConfigureAwait(false))
                {
                    put.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller });
                    await put.ExecuteNonQueryAsync().ConfigureAwait(false);
                }

                var take = source.CreateCommand(taking);
                await using (take.ConfigureAwait(false))
                {
                    // Null when all that are there are being taken by others, who have put as many.
                    while (await take.ExecuteScalarAsync().ConfigureAwait(false) is null)
                    {
                    }
                }
            }),
        ];
    }

    public static IEnumerable<PeerRow> RedisObjects(string who, IDatabase database, int callers)
    {
        RedisKey list = $"list{callers}";
        RedisKey hash = $"hash{callers}";
        yield return new PeerRow(Queue, who, callers, async caller =>
        {
            await database.ListLeftPushAsync(list, caller).ConfigureAwait(false);
            await database.ListRightPopAsync(list).ConfigureAwait(false);
        });
        yield return new PeerRow(Set, who, callers, caller => database.HashSetAsync(hash, caller, 1));
        yield return new PeerRow(Get, who, callers, caller => database.HashGetAsync(hash, caller));
    }
}
