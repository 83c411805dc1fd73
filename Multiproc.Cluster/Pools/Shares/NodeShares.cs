namespace Multiproc.Cluster.Pools;

/// <summary>The shares of the pools that use a node, for the threads of all their connections.</summary>
internal sealed class NodeShares(int processors)
{
    private readonly Lock _gate = new();
    private readonly ShareState<object, HeldChunks> _state = new(processors);

    public bool IsContended(object pool)
    {
        lock (_gate)
        {
            return _state.IsContended(pool);
        }
    }

    public bool Begin(object pool, HeldChunks worker)
    {
        lock (_gate)
        {
            return _state.Begin(pool, worker);
        }
    }

    /// <summary>A worker has nothing to run. Not under the lock of any worker: others are released on this thread.</summary>
    public void End(object pool)
    {
        List<HeldChunks> granted;
        lock (_gate)
        {
            granted = _state.End(pool);
        }

        granted.ForEach(static each => each.Release());
    }

    /// <summary>A worker does not wait any more. Not under the lock of any worker.</summary>
    public void GiveUp(object pool, HeldChunks worker)
    {
        List<HeldChunks> granted;
        lock (_gate)
        {
            granted = _state.GiveUp(pool, worker);
        }

        granted.ForEach(static each => each.Release());
    }
}
