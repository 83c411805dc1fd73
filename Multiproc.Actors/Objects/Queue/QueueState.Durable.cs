using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>
/// Saving and restoring, without what a queue that contains this one keeps. What is read ahead is not saved: who saves a queue gives nothing out ahead.
/// </content>
internal sealed partial class QueueState : IDurableState
{
    public void Save(WireWriter writer)
    {
        _items.Save(writer);
        _unacknowledged.Save(writer);
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

    public void Restore(ref WireReader reader)
    {
        _items.Restore(ref reader);
        _unacknowledged.Restore(ref reader);
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
