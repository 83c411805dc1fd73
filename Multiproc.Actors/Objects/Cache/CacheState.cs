using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Caches;

/// <summary>
/// A cache, and the values that are being made. The state never runs a factory: it says who is to run one, and lets the others wait. When that one fails, gives
/// up or dies, the next one who waits is to run its own.
/// </summary>
internal sealed class CacheState(SharedCacheOptions options) : IDurableState, ITraceable
{
    private readonly CacheEntries _entries = new(options);
    private readonly Dictionary<Payload, CacheMaking> _making = [];
    private readonly LateGrants _granted = new();
    private CacheCounts _counts;
    private long _lastClaim;

    /// <summary>By claims: a dictionary that was restored has another order, and each new claim takes the next number.</summary>
    private IEnumerable<KeyValuePair<Payload, CacheMaking>> InOrder => _making.OrderBy(static each => each.Value.Claim);

    public IEnumerable<Payload> Payloads => _entries.Payloads.Concat(_making.Keys);

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        _counts.Expirations += _entries.Expire(now);
        switch (command)
        {
            case CacheCommand.GetOrClaim get:
                GetOrClaim(caller, get, now, effects);
                break;
            case CacheCommand.Fulfil fulfil:
                if (Find(fulfil.Claim, caller.Process) is { } made)
                {
                    _counts.Made++;
                    Set(made, fulfil.Value, now, effects);
                }

                effects.Reply(caller, Reply.Done);
                break;
            case CacheCommand.Fail fail:
                Yield(fail.Claim, caller.Process, effects);
                effects.Reply(caller, Reply.Done);
                break;
            case CacheCommand.TryGet get:
                effects.Reply(caller, TryUse(get.Key, now, out var value) ? Reply.Of(value.Value, 1) : Reply.Of(0));
                break;
            case CacheCommand.Set set:
                Set(set.Key, set.Value, now, effects);
                effects.Reply(caller, Reply.Done);
                break;
            case CacheCommand.Remove remove:
                effects.Reply(caller, Reply.Of(_entries.Remove(remove.Key)));
                Remake(remove.Key, effects);
                break;
            case CacheCommand.Clear:
                _entries.Clear();
                Array.ForEach([.. InOrder.Select(static each => each.Key)], key => Remake(key, effects));
                effects.Reply(caller, Reply.Done);
                break;
            case CacheCommand.Look:
                effects.Reply(caller, Reply.Of(_counts.Pack(), _entries.Count));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Holders = [.. _making.Values.Select(static each => new StateHolder(each.Process, 0))],
        Counts = new Dictionary<string, long> { ["items"] = _entries.Count, ["being made"] = _making.Count },
    };

    public void Save(WireWriter writer)
    {
        _entries.Save(writer);
        _counts.Save(writer);
        writer.VarInt(_lastClaim);
        writer.VarUInt((uint)_making.Count);
        foreach (var (key, making) in InOrder)
        {
            writer.Payload(key);
            making.Save(writer);
        }

        _granted.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _entries.Restore(ref reader);
        _counts = CacheCounts.Restore(ref reader);
        _lastClaim = reader.VarInt();
        for (int left = reader.Count(); left > 0; left--)
        {
            var key = reader.SavedPayload();
            _making.Add(key, CacheMaking.Restore(ref reader));
        }

        _granted.Restore(ref reader);
    }

    private void GetOrClaim(Caller caller, CacheCommand.GetOrClaim get, Instant now, Effects effects)
    {
        if (TryUse(get.Key, now, out var value))
        {
            effects.Reply(caller, Reply.Of(value.Value));
        }
        else if (!_making.TryGetValue(get.Key, out var making))
        {
            _making.Add(get.Key, making = new CacheMaking(0, 0));
            Grant(making, caller, effects);
        }
        else if (!get.Timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            making.Waiters.Enqueue(caller, now.After(get.Timeout), true);
            effects.Arm(Earliest());
        }
    }

    private bool TryUse(Payload key, Instant now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Payload? value)
    {
        bool has = _entries.TryUse(key, now, out value);
        _counts.Hits += has ? 1 : 0;
        _counts.Misses += has ? 0 : 1;
        return has;
    }

    /// <summary>Keeps a value, and gives it to all who wait for it.</summary>
    private void Set(Payload key, Payload value, Instant now, Effects effects)
    {
        _counts.Evictions += _entries.Set(key, value, now);
        if (_making.Remove(key, out var making))
        {
            while (making.Waiters.TryDequeue(out var waiter))
            {
                effects.Reply(waiter.Caller, Reply.Of(value));
            }
        }
    }

    private void Grant(CacheMaking making, Caller caller, Effects effects)
    {
        (making.Claim, making.Process) = (++_lastClaim, caller.Process);
        _granted.Note(caller, making.Claim);
        effects.Reply(caller, Reply.Of(making.Claim));
    }

    /// <summary>Has the next one who waits make the value: what the one before makes is out of date, or never comes.</summary>
    private void Remake(Payload key, Effects effects)
    {
        if (!_making.TryGetValue(key, out var making))
        {
            return;
        }

        if (making.Waiters.TryDequeue(out var next))
        {
            Grant(making, next.Caller, effects);
        }
        else
        {
            _making.Remove(key);
        }
    }

    private void Yield(long claim, int process, Effects effects)
    {
        if (Find(claim, process) is { } key)
        {
            Remake(key, effects);
        }
    }

    private Payload? Find(long claim, int process)
    {
        foreach (var (key, making) in _making)
        {
            if (making.Claim == claim && making.Process == process)
            {
                return key;
            }
        }

        return null;
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        foreach (var (_, making) in InOrder)
        {
            making.Waiters.Handle(life, now, effects);
        }

        if (life is LifecycleEvent.CallGivenUp given && _granted.TryTakeBack(given.Waiter, out long claim))
        {
            Yield(claim, given.Waiter.Process, effects);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            _granted.Forget(gone.Process);
            foreach (var key in InOrder.Where(each => each.Value.Process == gone.Process).Select(static each => each.Key).ToArray())
            {
                Remake(key, effects);
            }
        }

        effects.Arm(Earliest());
    }

    private Instant Earliest()
    {
        var earliest = Instant.Never;
        foreach (var making in _making.Values)
        {
            earliest = making.Waiters.Earliest < earliest ? making.Waiters.Earliest : earliest;
        }

        return earliest;
    }
}
