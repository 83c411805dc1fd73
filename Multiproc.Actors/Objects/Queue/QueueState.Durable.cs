using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>Saving and restoring. What is read ahead is not saved: who saves a queue gives nothing out ahead.</content>
internal partial class QueueState : IDurableState
{
    public virtual void Save(WireWriter writer)
    {
        _items.Save(writer);
        writer.VarUInt((uint)_unacknowledged.Count);
        foreach (var (caller, item) in _unacknowledged)
        {
            writer.Caller(caller);
            QueueItems.Write(writer, item);
        }

        writer.VarUInt((uint)_manyUnacknowledged.Count);
        foreach (var (caller, items) in _manyUnacknowledged)
        {
            writer.Caller(caller);
            QueueItems.Write(writer, items);
        }

        writer.Waiters(_getters, static (to, wanted) =>
        {
            to.VarInt(wanted.Max);
            to.VarInt(wanted.Thread);
        });
        writer.Waiters(_putters, static (to, offer) =>
        {
            to.Bool(offer.Many is not null);
            to.Payloads(offer.Many ?? [offer.One]);
        });
        _added.Save(writer);
    }

    public virtual void Restore(ref WireReader reader)
    {
        _items.Restore(ref reader);
        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            _unacknowledged.Add(caller, QueueItems.ReadItem(ref reader));
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            var caller = reader.Caller();
            _manyUnacknowledged.Add(caller, [.. QueueItems.ReadItems(ref reader)]);
        }

        reader.Waiters(_getters, static (ref WireReader from) => new Wanted((int)from.VarInt(), (int)from.VarInt()));
        reader.Waiters(_putters, static (ref WireReader from) =>
        {
            bool isMany = from.Bool();
            var values = new Payload[from.Count()];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = from.SavedPayload();
            }

            return isMany ? new Offer(default, values) : new Offer(values[0], null);
        });
        _added.Restore(ref reader);
    }
}
