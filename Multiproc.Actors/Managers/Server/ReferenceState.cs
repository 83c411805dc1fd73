using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// Which objects of a manager must live: those that a process holds, those that were held or inside another object until less than a lease ago
/// (they may be on their way to somebody), and those inside another one that lives. Pure: it says what to survey and what to remove.
/// </summary>
internal sealed class ReferenceState(TimeSpan lease)
{
    private readonly Dictionary<long, Entry> _entries = [];
    private readonly HashSet<long> _marked = [];
    private Instant _begun;
    private int _pending;

    public int Count => _entries.Count;

    public bool IsSurveying => _pending > 0;

    /// <summary>When a sweep may find something; Never when everything is held.</summary>
    public Instant NextSweep
    {
        get
        {
            var next = Instant.Never;
            foreach (var entry in _entries.Values)
            {
                // What lives inside another object may be taken out of it at any time, which is seen only by looking.
                var due = entry.Holders.Count > 0 ? Instant.Never : entry.IsInside ? _begun.After(lease) : entry.UnheldSince.After(lease);
                next = due < next ? due : next;
            }

            return next;
        }
    }

    public IEnumerable<(long Id, int Holders)> Snapshot => _entries.Select(static entry => (entry.Key, entry.Value.Holders.Count));

    /// <summary>A new object: its maker holds it until it says otherwise.</summary>
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

    /// <summary>Begins to trace; gives the objects to survey first. None may be under way.</summary>
    public IReadOnlyList<long> BeginSweep(Instant now)
    {
        _begun = now;
        _marked.Clear();
        return Mark(_entries.Where(entry => IsRoot(entry.Value)).Select(static entry => entry.Key));
    }

    /// <summary>An object was surveyed: gives those inside it that are to be surveyed next.</summary>
    public IReadOnlyList<long> Surveyed(IReadOnlyList<long> inside)
    {
        _pending--;
        return Mark(inside.Where(_entries.ContainsKey));
    }

    /// <summary>Ends a sweep when nothing is left to survey; forgets and gives the objects that nobody can reach.</summary>
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
                // It was taken out since the last sweep, and may be in flight.
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

        /// <summary>Nobody holds it, and the last sweep found it inside another object.</summary>
        public bool IsInside { get; set; }
    }
}
