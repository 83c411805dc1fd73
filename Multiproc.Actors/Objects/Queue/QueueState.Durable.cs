using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <content>
/// Saving and restoring, without what a queue that contains this one keeps. What is read ahead is not saved: who saves a queue gives nothing out ahead.
/// </content>
internal sealed partial class QueueState : IDurableState
{
    // The forms of what a putter offers.
    private const byte One = 0;
    private const byte Many = 1;
    private const byte OneWithTerms = 2;

    public void Save(WireWriter writer)
    {
        _items.Save(writer);
        _unacknowledged.Save(writer);
        writer.Waiters(AllGetters(), static (to, wanted) =>
        {
            to.VarInt(wanted.Max);
            to.VarInt(wanted.Thread);
        });
        writer.Waiters(_putters, static (to, offer) =>
        {
            to.Byte(offer.Many is not null ? Many : offer.Terms is null ? One : OneWithTerms);
            to.Payloads(offer.Many ?? [offer.One]);
            offer.Terms?.WriteTo(to);
        });
        _added.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _items.Restore(ref reader);
        _unacknowledged.Restore(ref reader);
        var getters = new WaitQueue<Wanted>();
        reader.Waiters(getters, static (ref WireReader from) => new Wanted((int)from.VarInt(), (int)from.VarInt()));
        foreach (var getter in getters.All)
        {
            (getter.Request == Wanted.ADeadLetter ? _letterGetters : _getters).Enqueue(getter.Caller, getter.Deadline, getter.Request);
        }

        reader.Waiters(_putters, static (ref WireReader from) =>
        {
            byte form = from.Byte();
            var values = from.SavedPayloads();
            return form == Many ? new Offer(default, values) : new Offer(values[0], null, form == OneWithTerms ? PutTerms.ReadFrom(ref from) : null);
        });
        _added.Restore(ref reader);
    }

    /// <summary>Those who wait for items, and then those who wait for dead letters.</summary>
    private WaitQueue<Wanted> AllGetters()
    {
        var all = new WaitQueue<Wanted>();
        foreach (var getter in _getters.All.Concat(_letterGetters.All))
        {
            all.Enqueue(getter.Caller, getter.Deadline, getter.Request);
        }

        return all;
    }
}
