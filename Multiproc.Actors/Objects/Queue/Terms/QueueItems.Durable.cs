using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>Saving and restoring. An item without terms is saved as it was before there were any.</content>
internal sealed partial class QueueItems
{
    /// <summary>In saved items: marks that terms follow. Above the bits of the redeliveries.</summary>
    private const ulong HasTerms = 1UL << 32;

    public static void Write(WireWriter writer, QueueItem item)
    {
        writer.VarUInt((ulong)item.Number);
        writer.Payload(item.Value);
        writer.VarUInt((uint)item.Redeliveries | (item.Terms is null ? 0 : HasTerms));
        item.Terms?.Save(writer);
    }

    public static void Write(WireWriter writer, IReadOnlyCollection<QueueItem> items)
    {
        writer.VarUInt((uint)items.Count);
        foreach (var item in items)
        {
            Write(writer, item);
        }
    }

    public static QueueItem ReadItem(ref WireReader reader)
    {
        long number = (long)reader.VarUInt();
        var value = reader.SavedPayload();
        ulong redeliveries = reader.VarUInt();
        return new QueueItem(number, value, (int)(redeliveries & int.MaxValue), (redeliveries & HasTerms) == 0 ? null : ItemTerms.Restore(ref reader));
    }

    public static List<QueueItem> ReadItems(ref WireReader reader)
    {
        var items = new List<QueueItem>();
        for (int left = reader.Count(); left > 0; left--)
        {
            items.Add(ReadItem(ref reader));
        }

        return items;
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((ulong)_lastNumber);
        Write(writer, [.. Lines.SelectMany(static line => line.Fresh), .. _times?.Delayed ?? []]);
        Write(writer, [.. Lines.SelectMany(static line => line.Returned)]);
        Write(writer, _dead.Values);
    }

    public void Restore(ref WireReader reader)
    {
        _lastNumber = (long)reader.VarUInt();
        ReadItems(ref reader).ForEach(Enter);
        ReadItems(ref reader).ForEach(item =>
        {
            LineOf(item).AddReturned(item);
            Note(item);
        });
        ReadItems(ref reader).ForEach(item => _dead.Add(item.Number, item));
    }
}
