using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>
/// The items that a process got from a queue's node before it asked for them. An item belongs to the process once it has claimed it, and not before; it no
/// longer goes back once it was acknowledged.
/// </summary>
internal sealed class ItemsAhead
{
    /// <summary>Marks a reply that has more than the requested item; in other replies, this number tells how often the item was redelivered.</summary>
    public const int Mark = -1;

    private readonly Payload[] _items;
    private readonly int _slot;
    private readonly uint _batch;

    private ItemsAhead(int slot, uint batch, Payload[] items)
    {
        _slot = slot;
        _batch = batch;
        _items = items;
    }

    /// <summary>For the node: packs the item together with its batch.</summary>
    public static Reply Reply(QueueItem first, ReadAhead.Batch batch)
    {
        using var writer = new WireWriter();
        writer.Bytes(first.Value.Bytes.Span);
        writer.VarUInt((uint)batch.Slot);
        writer.Int32((int)batch.Number);
        writer.VarUInt((uint)batch.Items.Count);
        foreach (var item in batch.Items)
        {
            writer.Bytes(item.Value.Bytes.Span);
        }

        return Multiproc.States.Reply.Of(new Payload(writer.ToArray()), Mark);
    }

    /// <exception cref="SerializationException">The reply is malformed.</exception>
    public static ItemsAhead Read(Payload reply, out Payload first)
    {
        var reader = new WireReader(reply.Bytes.Span);
        first = Next(ref reader, reply);
        int slot = reader.Natural();
        uint batch = (uint)reader.Int32();
        if (slot >= AheadCell.Slots)
        {
            throw new SerializationException($"Malformed reply: slot {slot} of {AheadCell.Slots}.");
        }

        int count = reader.Count();
        if (count > AheadCell.LargestBatch)
        {
            throw new SerializationException($"Malformed reply: a batch of {count} items; the largest has {AheadCell.LargestBatch}.");
        }

        var items = new Payload[count];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Next(ref reader, reply);
        }

        return new ItemsAhead(slot, batch, items);
    }

    public bool TryClaim(AheadCell cell, out int index) => cell.TryClaim(_slot, _batch, out index) && index < _items.Length;

    public Payload At(int index) => _items[index];

    public void Acknowledge(AheadCell cell, int index) => cell.Acknowledge(_slot, index);

    private static Payload Next(ref WireReader reader, Payload reply)
    {
        int length = reader.Bytes().Length;
        return new Payload(reply.Bytes.Slice(reader.Position - length, length));
    }
}
