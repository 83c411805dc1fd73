using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>Items that were given out, until they are acknowledged, completed or abandoned, or their holder is gone.</summary>
internal sealed partial class QueueState
{
    /// <summary>The size limit of a reply with several items, so that the first of many large ones need not wait for the last.</summary>
    private const int LargestReply = 1 << 20;

    private void Give(Caller caller, Wanted wanted, Effects effects)
    {
        if (wanted.IsMany)
        {
            GiveMany(caller, wanted, effects);
        }
        else if (wanted.IsPeek)
        {
            if (_items.TryPeek(out var first))
            {
                effects.Reply(caller, Reply.Of(first.Value, first.Redeliveries));
            }
        }
        else if (_items.TryTake(out var item))
        {
            if (wanted.IsLease)
            {
                _unacknowledged.AddLease(caller, item);
            }
            else
            {
                _taken.Add(caller, wanted.Thread, item);
            }

            effects.Reply(caller, wanted.IsAhead ? WithMore(caller, item) : Reply.Of(item.Value, item.Redeliveries));
        }
    }

    /// <summary>Replies with an item, together with a batch to read ahead unless other callers wait for items.</summary>
    private Reply WithMore(Caller caller, QueueItem first) =>
        _getters.Count == 0 && first.Value.Length <= LargestReply && _ahead?.Offer(caller.Process, _items) is { } batch
        ? ItemsAhead.Reply(first, batch)
        : Reply.Of(first.Value);

    private void GiveMany(Caller caller, Wanted wanted, Effects effects)
    {
        // The first item is sent whatever its size: it came in one message, so it fits into one.
        var items = new List<QueueItem>();
        long bytes = 0;
        while (items.Count < wanted.Max && _items.TryPeek(out var next) && (items.Count == 0 || bytes + next.Value.Length <= LargestReply)
            && _items.TryTake(out var item))
        {
            bytes += item.Value.Length;
            items.Add(item);
        }

        _taken.AddMany(caller, wanted.Thread, [.. items]);
        using var writer = new WireWriter();
        writer.Payloads(items.ConvertAll(static item => item.Value));
        effects.Reply(caller, Reply.Of(new Payload(writer.ToArray()), items.Count));
    }

    private void Taken(Caller call, Effects effects)
    {
        if (_unacknowledged.TryRemove(call, out var item) && !_items.IsDead(item))
        {
            _count?.Finished(effects);
        }
    }

    private void AckMany(Caller call, int count, Effects effects)
    {
        foreach (var item in _taken.Release(call, count))
        {
            _ahead?.CallBack(_items);
            _items.PutBack(item);
        }

        ServeAll(effects);
    }

    private void Abandon(Caller call, Effects effects)
    {
        if (_unacknowledged.TryRemove(call, out var item))
        {
            Return(item, effects);
            ServeAll(effects);
        }
    }

    /// <summary>
    /// Handles a call that its caller gave up: what it was given goes back as if it had never left, and what it put is removed again unless it was taken.
    /// </summary>
    private void TakeBackLate(Caller caller, Effects effects)
    {
        _ahead?.CallBack(_items);
        if (_unacknowledged.TryRemove(caller, out var item))
        {
            if (_items.IsDead(item))
            {
                _items.Return(item);
            }
            else
            {
                _items.PutBack(item);
            }
        }

        foreach (var each in _taken.Release(caller, 0))
        {
            _items.PutBack(each);
        }

        if (_added.TryTakeBack(caller, out long last, out int count))
        {
            for (long number = last - count + 1; number <= last; number++)
            {
                if (_items.TryRemove(number))
                {
                    _count?.Finished(effects);
                }
            }

            AdmitPutters(effects);
        }

        ServeAll(effects);
    }

    private void TakeBack(int process, Effects effects)
    {
        var released = new List<QueueItem>();
        _ahead?.Forget(process, _items, released);
        _unacknowledged.ReleaseAll(process, released);
        Claims?.ReleaseAll(process, released);
        foreach (var item in released)
        {
            Return(item, effects);
        }

        ServeAll(effects);
    }

    /// <summary>Returns an item to the queue. What is read ahead is called back first, since returned items are older.</summary>
    private void Return(QueueItem item, Effects effects)
    {
        _ahead?.CallBack(_items);
        if (_items.Return(item))
        {
            _count?.Finished(effects);
        }
    }

    /// <summary>After items came back: those that have expired meanwhile are set aside or removed first.</summary>
    private void ServeAll(Effects effects)
    {
        Begin(_now, effects);
        ServeDeadLetters(effects);
        ServeGetters(effects);
    }
}
