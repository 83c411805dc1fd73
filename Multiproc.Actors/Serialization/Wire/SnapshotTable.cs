namespace Multiproc.Serialization;

/// <summary>
/// A table that is read often and rarely grows: readers see an immutable snapshot, a writer replaces it. Cheap enough for the first
/// milliseconds of a child.
/// </summary>
internal sealed class SnapshotTable<TKey, TValue>
    where TKey : class
    where TValue : class
{
    private readonly Lock _gate = new();
    private Dictionary<TKey, TValue> _snapshot = [];

    public int Count => Volatile.Read(ref _snapshot).Count;

    /// <summary>The entries as they are at this moment.</summary>
    public IReadOnlyDictionary<TKey, TValue> All => Volatile.Read(ref _snapshot);

    public TValue? Find(TKey key) => Volatile.Read(ref _snapshot).GetValueOrDefault(key);

    /// <summary>Adds a value unless the key has one, and returns the value of the key.</summary>
    public TValue Add(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_snapshot.TryGetValue(key, out var known))
            {
                return known;
            }

            Volatile.Write(ref _snapshot, new Dictionary<TKey, TValue>(_snapshot) { [key] = value });
            return value;
        }
    }

    public void Replace(TKey key, TValue value)
    {
        lock (_gate)
        {
            Volatile.Write(ref _snapshot, new Dictionary<TKey, TValue>(_snapshot) { [key] = value });
        }
    }
}
