using System.Threading.RateLimiting;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.RateLimiters;

/// <summary>
/// A token bucket and the callers that wait for permits. It decides as <see cref="TokenBucketRateLimiter"/> does, for all processes together. Permits are used
/// up by time, not held: a process that dies gives none back.
/// </summary>
internal sealed class RateLimiterState : IDurableState
{
    private readonly SharedRateLimiterOptions _options;
    private readonly TokenBucket _bucket;
    private readonly WaitQueue<int> _waiters = new();
    private readonly LateGrants _granted = new();
    private long _succeeded;
    private long _failed;

    public RateLimiterState(SharedRateLimiterOptions options)
    {
        _options = options;
        _bucket = new TokenBucket(options);
    }

    private bool IsNewestFirst => _options.QueueOrder == QueueProcessingOrder.NewestFirst;

    private long Queued
    {
        get
        {
            long queued = 0;
            foreach (int permits in _waiters.Requests)
            {
                queued += permits;
            }

            return queued;
        }
    }

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case RateLimiterCommand.Acquire acquire:
                Acquire(caller, acquire, now, effects);
                break;
            case RateLimiterCommand.Look:
                effects.Reply(caller, Reply.Of(Numbers(now)));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    public StateSnapshot TakeSnapshot() => new()
    {
        Counts = new Dictionary<string, long> { ["permits"] = _bucket.Tokens, ["queued permits"] = Queued, ["granted"] = _succeeded, ["refused"] = _failed },
    };

    public void Save(WireWriter writer)
    {
        _bucket.Save(writer);
        writer.VarInt(_succeeded);
        writer.VarInt(_failed);
        writer.Waiters(_waiters, static (to, permits) => to.VarUInt((uint)permits));
        _granted.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _bucket.Restore(ref reader);
        _succeeded = reader.VarInt();
        _failed = reader.VarInt();
        reader.Waiters(_waiters, static (ref WireReader from) => from.Natural());
        _granted.Restore(ref reader);
    }

    private void Acquire(Caller caller, RateLimiterCommand.Acquire acquire, Instant now, Effects effects)
    {
        GrantAll(now, effects);
        if (acquire.Permits > _options.TokenLimit)
        {
            effects.Reply(caller, Reply.Refused($"{acquire.Permits} permits were requested, and there are never more than {_options.TokenLimit}."));
        }
        else if ((_waiters.Count == 0 || IsNewestFirst || acquire.Permits == 0) && _bucket.TryTake(acquire.Permits))
        {
            Grant(caller, acquire.Permits, effects);
        }
        else if (acquire.Timeout.MayWait && TryMakeRoom(acquire.Permits, now, effects))
        {
            _waiters.Enqueue(caller, now.After(acquire.Timeout), acquire.Permits);
        }
        else
        {
            Refuse(caller, acquire.Permits, now, effects);
        }

        Arm(effects);
    }

    /// <summary>Whether there is room in the queue: where the newest is served first, the oldest ones make room for it.</summary>
    private bool TryMakeRoom(int permits, Instant now, Effects effects)
    {
        while (_options.QueueLimit - Queued < permits)
        {
            if (!IsNewestFirst || permits > _options.QueueLimit || !_waiters.TryDequeue(out var oldest))
            {
                return false;
            }

            Refuse(oldest.Caller, oldest.Request, now, effects);
        }

        return true;
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        GrantAll(now, effects);
        int waiting = _waiters.Count;
        _waiters.Handle(life, now, effects);
        _failed += waiting - _waiters.Count;
        if (life is LifecycleEvent.CallGivenUp given && _granted.TryTakeBack(given.Waiter, out _, out int permits))
        {
            (_succeeded, _failed) = (_succeeded - 1, _failed + 1);
            _bucket.GiveBack(permits);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            _granted.Forget(gone.Process);
        }

        // A caller behind one that has gone may need fewer permits than that one.
        GrantAll(now, effects);
        Arm(effects);
    }

    private void GrantAll(Instant now, Effects effects)
    {
        // A caller of no permits, which waits until there are some again, is served when some have come, even if others have taken them.
        bool hasCome = _bucket.Replenish(now);
        while (TryPeek(out var first) && ((first.Request == 0 && hasCome) || _bucket.TryTake(first.Request)))
        {
            _waiters.Remove(first.Caller);
            Grant(first.Caller, first.Request, effects);
        }
    }

    private bool TryPeek(out Waiter<int> first) => IsNewestFirst ? _waiters.TryPeekLast(out first) : _waiters.TryPeek(out first);

    private void Grant(Caller caller, int permits, Effects effects)
    {
        _succeeded++;
        _granted.Note(caller, count: permits);
        effects.Reply(caller, Reply.Done);
    }

    private void Refuse(Caller caller, int permits, Instant now, Effects effects)
    {
        _failed++;
        effects.Reply(caller, Reply.TimedOut with { Number = _bucket.TicksUntil(permits + Queued, now) });
    }

    private void Arm(Effects effects)
    {
        if (_waiters.Count > 0)
        {
            effects.Arm(_waiters.Earliest < _bucket.Next ? _waiters.Earliest : _bucket.Next);
        }
    }

    private Payload Numbers(Instant now)
    {
        using var writer = new WireWriter(32);
        writer.VarInt(_bucket.At(now));
        writer.VarInt(Queued);
        writer.VarInt(_succeeded);
        writer.VarInt(_failed);
        return new Payload(writer.ToArray());
    }
}
