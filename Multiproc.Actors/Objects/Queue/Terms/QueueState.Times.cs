using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>Items with terms: what comes later, goes first, or expires.</content>
internal sealed partial class QueueState
{
    private static readonly PutTerms s_ordinary = new(0, WaitTimeout.Zero, WaitTimeout.Infinite);

    /// <summary>Begins a step: takes in what is ready, and removes what has expired.</summary>
    private void Begin(Instant now, Effects effects)
    {
        _now = now;
        if (_items.NextTime <= now && !_items.NextTime.IsNever)
        {
            PassTime(effects);
        }
    }

    private void PassTime(Effects effects)
    {
        while (_items.TryReady(_now, out var ready))
        {
            BringForward(ready.Terms!.Priority);
        }

        while (_items.TryExpire(_now, out var expired))
        {
            if (_keepsExpired)
            {
                _items.SetAside(expired);
            }

            _count?.Finished(effects);
        }

        // What has expired makes room, and so does what is given to those who waited for it.
        ServeDeadLetters(effects);
        ServeGetters(effects);
        AdmitPutters(effects);
        effects.Arm(Earliest);
    }

    private long AddWith(Payload value, PutTerms terms, Effects effects)
    {
        long number = _items.Append(value, terms.At(_now, _timeToLive), _now);
        BringForward(terms.Priority);
        effects.Arm(Earliest);
        return number;
    }

    /// <summary>Items that are read ahead are ordinary ones: those of a higher priority come before them.</summary>
    private void BringForward(int priority)
    {
        if (priority > 0)
        {
            _ahead?.CallBack(_items);
        }
    }

    private Dictionary<string, long> Counts()
    {
        var counts = new Dictionary<string, long>
        {
            ["items"] = Count, ["unacknowledged"] = Holders.LongCount(), ["dead letters"] = _items.DeadCount,
        };
        if (_items.DelayedCount > 0)
        {
            counts.Add("delayed", _items.DelayedCount);
        }

        return counts;
    }
}
