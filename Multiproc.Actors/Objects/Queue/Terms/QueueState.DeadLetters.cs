using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>Dead letters, and those who wait for them.</content>
internal sealed partial class QueueState
{
    private readonly WaitQueue<Wanted> _letterGetters = new();

    /// <summary>In place of the redeliveries of a dead letter that expired: less than zero by one more than they are.</summary>
    public static int Expired(int redeliveries) => -1 - redeliveries;

    private void TakeDeadLetter(Caller caller, WaitTimeout timeout, Instant now, Effects effects)
    {
        if (_items.TryTakeDead(out var item))
        {
            GiveDeadLetter(caller, item, effects);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _letterGetters.Enqueue(caller, now.After(timeout), Wanted.ADeadLetter);
            effects.Arm(Earliest);
        }
    }

    private void ServeDeadLetters(Effects effects)
    {
        while (_items.DeadCount > 0 && _letterGetters.TryDequeue(out var waiter) && _items.TryTakeDead(out var item))
        {
            GiveDeadLetter(waiter.Caller, item, effects);
        }
    }

    private void GiveDeadLetter(Caller caller, QueueItem item, Effects effects)
    {
        _unacknowledged.AddLease(caller, item);
        effects.Reply(caller, Reply.Of(item.Value, item.Terms is { HasExpired: true } ? Expired(item.Redeliveries) : item.Redeliveries));
    }
}
