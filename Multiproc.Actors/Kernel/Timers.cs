namespace Multiproc.Kernel;

/// <summary>A timer's message on its way; delivered only while the timer that sent it is still the one of its key.</summary>
internal sealed record TimerTick(object Key, long Generation, object Message);

/// <summary>The timers of one actor, by key. They end with the instance that started them.</summary>
internal sealed class Timers(ActorCell cell, TimeProvider time)
{
    private readonly Dictionary<object, (ITimer Timer, long Generation)> _active = [];
    private long _lastGeneration;

    /// <summary>Sends the message once, after the delay; replaces the timer of the same key.</summary>
    public void StartSingle(object key, TimeSpan delay, object message)
    {
        Cancel(key);
        var tick = new TimerTick(key, ++_lastGeneration, message);
        var timer = time.CreateTimer(_ => cell.Add(new Envelope(tick, null)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _active.Add(key, (timer, tick.Generation));

        // Armed only now: a delay of zero must not find the table without its timer.
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    public void Cancel(object key)
    {
        if (_active.Remove(key, out var active))
        {
            active.Timer.Dispose();
        }
    }

    public void CancelAll()
    {
        foreach (var active in _active.Values)
        {
            active.Timer.Dispose();
        }

        _active.Clear();
    }

    /// <summary>Takes a tick: one that was sent before its timer was cancelled or replaced is stale.</summary>
    public bool TryTake(TimerTick tick)
    {
        if (!_active.TryGetValue(tick.Key, out var active) || active.Generation != tick.Generation)
        {
            return false;
        }

        Cancel(tick.Key);
        return true;
    }
}
