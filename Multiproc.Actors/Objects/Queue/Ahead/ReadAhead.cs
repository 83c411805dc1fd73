using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>
/// A queue's batches that are read ahead: which process has which items that it need not ask for. Before anybody takes an item all that is not claimed
/// comes back to its place, so that what is taken is the oldest, as if nothing had ever been handed out.
/// </summary>
internal sealed class ReadAhead(AheadCell cell)
{
    /// <summary>What is called back was sent in vain, so a batch is small until its process has claimed some whole ones.</summary>
    private const int LargestBytes = 16 * 1024;
    private const int LargestItem = 1024;

    private readonly Dictionary<int, Reader> _readers = [];
    private uint _lastBatch;
    private int _batches;

    /// <summary>How many items are in batches and not claimed.</summary>
    public int Unclaimed => _batches == 0 ? 0 : _readers.Values.Sum(reader => reader.Items.Count - cell.Claimed(reader.Slot, reader.Items.Count));

    /// <summary>Takes back all that is not claimed.</summary>
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
    /// <param name="process">Which.</param>
    /// <param name="items">Has again what the process had not claimed.</param>
    /// <param name="released">Receives what it had claimed and not acknowledged: it died with these items.</param>
    public void Forget(int process, QueueItems items, List<QueueItem> released)
    {
        if (_readers.Remove(process, out var reader))
        {
            CallBack(reader, items);
            reader.ForgetAcknowledged(cell);
            released.AddRange(reader.Unacknowledged.Select(static claimed => claimed.Item));
        }
    }

    /// <summary>Takes items for a process that has just been given one.</summary>
    /// <returns>What it must know to claim them; null when there is nothing for it to read ahead.</returns>
    public Batch? Offer(int process, QueueItems items)
    {
        if (items.Count == 0 || ReaderOf(process) is not { } reader)
        {
            return null;
        }

        // Another thread of the process is still at an item of the last batch, whose place in the cell a new batch would take.
        reader.ForgetAcknowledged(cell);
        if (reader.Unacknowledged.Count > 0)
        {
            return null;
        }

        // A reference to another object is kept alive by the hand that it is in until its receiver has it: it is not handed out before it is asked for.
        int bytes = 0;
        while (reader.Items.Count < reader.Size && items.TryPeek(out var next) && next.Value.Length <= LargestItem && (bytes += next.Value.Length) <= LargestBytes
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
        reader.Size = claimed == batch.Count ? Math.Min(AheadCell.LargestBatch, reader.Size * 2) : claimed < batch.Count / 2 ? Math.Max(1, reader.Size / 2) : reader.Size;
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

    /// <summary>Where a process claims, and what it may.</summary>
    internal readonly record struct Batch(int Slot, uint Number, IReadOnlyList<QueueItem> Items);

    private sealed class Reader(int slot)
    {
        public int Slot { get; } = slot;

        /// <summary>How large its next batch may be.</summary>
        public int Size { get; set; } = 2;

        public List<QueueItem> Items { get; } = [];

        /// <summary>What it has claimed of its last batch and not acknowledged, when the rest was called back.</summary>
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
