using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Broadcasts;

/// <content>Saving and restoring.</content>
internal sealed partial class BroadcastState
{
    public void Save(WireWriter writer)
    {
        writer.VarInt(_first);
        writer.VarInt(_next);
        for (long number = _first; number < _next; number++)
        {
            writer.Payload(_items[number]);
        }

        writer.VarInt(_lastReader);
        writer.VarUInt((uint)_readers.Count);
        foreach (var (number, reader) in _readers)
        {
            writer.VarInt(number);
            writer.VarUInt((uint)reader.Process);
            writer.VarInt(reader.Next);
            writer.Bool(reader.IsCut);
        }

        writer.Waiters(_waiting, static (to, wanted) =>
        {
            to.VarInt(wanted.Reader);
            to.VarInt(wanted.From);
            to.VarUInt((uint)wanted.Max);
        });
        writer.Waiters(_publishers, static (to, items) => to.Payloads(items));
        _subscribed.Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        _first = reader.VarInt();
        _next = reader.VarInt();
        for (long number = _first; number < _next; number++)
        {
            _items.Add(number, reader.SavedPayload());
        }

        _lastReader = reader.VarInt();
        for (int left = reader.Count(); left > 0; left--)
        {
            long number = reader.VarInt();
            _readers.Add(number, new Reader(reader.Natural()) { Next = reader.VarInt(), IsCut = reader.Bool() });
        }

        reader.Waiters(_waiting, static (ref WireReader from) =>
            new BroadcastCommand.Next(from.VarInt(), from.VarInt(), from.Natural(), WaitTimeout.Infinite));
        reader.Waiters(_publishers, static (ref WireReader from) => from.SavedPayloads());
        _subscribed.Restore(ref reader);
    }
}
