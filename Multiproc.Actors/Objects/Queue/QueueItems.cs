using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>An item of a queue: its place in the order of putting, and how often it came back from somebody.</summary>
internal readonly record struct QueueItem(long Number, Payload Value, int Redeliveries);

/// <summary>
/// The items that nobody has, in their order. What came back is older than all that was never given out, so it goes first. An item that
/// came back too often is set aside: a dead letter.
/// </summary>
internal sealed class QueueItems(int maxRedeliveries)
{
    private readonly Queue<QueueItem> _fresh = new();
    private readonly SortedDictionary<long, QueueItem> _returned = [];
    private readonly SortedDictionary<long, QueueItem> _dead = [];
    private long _lastNumber;

    public int Count => _fresh.Count + _returned.Count;

    public int DeadCount => _dead.Count;

    /// <summary>Those to be given, and the dead ones.</summary>
    public IEnumerable<QueueItem> All => _returned.Values.Concat(_fresh).Concat(_dead.Values);

    public bool IsDead(QueueItem item) => item.Redeliveries > maxRedeliveries;

    public void Append(Payload value) => _fresh.Enqueue(new QueueItem(++_lastNumber, value, 0));

    public bool TryTake(out QueueItem item) =>
        _returned.Count > 0 ? TryTakeFirst(_returned, out item) : _fresh.TryDequeue(out item);

    public bool TryTakeDead(out QueueItem item) => TryTakeFirst(_dead, out item);

    /// <summary>Back to its place, as if it had never left.</summary>
    public void PutBack(QueueItem item) => _returned.Add(item.Number, item);

    /// <summary>Back to its place, marked; or aside. True when it has become a dead letter by this.</summary>
    public bool Return(QueueItem item)
    {
        if (IsDead(item))
        {
            // Whoever had it took it as a dead letter, and that it stays.
            _dead.Add(item.Number, item);
            return false;
        }

        var marked = item with { Redeliveries = item.Redeliveries + 1 };
        bool dies = IsDead(marked);
        (dies ? _dead : _returned).Add(item.Number, marked);
        return dies;
    }

    private static bool TryTakeFirst(SortedDictionary<long, QueueItem> items, out QueueItem item)
    {
        foreach (var first in items)
        {
            item = first.Value;
            items.Remove(first.Key);
            return true;
        }

        item = default;
        return false;
    }
}
