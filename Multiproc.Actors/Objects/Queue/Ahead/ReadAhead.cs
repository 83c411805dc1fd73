using Multiproc.Nodes;

namespace Multiproc.Objects.Queues;

/// <summary>
/// A queue's batches that are read ahead: the items that each process has without asking for them. Before any item is taken from the queue, everything that is
/// not claimed goes back to its place, so that the oldest item is taken, as if nothing had been handed out.
/// </summary>
internal sealed class ReadAhead(AheadCell cell)
{
    /// <summary>
    /// The largest batch in bytes. What is called back was sent for nothing, so batches stay small until a process has claimed some whole ones.
    /// </summary>
    private const int LargestBytes = 16 * 1024;
    private const int LargestItem = 1024;

    private readonly Dictionary<int, Reader> _readers = [];
    private uint _lastBatch;
    private int _batches;

    /// <summary>The number of items in batches that are not claimed.</summary>
    public int Unclaimed => _batches == 0 ? 0 : _readers.Values.Sum(reader => reader.Items.Count - cell.Claimed(reader.Slot, reader.Items.Count));

    /// <summary>Takes back all items that are not claimed.</summary>
    public void CallBack(QueueItems items)
    {
        if (_batches > 0)
        {
            foreach (var reader in _readers.Values)
            {
                CallBack(reader, items);
            }
        }
    }

    /// <summary>Frees the slot of a process that is gone.</summary>
    /// <param name="process">The number of the process.</param>
    /// <param name="items">The queue's items, to which the unclaimed ones return.</param>
    /// <param name="released">Receives the items that the process had claimed but not acknowledged: it died with them.</param>
    public void Forget(int process, QueueItems items, List<QueueItem> released)
    {
        if (_readers.Remove(process, out var reader))
        {
            CallBack(reader, items);
            reader.ForgetAcknowledged(cell);
            released.AddRange(reader.Unacknowledged.Select(static claimed => claimed.Item));
        }
    }

    /// <summary>Takes a batch of items for a process that has just got one.</summary>
    /// <returns>The batch that it may claim; null when there is nothing for it to read ahead.</returns>
    public Batch? Offer(int process, QueueItems items)
    {
        if (items.Count == 0 || ReaderOf(process) is not { } reader)
        {
            return null;
        }

        // Another thread of the process still reads an item of the last batch, whose place in the cell a new batch would take.
        reader.ForgetAcknowledged(cell);
        if (reader.Unacknowledged.Count > 0)
        {
            return null;
        }

        // An item with a reference to another object is never read ahead: until the receiver has it, the reference is kept alive only as an unacknowledged
        // item.
        int bytes = 0;
        // Nor is one with terms: it may expire before it is claimed.
        while (reader.Items.Count < reader.Size && items.TryPeek(out var next) && next.Terms is null
            && next.Value.Length <= LargestItem && (bytes += next.Value.Length) <= LargestBytes
            && !ReferenceMark.IsIn(next.Value.Bytes.Span) && items.TryTake(out var item))
        {
            reader.Items.Add(item);
        }

        if (reader.Items.Count == 0)
        {
            return null;
        }

        _batches++;
        cell.Offer(reader.Slot, ++_lastBatch, reader.Items.Count);
        return new Batch(reader.Slot, _lastBatch, reader.Items);
    }

    private void CallBack(Reader reader, QueueItems items)
    {
        var batch = reader.Items;
        if (batch.Count == 0)
        {
            return;
        }

        int claimed = cell.CallBack(reader.Slot, batch.Count);
        reader.Size = claimed == batch.Count ? Math.Min(
            AheadCell.LargestBatch, reader.Size * 2) : claimed < batch.Count / 2 ? Math.Max(1, reader.Size / 2) : reader.Size;
        for (int i = batch.Count - 1; i >= claimed; i--)
        {
            items.PutBack(batch[i]);
        }

        for (int i = 0; i < claimed; i++)
        {
            if (!cell.IsAcknowledged(reader.Slot, i))
            {
                reader.Unacknowledged.Add((i, batch[i]));
            }
        }

        batch.Clear();
        _batches--;
    }

    private Reader? ReaderOf(int process)
    {
        if (!_readers.TryGetValue(process, out var reader))
        {
            int slot = 0;
            while (_readers.Values.Any(each => each.Slot == slot))
            {
                slot++;
            }

            if (slot == AheadCell.Slots)
            {
                return null;
            }

            _readers.Add(process, reader = new Reader(slot));
        }

        return reader;
    }

    /// <summary>A batch that a process may claim, and the slot where it claims.</summary>
    internal readonly record struct Batch(int Slot, uint Number, IReadOnlyList<QueueItem> Items);

    private sealed class Reader(int slot)
    {
        public int Slot { get; } = slot;

        /// <summary>The largest number of items of its next batch.</summary>
        public int Size { get; set; } = 2;

        public List<QueueItem> Items { get; } = [];

        /// <summary>The items of its last batch that it had claimed but not acknowledged when the rest was called back.</summary>
        public List<(int Index, QueueItem Item)> Unacknowledged { get; } = [];

        public void ForgetAcknowledged(AheadCell cell)
        {
            for (int i = Unacknowledged.Count - 1; i >= 0; i--)
            {
                if (cell.IsAcknowledged(Slot, Unacknowledged[i].Index))
                {
                    Unacknowledged.RemoveAt(i);
                }
            }
        }
    }
}
