using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>The items that were given out and not acknowledged yet, by the call that took them.</summary>
internal sealed class UnacknowledgedItems : ITakenItems
{
    private readonly Dictionary<Caller, QueueItem> _one = [];
    private readonly Dictionary<Caller, QueueItem[]> _many = [];

    public IEnumerable<QueueItem> Items => _one.Values.Concat(_many.Values.SelectMany(static items => items));

    public IEnumerable<int> Holders =>
        _one.Keys.Select(static caller => caller.Process).Concat(_many.SelectMany(static each => Enumerable.Repeat(each.Key.Process, each.Value.Length)));

    /// <remarks>Items that the node itself takes never go back because of a death: if the node dies, the queue dies too.</remarks>
    public void Add(Caller caller, int thread, QueueItem item)
    {
        if (!caller.IsLocal)
        {
            _one[caller] = item;
        }
    }

    /// <summary>Remembers an item that may go back although its holder lives: a lease, or a dead letter that was looked at.</summary>
    public void AddLease(Caller caller, QueueItem item) => _one[caller] = item;

    public void AddMany(Caller caller, int thread, QueueItem[] items) => _many[caller] = items;

    /// <summary>Removes the item of a call that took one.</summary>
    public bool TryRemove(Caller caller, out QueueItem item) => _one.Remove(caller, out item);

    public IReadOnlyList<QueueItem> Release(Caller caller, int kept) => _many.Remove(caller, out var items) && kept < items.Length ? items[kept..] : [];

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)_one.Count);
        foreach (var (caller, item) in _one)
        {
            writer.Caller(caller);
            QueueItems.Write(writer, item);
        }

        writer.VarUInt((uint)_many.Count);
        foreach (var (caller, items) in _many)
        {
            writer.Caller(caller);
            QueueItems.Write(writer, items);
        }
    }

    public void Restore(ref WireReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            _one.Add(caller, QueueItems.ReadItem(ref reader));
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            _many.Add(caller, [.. QueueItems.ReadItems(ref reader)]);
        }
    }

    public void ReleaseAll(int process, List<QueueItem> released)
    {
        foreach (var (caller, item) in _one)
        {
            if (caller.Process == process)
            {
                released.Add(item);
                _one.Remove(caller);
            }
        }

        foreach (var (caller, items) in _many)
        {
            if (caller.Process == process)
            {
                released.AddRange(items);
                _many.Remove(caller);
            }
        }
    }
}
