using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>The items of a queue that wait for a moment: those that are not to be taken yet, and those that will expire.</summary>
internal sealed class ItemTimes
{
    private readonly SortedDictionary<(Instant At, long Number), QueueItem> _delayed = new(Comparer<(Instant At, long Number)>.Create(Earlier));
    private readonly SortedDictionary<(Instant At, long Number), QueueItem> _expiring = new(Comparer<(Instant At, long Number)>.Create(Earlier));

    /// <summary>Those that are not to be taken yet, in the order in which they will be ready.</summary>
    public IEnumerable<QueueItem> Delayed => _delayed.Values;

    public int DelayedCount => _delayed.Count;

    /// <summary>The next moment at which an item is ready, or expires.</summary>
    public Instant Next
    {
        get
        {
            var ready = Earliest(_delayed);
            var expires = Earliest(_expiring);
            return ready < expires ? ready : expires;
        }
    }

    public void AddDelayed(QueueItem item) => _delayed.Add((item.Terms!.Ready, item.Number), item);

    public bool RemoveDelayed(long number)
    {
        foreach (var (key, item) in _delayed)
        {
            if (item.Number == number)
            {
                return _delayed.Remove(key);
            }
        }

        return false;
    }

    public bool TryTakeReady(Instant now, out QueueItem item) => TryTake(_delayed, now, out item);

    /// <summary>Notes that an item is in the line, if it expires.</summary>
    public void Add(QueueItem item)
    {
        if (!item.Terms!.Expires.IsNever)
        {
            _expiring.Add((item.Terms.Expires, item.Number), item);
        }
    }

    /// <summary>Forgets an item that has left the line.</summary>
    public void Remove(QueueItem item) => _expiring.Remove((item.Terms!.Expires, item.Number));

    /// <summary>Forgets an item of which only the number is known.</summary>
    public void Forget(long number)
    {
        foreach (var (key, item) in _expiring)
        {
            if (item.Number == number)
            {
                _expiring.Remove(key);
                return;
            }
        }
    }

    public bool TryTakeExpired(Instant now, out QueueItem item) => TryTake(_expiring, now, out item);

    private static Instant Earliest(SortedDictionary<(Instant At, long Number), QueueItem> items)
    {
        foreach (var first in items)
        {
            return first.Key.At;
        }

        return Instant.Never;
    }

    private static bool TryTake(SortedDictionary<(Instant At, long Number), QueueItem> items, Instant now, out QueueItem item)
    {
        foreach (var (key, first) in items)
        {
            if (key.At <= now)
            {
                item = first;
                return items.Remove(key);
            }

            break;
        }

        item = default;
        return false;
    }

    private static int Earlier((Instant At, long Number) left, (Instant At, long Number) right) =>
        left.At == right.At ? left.Number.CompareTo(right.Number) : left.At.CompareTo(right.At);
}
