using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// Tracks which objects of a manager must stay alive: those that a process holds, those that were held or inside another object until less than a lease ago
/// (references may be in flight), and those inside another live object. Pure: it says what to survey and what to remove.
/// </summary>
internal sealed class ReferenceState(TimeSpan lease)
{
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly HashSet<long> _marked = [];
    private Instant _begun;
    private int _pending;

    public int Count => _entries.Count;

    public bool IsSurveying => _pending > 0;

    /// <summary>The earliest time at which a sweep may find garbage; Never if every object is held.</summary>
    public Instant NextSweep
    {
        get
        {
            var next = Instant.Never;
            foreach (var entry in _entries.Values)
            {
                // A reference inside another object may be removed at any time, which only a survey notices.
                var due = entry.Holders.Count > 0 ? Instant.Never : entry.IsInside ? _begun.After(lease) : entry.UnheldSince.After(lease);
                next = due < next ? due : next;
            }

            return next;
        }
    }

    public IEnumerable<(long Id, int Holders)> Snapshot => _entries.Select(static entry => (entry.Key, entry.Value.Holders.Count));

    /// <summary>Adds a new object, held by its creator until that releases it.</summary>
    public void Add(long id, int maker) => _entries.Add(id, new Entry { Holders = { maker } });

    public void Hold(int process, long id)
    {
        if (_entries.TryGetValue(id, out var entry))
        {
            entry.Holders.Add(process);
            entry.IsInside = false;
        }
    }

    public void Release(int process, long id, Instant now)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Holders.Remove(process))
        {
            entry.UnheldSince = now;
        }
    }

    public void ProcessGone(int process, Instant now)
    {
        foreach (long id in _entries.Keys)
        {
            Release(process, id, now);
        }
    }

    /// <summary>Begins a sweep and returns the objects to survey first. No other sweep may be in progress.</summary>
    public IReadOnlyList<long> BeginSweep(Instant now)
    {
        _begun = now;
        _marked.Clear();
        return Mark(_entries.Where(entry => IsRoot(entry.Value)).Select(static entry => entry.Key));
    }

    /// <summary>Records the survey of an object and returns the objects inside it that are to be surveyed next.</summary>
    public IReadOnlyList<long> Surveyed(IReadOnlyList<long> inside)
    {
        _pending--;
        return Mark(inside.Where(_entries.ContainsKey));
    }

    /// <summary>Ends a sweep when nothing is left to survey; removes and returns the unreachable objects.</summary>
    public IReadOnlyList<long> EndSweep()
    {
        var lost = new List<long>();
        foreach (var (id, entry) in _entries)
        {
            if (entry.Holders.Count > 0)
            {
                continue;
            }

            if (_marked.Contains(id) && !IsRoot(entry))
            {
                entry.IsInside = true;
            }
            else if (entry.IsInside)
            {
                // The reference was taken out of its container since the last sweep, and may be in flight.
                entry.IsInside = false;
                entry.UnheldSince = _begun;
            }
            else if (entry.UnheldSince.After(lease) <= _begun)
            {
                lost.Add(id);
            }
        }

        lost.ForEach(id => _entries.Remove(id));
        return lost;
    }

    private bool IsRoot(Entry entry) => entry.Holders.Count > 0 || (!entry.IsInside && entry.UnheldSince.After(lease) > _begun);

    private List<long> Mark(IEnumerable<long> ids)
    {
        var fresh = ids.Where(_marked.Add).ToList();
        _pending += fresh.Count;
        return fresh;
    }

    private sealed class Entry
    {
        public HashSet<int> Holders { get; } = [];

        public Instant UnheldSince { get; set; }

        /// <summary>Whether no process holds the object and the last sweep found it inside another one.</summary>
        public bool IsInside { get; set; }
    }
}
