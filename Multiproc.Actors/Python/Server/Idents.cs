using Multiproc.Nodes;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;

namespace Multiproc.Python.Server;

/// <summary>
/// The objects that Python programs know, by ident, and how many proxies they have of each. An object lives for as long as it is counted here, or is held
/// elsewhere, as by a C# program or by another object; an ident stays known for as long as its object lives, and is never used twice.
/// </summary>
internal sealed class Idents
{
    private const int FirstSweep = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<object, Entry> _identities = new(ReferenceEqualityComparer.Instance);
    private readonly string _prefix = Node.Current.Id.ToString("n")[..8];
    private long _lastLocal;
    private int _sweepAt = FirstSweep;

    /// <summary>The number of objects that are counted.</summary>
    public int Counted
    {
        get
        {
            lock (_gate)
            {
                return _all.Values.Count(static each => each.Count > 0);
            }
        }
    }

    /// <summary>Makes an object known, or finds it.</summary>
    /// <exception cref="NotSupportedException">Python has no such type, or the object lives in another process.</exception>
    public Entry Of(SharedObject facade, Func<Referent>? referent = null)
    {
        if (facade.Handle.NodeId != Node.Current.Id)
        {
            throw new NotSupportedException($"{facade.Identity} does not live in this manager, so it cannot be reached through it: make it with the manager.");
        }

        string ident = $"{_prefix}-{facade.Handle.Id:x}";
        lock (_gate)
        {
            if (_all.TryGetValue(ident, out var known))
            {
                return known;
            }

            var made = new Entry(ident, referent?.Invoke() ?? ReferentOf.Facade(facade), facade);
            _all.Add(ident, made);
            Sweep_UnderGate();
            return made;
        }
    }

    /// <summary>Makes an object known that lives here alone, until it is not counted any more.</summary>
    public Entry Of(Referent local)
    {
        lock (_gate)
        {
            if (local.Identity is { } identity && _identities.TryGetValue(identity, out var known))
            {
                return known;
            }

            var made = new Entry($"{_prefix}-local-{++_lastLocal:x}", local, facade: null);
            _all.Add(made.Ident, made);
            if (local.Identity is { } added)
            {
                _identities.Add(added, made);
            }

            return made;
        }
    }

    /// <summary>Makes an object known that lives here alone, and counts one proxy of it.</summary>
    public Entry OfCounted(Referent local, int pid)
    {
        lock (_gate)
        {
            var entry = Of(local);
            Count(entry.Ident, pid);
            return entry;
        }
    }

    public Entry? Find(string ident)
    {
        lock (_gate)
        {
            return _all.GetValueOrDefault(ident) is { } found && found.IsAlive ? found : null;
        }
    }

    /// <summary>Counts one proxy more.</summary>
    /// <param name="ident">The object.</param>
    /// <param name="pid">The process that has the proxy; 0 when it is not known.</param>
    /// <exception cref="PythonException">A KeyError: there is no such object, or not any more.</exception>
    public void Count(string ident, int pid)
    {
        lock (_gate)
        {
            var entry = Required_UnderGate(ident);
            entry.Hold();
            if (pid == 0)
            {
                entry.Unknown++;
            }
            else
            {
                entry.Known[pid] = entry.Known.GetValueOrDefault(pid) + 1;
            }
        }
    }

    /// <summary>Makes an object known for good.</summary>
    /// <exception cref="NotSupportedException">Python has no such type, or the object lives in another process.</exception>
    public Entry Offer(SharedObject facade)
    {
        var entry = Of(facade);
        lock (_gate)
        {
            entry.IsOffered = true;
            entry.Hold();
        }

        return entry;
    }

    /// <summary>Counts one proxy less. An object that is not counted, but alive, stays as it is.</summary>
    /// <exception cref="PythonException">A KeyError: there is no such object, or not any more.</exception>
    public void Discount(string ident, int pid)
    {
        lock (_gate)
        {
            var entry = Required_UnderGate(ident);
            if (!TryDiscount(entry, pid) && entry.Unknown > 0)
            {
                entry.Unknown--;
            }
            else if (entry.Count > 0 && pid == 0)
            {
                TryDiscount(entry, entry.Known.Keys.First());
            }

            LetGo_UnderGate(entry);
        }
    }

    /// <summary>Forgets the proxies of a process that has ended.</summary>
    public void Forget(int pid)
    {
        lock (_gate)
        {
            foreach (var entry in _all.Values.ToList())
            {
                if (entry.Known.Remove(pid))
                {
                    LetGo_UnderGate(entry);
                }
            }
        }
    }

    /// <summary>Python's debug_info: a line or two for each object.</summary>
    public string Describe()
    {
        const int LongestText = 75;
        Entry[] all;
        lock (_gate)
        {
            all = [.. _all.Values.Where(static each => each.Count > 0).OrderBy(static each => each.Ident, StringComparer.Ordinal)];
        }

        return string.Join('\n', all.Select(static each =>
        {
            string text = each.Referent.Text;
            return $"  {each.Ident}:       refcount={each.Count}\n    {text.AsSpan(0, Math.Min(LongestText, text.Length))}";
        }));
    }

    /// <summary>Ends what lives here alone, and lets go of everything else.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (var entry in _all.Values)
            {
                entry.LetGo();
            }

            _all.Clear();
            _identities.Clear();
        }
    }

    private static bool TryDiscount(Entry entry, int pid)
    {
        if (!entry.Known.TryGetValue(pid, out int proxies))
        {
            return false;
        }

        if (proxies > 1)
        {
            entry.Known[pid] = proxies - 1;
        }
        else
        {
            entry.Known.Remove(pid);
        }

        return true;
    }

    private Entry Required_UnderGate(string ident) =>
        _all.GetValueOrDefault(ident) is { } entry && entry.IsAlive ? entry : throw PythonErrors.Key(ident);

    private void LetGo_UnderGate(Entry entry)
    {
        if (entry.Count > 0 || entry.IsOffered)
        {
            return;
        }

        entry.LetGo();
        if (!entry.IsAlive)
        {
            _all.Remove(entry.Ident);
            if (entry.Referent.Identity is { } identity)
            {
                _identities.Remove(identity);
            }
        }
    }

    /// <summary>Forgets objects that have ended, each time when there are twice as many as there were living ones.</summary>
    private void Sweep_UnderGate()
    {
        if (_all.Count < _sweepAt)
        {
            return;
        }

        foreach (var dead in _all.Values.Where(static each => each.Count == 0 && !each.IsAlive).ToList())
        {
            _all.Remove(dead.Ident);
        }

        _sweepAt = Math.Max(FirstSweep, _all.Count * 2);
    }
}
