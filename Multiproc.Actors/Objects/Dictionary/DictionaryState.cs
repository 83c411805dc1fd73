using Multiproc.Objects.References;
using Multiproc.Serialization;

namespace Multiproc.Objects.Dictionaries;

/// <summary>
/// A dictionary that remembers the order of insertion, as Python's does. Every write gives its entry a new version. Pages of it can be
/// read while others write: an entry that stays is seen once, whatever comes and goes around it.
/// </summary>
internal sealed class DictionaryState : IObjectState, ITraceable
{
    private readonly Dictionary<Payload, Entry> _entries = [];
    private readonly List<Entry> _order = [];
    private long _lastPlace;
    private long _lastVersion;
    private int _removed;

    public IEnumerable<Payload> Payloads => _entries.Values.SelectMany(static entry => new[] { entry.Key, entry.Value });

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        if (command is DictionaryCommand asked)
        {
            effects.Reply(caller, Handle(asked));
        }
    }

    public StateView Look() => new() { Counts = new Dictionary<string, long> { ["entries"] = _entries.Count } };

    private Answer Handle(DictionaryCommand command)
    {
        switch (command)
        {
            case DictionaryCommand.Get get:
                return Found(get.Key);
            case DictionaryCommand.Set set:
                Put(set.Key, set.Value);
                return Answer.Done;
            case DictionaryCommand.TryAdd add:
                bool isNew = !_entries.ContainsKey(add.Key);
                if (isNew)
                {
                    Put(add.Key, add.Value);
                }

                return Answer.Of(isNew);
            case DictionaryCommand.Remove remove:
                var answer = Found(remove.Key);
                Remove(remove.Key);
                return answer;
            case DictionaryCommand.Count:
                return Answer.Of(_entries.Count);
            case DictionaryCommand.Clear:
                _entries.Clear();
                _order.Clear();
                _removed = 0;
                return Answer.Done;
            case DictionaryCommand.CompareAndSet swap:
                bool matches = VersionOf(swap.Key) == swap.Version;
                if (matches)
                {
                    Put(swap.Key, swap.Value);
                }

                return Answer.Of(matches);
            case DictionaryCommand.Page page:
                return Page(page);
            case DictionaryCommand.Increment increment:
                return Increment(increment);
            case DictionaryCommand.IncrementOnce once:
                return IncrementOnce(once);
            case DictionaryCommand.GetMany many:
                return GetMany(many);
            case DictionaryCommand.PopLast:
                return PopLast();
            case DictionaryCommand.Commit commit:
                return Commit(commit);
            default:
                return new Answer(AnswerStatus.Malformed, Reason: $"{command.GetType().Name} is not for a dictionary.");
        }
    }

    private Answer Found(Payload key) => _entries.TryGetValue(key, out var entry) ? Answer.Of(entry.Value, entry.Version) : Answer.Of(-1);

    private long VersionOf(Payload key) => _entries.TryGetValue(key, out var entry) ? entry.Version : -1;

    private Answer GetMany(DictionaryCommand.GetMany many)
    {
        using var writer = new WireWriter();
        writer.VarUInt((uint)many.Keys.Count);
        foreach (var key in many.Keys)
        {
            bool isThere = _entries.TryGetValue(key, out var entry);
            writer.VarInt(isThere ? entry!.Version : -1);
            writer.Payload(isThere ? entry!.Value : Payload.Empty);
        }

        return Answer.Of(new Payload(writer.ToArray()), many.Keys.Count);
    }

    private Answer PopLast()
    {
        for (int at = _order.Count - 1; at >= 0; at--)
        {
            if (_order[at] is { IsRemoved: false } last)
            {
                Remove(last.Key);
                using var writer = new WireWriter();
                writer.Payload(last.Key);
                writer.Payload(last.Value);
                return Answer.Of(new Payload(writer.ToArray()), last.Version);
            }
        }

        return Answer.Of(-1);
    }

    private Answer Commit(DictionaryCommand.Commit commit)
    {
        foreach (var (key, version) in commit.Reads)
        {
            if (VersionOf(key) != version)
            {
                return Answer.Of(0);
            }
        }

        foreach (var (key, value) in commit.Writes)
        {
            if (value is { } written)
            {
                Put(key, written);
            }
            else
            {
                Remove(key);
            }
        }

        return Answer.Of(1);
    }

    private void Put(Payload key, Payload value)
    {
        var entry = Enter(key);
        entry.Value = value;
        entry.Version = ++_lastVersion;
    }

    private Entry Enter(Payload key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            var kept = new Payload(key.Bytes.ToArray());
            entry = new Entry(kept, ++_lastPlace);
            _entries.Add(kept, entry);
            _order.Add(entry);
        }

        return entry;
    }

    private void Remove(Payload key)
    {
        if (_entries.Remove(key, out var entry))
        {
            entry.IsRemoved = true;
            if (++_removed > 32 && _removed > _order.Count / 2)
            {
                _order.RemoveAll(static each => each.IsRemoved);
                _removed = 0;
            }
        }
    }

    /// <summary>All or nothing: a value that is no whole number refuses the whole step.</summary>
    private Answer Increment(DictionaryCommand.Increment increment)
    {
        var items = increment.Items;
        var found = new Entry?[items.Count];
        for (int i = 0; i < found.Length; i++)
        {
            if (_entries.TryGetValue(items[i].Key, out found[i]) && !found[i]!.IsNumber)
            {
                return Answer.Refused("a value to be incremented is not a whole number.");
            }
        }

        long last = 0;
        for (int i = 0; i < found.Length; i++)
        {
            // The same key may come twice in one step: then it is there by now.
            var entry = found[i] ?? Enter(items[i].Key);
            entry.Number = last = entry.Number + items[i].Delta;
            entry.Version = ++_lastVersion;
        }

        return Answer.Of(last);
    }

    private Answer IncrementOnce(DictionaryCommand.IncrementOnce once)
    {
        if (_entries.ContainsKey(once.Mark))
        {
            return Answer.Of(false);
        }

        var answer = Increment(once.Amounts);
        if (answer.Status != AnswerStatus.Ok)
        {
            return answer;
        }

        Put(once.Mark, PackedNumber.Write(1));
        return Answer.Of(true);
    }

    private Answer Page(DictionaryCommand.Page page)
    {
        int at = FirstBehind(page.Cursor);
        var found = new List<Payload>();
        long next = -1;
        for (; at < _order.Count; at++)
        {
            if (_order[at].IsRemoved)
            {
                continue;
            }

            if (found.Count >= 2L * Math.Max(1, page.Max))
            {
                next = _order[at].Place - 1;
                break;
            }

            found.Add(_order[at].Key);
            found.Add(_order[at].Value);
        }

        using var writer = new WireWriter();
        writer.Payloads(found);
        return Answer.Of(new Payload(writer.ToArray()), next);
    }

    private int FirstBehind(long cursor)
    {
        int low = 0;
        int high = _order.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_order[middle].Place <= cursor)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>A value that is counted on is kept as a number, and packed when somebody wants to see it.</summary>
    private sealed class Entry(Payload key, long place)
    {
        private Payload _value = PackedNumber.Write(0);
        private long? _number;

        public Payload Key { get; } = key;

        public long Place { get; } = place;

        public Payload Value
        {
            get => _value.Length == 0 && _number is { } number ? _value = PackedNumber.Write(number) : _value;
            set => (_value, _number) = (value, null);
        }

        public bool IsNumber
        {
            get
            {
                if (_number is null && PackedNumber.TryRead(_value, out long number))
                {
                    _number = number;
                }

                return _number is not null;
            }
        }

        public long Number
        {
            get => IsNumber ? _number!.Value : 0;
            set => (_value, _number) = (Payload.Empty, value);
        }

        public long Version { get; set; }

        public bool IsRemoved { get; set; }
    }
}
