using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Sets;

/// <summary>A set that keeps insertion order, so that it can be read page by page while others write.</summary>
internal sealed class SetState : IDurableState, ITraceable
{
    private readonly Dictionary<Payload, long> _places = [];
    private readonly SortedSet<(long Place, Payload Item)> _order = new(
        Comparer<(long Place, Payload Item)>.Create(static (a, b) => a.Place.CompareTo(b.Place)));
    private long _lastPlace;

    public IEnumerable<Payload> Payloads => _places.Keys;

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["items"] = _places.Count } };

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        if (command is SetCommand asked)
        {
            effects.Reply(caller, Handle(asked));
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(_lastPlace);
        writer.VarUInt((uint)_order.Count);
        foreach (var (place, item) in _order)
        {
            writer.VarInt(place);
            writer.Bytes(item.Bytes.Span);
        }
    }

    public void Restore(ref WireReader reader)
    {
        _lastPlace = reader.VarInt();
        for (int left = reader.Count(); left > 0; left--)
        {
            long place = reader.VarInt();
            var item = reader.SavedPayload();
            _places.Add(item, place);
            _order.Add((place, item));
        }
    }

    private Reply Handle(SetCommand command)
    {
        switch (command)
        {
            case SetCommand.Combine combine:
                return Combine(combine);
            case SetCommand.Count:
                return Reply.Of(_places.Count);
            case SetCommand.Clear:
                _places.Clear();
                _order.Clear();
                return Reply.Done;
            case SetCommand.Pop:
                if (_order.Count == 0)
                {
                    return Reply.Of(-1);
                }

                var oldest = _order.Min.Item;
                Remove(oldest);
                return Reply.Of(oldest);
            case SetCommand.Page page:
                return Page(page);
            default:
                return new Reply(ReplyStatus.Malformed, Reason: $"{command.GetType().Name} is not a command of a set.");
        }
    }

    private Reply Combine(SetCommand.Combine combine)
    {
        int before = _places.Count;
        var given = new HashSet<Payload>();
        int known = 0;
        foreach (var item in combine.Items)
        {
            // In the order of the caller, which decides the places.
            if (!given.Add(item))
            {
                continue;
            }

            bool isThere = _places.ContainsKey(item);
            known += isThere ? 1 : 0;
            switch (combine.Operation)
            {
                case SetOperation.Union or SetOperation.SymmetricExcept when !isThere:
                    _places.Add(item, ++_lastPlace);
                    _order.Add((_lastPlace, item));
                    break;
                case SetOperation.Except or SetOperation.SymmetricExcept when isThere:
                    Remove(item);
                    break;
            }
        }

        if (combine.Operation == SetOperation.Intersect)
        {
            foreach (var item in _places.Keys.Where(item => !given.Contains(item)).ToList())
            {
                Remove(item);
            }
        }

        using var counts = new WireWriter();
        counts.VarInt(given.Count);
        counts.VarInt(before);
        return Reply.Of(new Payload(counts.ToArray()), known);
    }

    private void Remove(Payload item)
    {
        if (_places.Remove(item, out long place))
        {
            _order.Remove((place, item));
        }
    }

    private Reply Page(SetCommand.Page page)
    {
        // A position stays valid as a cursor: later items have higher ones.
        var found = new List<Payload>();
        long next = -1;
        var behind = page.Cursor < _lastPlace ? _order.GetViewBetween((page.Cursor + 1, default), (long.MaxValue, default)) : [];
        foreach (var (place, item) in behind)
        {
            if (found.Count >= Math.Max(1, page.Max))
            {
                next = place - 1;
                break;
            }

            found.Add(item);
        }

        return Reply.OfMany(found, next);
    }
}
