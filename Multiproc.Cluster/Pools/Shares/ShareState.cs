namespace Multiproc.Cluster.Pools;

/// <summary>
/// Decides which workers of a node may run a chunk now, when several pools use the node: a deterministic state machine without processes, clocks or threads.
/// A pool that is alone runs all of its workers. Of several, each may run its share of the processors, and one at least, so that none waits for the tasks of
/// another to become fewer; what some do not use, others may.
/// </summary>
/// <typeparam name="TPool">Identifies a pool.</typeparam>
/// <typeparam name="TWorker">Identifies a worker.</typeparam>
internal sealed class ShareState<TPool, TWorker>(int processors)
    where TPool : class
    where TWorker : class
{
    private readonly Dictionary<TPool, Share> _pools = [];
    private int _running;
    private int _waiting;

    /// <summary>Whether a pool has to share: then its workers get one chunk at a time.</summary>
    public bool IsContended(TPool pool) => _running + _waiting >= processors && HasOthers(pool);

    /// <summary>A worker has something to run. Returns true if it may; otherwise it waits until it is among the results of <see cref="End"/>.</summary>
    public bool Begin(TPool pool, TWorker worker)
    {
        if (!_pools.TryGetValue(pool, out var share))
        {
            _pools.Add(pool, share = new Share());
        }

        if (MayRun(pool, share))
        {
            share.Running++;
            _running++;
            return true;
        }

        share.Waiting.AddLast(worker);
        _waiting++;
        return false;
    }

    /// <summary>A worker that might run has nothing to run any more. Returns those that may run now.</summary>
    public List<TWorker> End(TPool pool)
    {
        if (_pools.TryGetValue(pool, out var share))
        {
            share.Running--;
            _running--;
            Forget(pool, share);
        }

        return Grant();
    }

    /// <summary>A worker does not wait any more. Returns those that may run now.</summary>
    public List<TWorker> GiveUp(TPool pool, TWorker worker)
    {
        if (_pools.TryGetValue(pool, out var share) && share.Waiting.Remove(worker))
        {
            _waiting--;
            Forget(pool, share);
        }

        return Grant();
    }

    private List<TWorker> Grant()
    {
        var granted = new List<TWorker>();
        while (_waiting > 0)
        {
            // The pool with the fewest running workers first, so that the last processor goes round.
            var (pool, share) = _pools.Where(each => each.Value.Waiting.Count > 0 && MayRun(each.Key, each.Value))
                .OrderBy(static each => each.Value.Running).FirstOrDefault();
            if (share is null)
            {
                break;
            }

            granted.Add(share.Waiting.First!.Value);
            share.Waiting.RemoveFirst();
            _waiting--;
            share.Running++;
            _running++;
        }

        return granted;
    }

    private bool MayRun(TPool pool, Share share) =>
        _running < processors || share.Running < Math.Max(1, processors / Math.Max(1, _pools.Count)) || !HasOthers(pool);

    private bool HasOthers(TPool pool) => _pools.Count > 1 || (_pools.Count == 1 && !_pools.ContainsKey(pool));

    private void Forget(TPool pool, Share share)
    {
        if (share.Running == 0 && share.Waiting.Count == 0)
        {
            _pools.Remove(pool);
        }
    }

    private sealed class Share
    {
        public int Running { get; set; }

        public LinkedList<TWorker> Waiting { get; } = new();
    }
}
