using System.Diagnostics.CodeAnalysis;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Caches;

/// <summary>
/// The entries of a cache, in the order of their last use and in that of their writing: the first of the one is the next to be evicted, and one of the two
/// firsts is the next to expire, since all entries have the same times.
/// </summary>
internal sealed class CacheEntries(SharedCacheOptions options)
{
    private readonly Dictionary<Payload, Entry> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private readonly LinkedList<Entry> _byAge = new();
    private readonly WaitTimeout _absolute = options.AbsoluteExpiration;
    private readonly WaitTimeout _sliding = options.SlidingExpiration;
    private long _bytes;

    public int Count => _entries.Count;

    public IEnumerable<Payload> Payloads => _entries.Values.SelectMany(static entry => new[] { entry.Key, entry.Value });

    /// <summary>Removes what has expired, and returns its number.</summary>
    public int Expire(Instant now)
    {
        int before = _entries.Count;
        while (_byAge.First is { Value: var oldest } && oldest.Written.After(_absolute) <= now)
        {
            Remove(oldest);
        }

        while (_byUse.First is { Value: var unused } && unused.Used.After(_sliding) <= now)
        {
            Remove(unused);
        }

        return before - _entries.Count;
    }

    /// <summary>Reads a value, which is then the last one to be evicted.</summary>
    public bool TryUse(Payload key, Instant now, [NotNullWhen(true)] out Payload? value)
    {
        value = null;
        if (_entries.TryGetValue(key, out var entry))
        {
            value = entry.Value;
            entry.Used = now;
            _byUse.Remove(entry.ByUse);
            _byUse.AddLast(entry.ByUse);
        }

        return value is not null;
    }

    /// <summary>Writes a value, and returns how many others were evicted for it.</summary>
    public int Set(Payload key, Payload value, Instant now)
    {
        Remove(key);
        Add(new Entry(key, value, now) { Used = now });
        int evicted = 0;
        for (; _entries.Count > options.MaxCount || _bytes > options.MaxBytes; evicted++)
        {
            Remove(_byUse.First!.Value);
        }

        return evicted;
    }

    public bool Remove(Payload key)
    {
        bool has = _entries.TryGetValue(key, out var entry);
        if (has)
        {
            Remove(entry!);
        }

        return has;
    }

    public void Clear()
    {
        _entries.Clear();
        _byUse.Clear();
        _byAge.Clear();
        _bytes = 0;
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)_entries.Count);
        foreach (var entry in _byUse)
        {
            writer.Payload(entry.Key);
            writer.Payload(entry.Value);
            writer.VarInt(entry.Written.Ticks);
            writer.VarInt(entry.Used.Ticks);
        }
    }

    public void Restore(ref WireReader reader)
    {
        var entries = new List<Entry>();
        for (int left = reader.Count(); left > 0; left--)
        {
            entries.Add(new Entry(reader.SavedPayload(), reader.SavedPayload(), new Instant(reader.VarInt())) { Used = new Instant(reader.VarInt()) });
        }

        entries.ForEach(Add);
        _byAge.Clear();
        foreach (var entry in entries.OrderBy(static entry => entry.Written))
        {
            _byAge.AddLast(entry.ByAge);
        }
    }

    private void Add(Entry entry)
    {
        _entries.Add(entry.Key, entry);
        _byUse.AddLast(entry.ByUse);
        _byAge.AddLast(entry.ByAge);
        _bytes += entry.Key.Length + (long)entry.Value.Length;
    }

    private void Remove(Entry entry)
    {
        _entries.Remove(entry.Key);
        _byUse.Remove(entry.ByUse);
        _byAge.Remove(entry.ByAge);
        _bytes -= entry.Key.Length + (long)entry.Value.Length;
    }

    private sealed class Entry
    {
        public Entry(Payload key, Payload value, Instant written)
        {
            (Key, Value, Written) = (key, value, written);
            ByUse = new(this);
            ByAge = new(this);
        }

        public Payload Key { get; }

        public Payload Value { get; }

        public Instant Written { get; }

        public Instant Used { get; set; }

        public LinkedListNode<Entry> ByUse { get; }

        public LinkedListNode<Entry> ByAge { get; }
    }
}
