using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>An item of a queue, with its position in the order of puts, the number of its redeliveries, and the terms that its put had, if any.</summary>
internal readonly record struct QueueItem(long Number, Payload Value, int Redeliveries, ItemTerms? Terms = null)
{
    /// <summary>Its place among the items of its priority.</summary>
    public long Place => Terms?.Place ?? Number;
}

/// <summary>
/// The items in the queue, by priority and then in order. An item that was returned too often is set aside as a dead letter. A queue of items without terms
/// has one line and nothing else.
/// </summary>
internal sealed class QueueItems(int maxRedeliveries)
{
    /// <summary>In saved items: marks that terms follow. Above the bits of the redeliveries.</summary>
    private const ulong HasTerms = 1UL << 32;

    private readonly QueueLine _line = new();
    private readonly SortedDictionary<long, QueueItem> _dead = [];
    private SortedDictionary<int, QueueLine>? _others; // By priority, the highest first; without empty ones.
    private ItemTimes? _times;
    private long _lastNumber;

    /// <summary>The number of items that can be taken.</summary>
    public int Count => _others is null ? _line.Count : _line.Count + _others.Values.Sum(static line => line.Count);

    /// <summary>The number of items that are not to be taken yet.</summary>
    public int DelayedCount => _times?.DelayedCount ?? 0;

    public int DeadCount => _dead.Count;

    /// <summary>The next moment at which an item is ready, or expires.</summary>
    public Instant NextTime => _times?.Next ?? Instant.Never;

    /// <summary>All items: those in order, those to come, and the dead letters.</summary>
    public IEnumerable<QueueItem> All => Lines.SelectMany(static line => line.Returned.Concat(line.Fresh)).Concat(_times?.Delayed ?? []).Concat(_dead.Values);

    /// <summary>The number of the item that was added last.</summary>
    public long LastNumber => _lastNumber;

    private IEnumerable<QueueLine> Lines => _others is null ? [_line] : _others.Values.Prepend(_line);

    private QueueLine First => _others is null ? _line : FirstOf(_others);

    public bool IsDead(QueueItem item) => item.Redeliveries > maxRedeliveries || item.Terms is { HasExpired: true };

    public static void Write(WireWriter writer, QueueItem item)
    {
        writer.VarUInt((ulong)item.Number);
        writer.Payload(item.Value);
        writer.VarUInt((uint)item.Redeliveries | (item.Terms is null ? 0 : HasTerms));
        item.Terms?.Save(writer);
    }

    public static void Write(WireWriter writer, IReadOnlyCollection<QueueItem> items)
    {
        writer.VarUInt((uint)items.Count);
        foreach (var item in items)
        {
            Write(writer, item);
        }
    }

    public static QueueItem ReadItem(ref WireReader reader)
    {
        long number = (long)reader.VarUInt();
        var value = reader.SavedPayload();
        ulong redeliveries = reader.VarUInt();
        return new QueueItem(number, value, (int)(redeliveries & int.MaxValue), (redeliveries & HasTerms) == 0 ? null : ItemTerms.Restore(ref reader));
    }

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
        Write(writer, [.. Lines.SelectMany(static line => line.Fresh), .. _times?.Delayed ?? []]);
        Write(writer, [.. Lines.SelectMany(static line => line.Returned)]);
        Write(writer, _dead.Values);
    }

    public void Restore(ref WireReader reader)
    {
        _lastNumber = (long)reader.VarUInt();
        ReadItems(ref reader).ForEach(Enter);
        ReadItems(ref reader).ForEach(item =>
        {
            LineOf(item).AddReturned(item);
            Note(item);
        });
        ReadItems(ref reader).ForEach(item => _dead.Add(item.Number, item));
    }

    /// <returns>The item's number.</returns>
    public long Append(Payload value)
    {
        _line.Append(new QueueItem(++_lastNumber, value, 0));
        return _lastNumber;
    }

    /// <summary>Adds an item with terms, which may not be ready yet.</summary>
    /// <returns>The item's number.</returns>
    public long Append(Payload value, ItemTerms terms, Instant now)
    {
        long number = ++_lastNumber;
        Enter(new QueueItem(number, value, 0, terms with { Place = terms.Ready <= now ? number : 0 }));
        return number;
    }

    /// <summary>Takes an item that is ready into its line, as if it were put now.</summary>
    /// <returns>False when none is ready.</returns>
    public bool TryReady(Instant now, out QueueItem item)
    {
        if (_times is null || !_times.TryTakeReady(now, out item))
        {
            item = default;
            return false;
        }

        item = item with { Terms = item.Terms! with { Place = ++_lastNumber } };
        Enter(item);
        return true;
    }

    /// <summary>Removes an item that has expired.</summary>
    /// <returns>False when none has.</returns>
    public bool TryExpire(Instant now, out QueueItem item)
    {
        if (_times is null || !_times.TryTakeExpired(now, out item))
        {
            item = default;
            return false;
        }

        LineOf(item).Drop(item.Number);
        Tidy(item);
        return true;
    }

    /// <summary>Sets an item aside that has expired.</summary>
    public void SetAside(QueueItem item) => _dead.Add(item.Number, item with { Terms = item.Terms! with { HasExpired = true } });

    /// <summary>Removes an item that should not have been put; false when it was already taken.</summary>
    public bool TryRemove(long number)
    {
        if (_line.TryRemove(number))
        {
            _times?.Forget(number);
            return true;
        }

        foreach (var (priority, line) in _others ?? [])
        {
            if (line.TryRemove(number))
            {
                _times?.Forget(number);
                Tidy(priority, line);
                return true;
            }
        }

        return _times?.RemoveDelayed(number) ?? false;
    }

    public bool TryPeek(out QueueItem item) => First.TryPeek(out item);

    public bool TryTake(out QueueItem item)
    {
        bool taken = First.TryTake(out item);
        if (item.Terms is not null)
        {
            _times?.Remove(item);
            Tidy(item);
        }

        return taken;
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
        LineOf(item).PutBack(item);
        Note(item);
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

    private static QueueLine FirstOf(SortedDictionary<int, QueueLine> others, QueueLine ordinary)
    {
        foreach (var (priority, line) in others)
        {
            return priority > 0 || ordinary.Count == 0 ? line : ordinary;
        }

        return ordinary;
    }

    private QueueLine FirstOf(SortedDictionary<int, QueueLine> others) => FirstOf(others, _line);

    /// <summary>Adds an item that was never given out: to its line, or to those that are not ready.</summary>
    private void Enter(QueueItem item)
    {
        if (item.Terms is { Place: 0 })
        {
            (_times ??= new()).AddDelayed(item);
        }
        else
        {
            LineOf(item).Append(item);
            Note(item);
        }
    }

    private QueueLine LineOf(QueueItem item)
    {
        int priority = item.Terms?.Priority ?? 0;
        if (priority == 0)
        {
            return _line;
        }

        _others ??= new(Comparer<int>.Create(static (left, right) => right.CompareTo(left)));
        if (!_others.TryGetValue(priority, out var line))
        {
            _others.Add(priority, line = new());
        }

        return line;
    }

    private void Note(QueueItem item)
    {
        if (item.Terms is { Expires.IsNever: false })
        {
            (_times ??= new()).Add(item);
        }
    }

    private void Tidy(QueueItem item)
    {
        if (item.Terms!.Priority is not 0 and var priority && _others?.GetValueOrDefault(priority) is { } line)
        {
            Tidy(priority, line);
        }
    }

    private void Tidy(int priority, QueueLine line)
    {
        if (line.Count == 0)
        {
            _others!.Remove(priority);
            _others = _others.Count == 0 ? null : _others;
        }
    }
}
