using Multiproc.Benchmarks.Clusters;

namespace Multiproc.Peers.Clusters;

/// <summary>Does what the peers do with objects of a cluster of two nodes: in the caller's node, and in the other one.</summary>
internal static class MultiprocRows
{
    public static IEnumerable<PeerRow> Objects(ClusterContext cluster, Places places, bool isOwn, int callers, Durability durability)
    {
        string who = $"Multiproc, {durability}, {(isOwn ? "own node" : "other node")}";
        ClusterObjectOptions options = durability;
        var gate = places.Open(isOwn, each => cluster.Lock(each, options));
        var sides = places.Open(isOwn, each => cluster.ReadWriteLock(each, options));
        var queue = places.Open(isOwn, each => cluster.Queue<int>(each, options: options));
        var dictionary = places.Open(isOwn, each => cluster.Dictionary<int, int>(each, options));
        yield return new(StorePeers.Pair, who, callers, async _ =>
        {
            await gate.AcquireAsync().ConfigureAwait(false);
            gate.Release();
        });
        yield return new(StorePeers.Read, who, callers, async _ =>
        {
            await sides.AcquireReadAsync().ConfigureAwait(false);
            sides.ReleaseRead();
        });
        yield return new(StorePeers.Write, who, callers, async _ =>
        {
            await sides.AcquireWriteAsync().ConfigureAwait(false);
            sides.ReleaseWrite();
        });
        yield return new(StorePeers.Queue, who, callers, async caller =>
        {
            await queue.PutAsync(caller).ConfigureAwait(false);
            await queue.GetAsync().ConfigureAwait(false);
        });
        yield return new(StorePeers.Set, who, callers, async caller => await dictionary.SetAsync(caller, 1).ConfigureAwait(false));
        yield return new(StorePeers.Get, who, callers, async caller => await dictionary.GetOrAddAsync(caller, 1).ConfigureAwait(false));
    }

    /// <summary>Calls of a method of a user's object, which keeps nothing on a disk, as a grain does not.</summary>
    public static PeerRow UsersObject(ClusterContext cluster, Places places, int callers)
    {
        var counter = places.Open(isOwn: false, each => cluster.Create<ICounter, Counter, long>(each, 0, Durability.Memory));
        return new(OrleansPeer.What, "Multiproc, other node", callers, async _ => await counter.AddAsync(1).ConfigureAwait(false));
    }

    /// <summary>The interface of the proxy; public, as run-time generated proxies require.</summary>
    public interface ICounter
    {
        Task<long> AddAsync(long number);
    }

    private sealed class Counter(long total) : ICounter, IRecorded<Counter, long>
    {
        private long _total = total;

        public static Counter Load(long record) => new(record);

        public long Save() => _total;

        public Task<long> AddAsync(long number) => Task.FromResult(_total += number);
    }
}
