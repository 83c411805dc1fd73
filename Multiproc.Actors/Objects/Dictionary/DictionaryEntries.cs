using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Dictionaries;

/// <summary>
/// Entries in insertion order. Every write gives its entry a new version, and every entry has a position of its own, after which a reader continues whatever
/// was added or removed meanwhile.
/// </summary>
internal sealed class DictionaryEntries
{
    private readonly Dictionary<Payload, DictionaryEntry> _byKey = [];
    private readonly List<DictionaryEntry> _order = [];
    private long _lastPlace;
    private long _lastVersion;
    private int _removed;

    public int Count => _byKey.Count;

    public IEnumerable<DictionaryEntry> All => _byKey.Values;

    public DictionaryEntry? Find(Payload key) => _byKey.GetValueOrDefault(key);

    /// <summary>The version of an entry; -1 when there is none.</summary>
    public long VersionOf(Payload key) => Find(key)?.Version ?? -1;

    /// <summary>The entry that was inserted last.</summary>
    public DictionaryEntry? Youngest()
    {
        for (int at = _order.Count - 1; at >= 0; at--)
        {
            if (_order[at] is { IsRemoved: false } last)
            {
                return last;
            }
        }

        return null;
    }

    public void Put(Payload key, Payload value)
    {
        var entry = Enter(key);
        entry.Value = value;
        entry.Version = ++_lastVersion;
    }

    /// <summary>Adds to an entry whose value is a number.</summary>
    public long Add(DictionaryEntry entry, long delta)
    {
        entry.Number += delta;
        entry.Version = ++_lastVersion;
        return entry.Number;
    }

    /// <summary>Finds the entry of a key; a new one is zero.</summary>
    public DictionaryEntry Enter(Payload key)
    {
        if (!_byKey.TryGetValue(key, out var entry))
        {
            var kept = new Payload(key.Bytes.ToArray());
            entry = new DictionaryEntry(kept, ++_lastPlace);
            _byKey.Add(kept, entry);
            _order.Add(entry);
        }

        return entry;
    }

    public void Remove(Payload key)
    {
        if (_byKey.Remove(key, out var entry))
        {
            entry.IsRemoved = true;
            if (++_removed > 32 && _removed > _order.Count / 2)
            {
                _order.RemoveAll(static each => each.IsRemoved);
                _removed = 0;
            }
        }
    }

    public void Clear()
    {
        _byKey.Clear();
        _order.Clear();
        _removed = 0;
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(_lastPlace);
        writer.VarInt(_lastVersion);
        writer.VarUInt((uint)_byKey.Count);
        foreach (var entry in _order)
        {
            if (!entry.IsRemoved)
            {
                writer.VarInt(entry.Place);
                writer.VarInt(entry.Version);
                writer.Payload(entry.Key);
                writer.Payload(entry.Value);
            }
        }
    }

    public void Restore(ref WireReader reader)
    {
        (_lastPlace, _lastVersion) = (reader.VarInt(), reader.VarInt());
        for (int left = reader.Count(); left > 0; left--)
        {
            long place = reader.VarInt();
            long version = reader.VarInt();
            var entry = new DictionaryEntry(reader.SavedPayload(), place) { Value = reader.SavedPayload(), Version = version };
            _byKey.Add(entry.Key, entry);
            _order.Add(entry);
        }
    }

    /// <summary>Reads keys and values of the entries after a position, in order.</summary>
    /// <returns>The position after which to continue; -1 at the end.</returns>
    public long ReadBehind(long place, long max, List<Payload> found)
    {
        for (int at = FirstBehind(place); at < _order.Count; at++)
        {
            if (_order[at].IsRemoved)
            {
                continue;
            }

            if (found.Count >= 2L * Math.Max(1, max))
            {
                return _order[at].Place - 1;
            }

            found.Add(_order[at].Key);
            found.Add(_order[at].Value);
        }

        return -1;
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
}
