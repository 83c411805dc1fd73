using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>An item of a queue, with its position in the order of puts and the number of its redeliveries.</summary>
internal readonly record struct QueueItem(long Number, Payload Value, int Redeliveries);

/// <summary>
/// The items in the queue, in order. Returned items are older than all that were never given out, so they go first. An item that was returned too often is set
/// aside as a dead letter.
/// </summary>
internal sealed class QueueItems(int maxRedeliveries)
{
    private readonly Queue<QueueItem> _fresh = new();
    private readonly List<QueueItem> _returned = []; // The oldest is last: an item that is returned and taken again next costs no search.
    private readonly SortedDictionary<long, QueueItem> _dead = [];
    private long _lastNumber;

    public int Count => _fresh.Count + _returned.Count;

    public int DeadCount => _dead.Count;

    /// <summary>All items: those in order, and the dead letters.</summary>
    public IEnumerable<QueueItem> All => _returned.Concat(_fresh).Concat(_dead.Values);

    public bool IsDead(QueueItem item) => item.Redeliveries > maxRedeliveries;

    public static void Write(WireWriter writer, QueueItem item)
    {
        writer.VarUInt((ulong)item.Number);
        writer.Payload(item.Value);
        writer.VarUInt((uint)item.Redeliveries);
    }

    public static void Write(WireWriter writer, IReadOnlyCollection<QueueItem> items)
    {
        writer.VarUInt((uint)items.Count);
        foreach (var item in items)
        {
            Write(writer, item);
        }
    }

    public static QueueItem ReadItem(ref WireReader reader) => new((long)reader.VarUInt(), reader.SavedPayload(), reader.Natural());

    public static List<QueueItem> ReadItems(ref WireReader reader)
    {
        var items = new List<QueueItem>();
        for (int left = reader.Count(); left > 0; left--)
        {
            items.Add(ReadItem(ref reader));
        }

        return items;
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((ulong)_lastNumber);
        Write(writer, _fresh);
        Write(writer, _returned);
        Write(writer, _dead.Values);
    }

    public void Restore(ref WireReader reader)
    {
        _lastNumber = (long)reader.VarUInt();
        ReadItems(ref reader).ForEach(_fresh.Enqueue);
        _returned.AddRange(ReadItems(ref reader));
        ReadItems(ref reader).ForEach(item => _dead.Add(item.Number, item));
    }

    /// <returns>The item's number.</returns>
    public long Append(Payload value)
    {
        _fresh.Enqueue(new QueueItem(++_lastNumber, value, 0));
        return _lastNumber;
    }

    /// <summary>The number of the item that was added last.</summary>
    public long LastNumber => _lastNumber;

    /// <summary>Removes an item that should not have been put; false when it was already taken.</summary>
    public bool TryRemove(long number)
    {
        int before = Count;
        _returned.RemoveAll(item => item.Number == number);
        for (int left = _fresh.Count; left > 0 && Count == before; left--)
        {
            // Rotates once around, so that the order stays.
            var item = _fresh.Dequeue();
            if (item.Number != number)
            {
                _fresh.Enqueue(item);
            }
            else
            {
                for (int rest = left - 1; rest > 0; rest--)
                {
                    _fresh.Enqueue(_fresh.Dequeue());
                }

                return true;
            }
        }

        return Count < before;
    }

    public bool TryPeek(out QueueItem item)
    {
        if (_returned.Count == 0)
        {
            return _fresh.TryPeek(out item);
        }

        item = _returned[^1];
        return true;
    }

    public bool TryTake(out QueueItem item)
    {
        if (_returned.Count == 0)
        {
            return _fresh.TryDequeue(out item);
        }

        item = _returned[^1];
        _returned.RemoveAt(_returned.Count - 1);
        return true;
    }

    public bool TryTakeDead(out QueueItem item)
    {
        foreach (var first in _dead)
        {
            item = first.Value;
            return _dead.Remove(first.Key);
        }

        item = default;
        return false;
    }

    /// <summary>Returns an item to its place, as if it had never left.</summary>
    public void PutBack(QueueItem item)
    {
        int place = _returned.Count;
        while (place > 0 && _returned[place - 1].Number < item.Number)
        {
            place--;
        }

        _returned.Insert(place, item);
    }

    /// <summary>Returns an item to its place, counted as redelivered, or sets it aside. True when it becomes a dead letter.</summary>
    public bool Return(QueueItem item)
    {
        if (IsDead(item))
        {
            // It was taken as a dead letter, and stays one.
            _dead.Add(item.Number, item);
            return false;
        }

        var marked = item with { Redeliveries = item.Redeliveries + 1 };
        bool dies = IsDead(marked);
        if (dies)
        {
            _dead.Add(item.Number, marked);
        }
        else
        {
            PutBack(marked);
        }

        return dies;
    }
}
