using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>
/// The items that a process has from a queue's node before it asked for them. One of them is its own when it has claimed it, and not before; it comes back
/// no more when it was acknowledged.
/// </summary>
internal sealed class ItemsAhead
{
    /// <summary>Marks the answer that has more than the item that was asked for; in others stands how often the item came back.</summary>
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

    /// <summary>For the node: the item, and what goes with it.</summary>
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

    /// <exception cref="SerializationException">The answer is none of the kind.</exception>
    public static ItemsAhead Read(Payload reply, out Payload first)
    {
        var reader = new WireReader(reply.Bytes.Span);
        first = Next(ref reader, reply);
        int slot = reader.Natural();
        uint batch = (uint)reader.Int32();
        if (slot >= AheadCell.Slots)
        {
            throw new SerializationException($"Malformed answer: slot {slot} of {AheadCell.Slots}.");
        }

        int count = reader.Count();
        if (count > AheadCell.LargestBatch)
        {
            throw new SerializationException($"Malformed answer: a batch of {count} items; the largest has {AheadCell.LargestBatch}.");
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
