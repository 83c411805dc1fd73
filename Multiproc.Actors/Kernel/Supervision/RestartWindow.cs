namespace Multiproc.Kernel;

/// <summary>Counts restarts in a sliding window of time.</summary>
internal sealed class RestartWindow
{
    private readonly Queue<long> _restarts = new();

    /// <summary>Counts one more restart; false when that is one too many.</summary>
    public bool Allows(SupervisorStrategy strategy, TimeProvider time)
    {
        long now = time.GetTimestamp();
        while (_restarts.TryPeek(out long oldest) && time.GetElapsedTime(oldest, now) > strategy.Window)
        {
            _restarts.Dequeue();
        }

        _restarts.Enqueue(now);
        return _restarts.Count <= strategy.MaxRestarts;
    }
}
