using System.Runtime.InteropServices;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Lists;

/// <summary>
/// A list of items. Every change gives it a new version, so that a caller that replaces the whole list sees whether another caller was faster. With a fixed
/// length it is an array, and with the length 1 a value.
/// </summary>
internal sealed class ListState(IEnumerable<Payload> items, bool isFixed) : IDurableState, ITraceable
{
    private readonly List<Payload> _items = [.. items];
    private long _version;

    public IEnumerable<Payload> Payloads => _items;

    public StateSnapshot TakeSnapshot() => new() { Counts = new Dictionary<string, long> { ["items"] = _items.Count } };

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        if (command is ListCommand asked)
        {
            effects.Reply(caller, isFixed && ChangesLength(asked) ? Reply.Refused("its length is fixed.") : Handle(asked));
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarInt(_version);
        writer.Payloads(_items);
    }

    public void Restore(ref WireReader reader)
    {
        _version = reader.VarInt();
        _items.Clear();
        for (int left = reader.Count(); left > 0; left--)
        {
            _items.Add(reader.SavedPayload());
        }
    }

    private Reply Handle(ListCommand command)
    {
        switch (command)
        {
            case ListCommand.Get get:
                return At(get.At, out int got) ? Reply.Of(_items[got]) : Reply.Of(-1);
            case ListCommand.Set set:
                return At(set.At, out int put) ? Put(put, set.Value) : Reply.Of(-1);
            case ListCommand.Splice splice:
                return Splice(splice);
            case ListCommand.Take take:
                return At(take.At, out int taken) ? Take(taken) : Reply.Of(-1);
            case ListCommand.Remove remove:
                int first = _items.IndexOf(remove.Value);
                if (first >= 0)
                {
                    Take(first);
                }

                return Reply.Of(first >= 0);
            case ListCommand.Find find:
                int count = 0;
                foreach (var item in CollectionsMarshal.AsSpan(_items))
                {
                    count += item == find.Value ? 1 : 0;
                }

                return Reply.Of(PackedNumber.Write(count), _items.IndexOf(find.Value));
            case ListCommand.Count:
                return Reply.Of(_items.Count);
            case ListCommand.Clear:
                _items.Clear();
                return Changed();
            case ListCommand.Reverse:
                _items.Reverse();
                return Changed();
            case ListCommand.Range range:
                return Range(range);
            case ListCommand.Replace replace:
                return Replace(replace);
            case ListCommand.CompareAndSet swap:
                if (!At(swap.At, out int swapped))
                {
                    return Reply.Of(-1);
                }

                return _items[swapped] == swap.Expected ? Put(swapped, swap.Value) : Reply.Of(0);
            case ListCommand.Increment increment:
                return Increment(increment);
            case ListCommand.Slice slice:
                return Slice(slice);
            case ListCommand.SetSlice replaced:
                return SetSlice(replaced);
            default:
                return new Reply(ReplyStatus.Malformed, Reason: $"{command.GetType().Name} is not a command of a list.");
        }
    }

    private bool ChangesLength(ListCommand command) => command switch
    {
        ListCommand.Take or ListCommand.Remove or ListCommand.Clear => true,
        ListCommand.Splice splice => splice.Removed != splice.Items.Length,
        ListCommand.Replace replace => replace.Items.Length != _items.Count,
        _ => false,
    };

    private Reply Changed()
    {
        _version++;
        return Reply.Of(1);
    }

    private Reply Put(int at, Payload value)
    {
        _items[at] = value;
        return Changed();
    }

    private Reply Take(int at)
    {
        var taken = _items[at];
        _items.RemoveAt(at);
        _version++;
        return Reply.Of(taken);
    }

    private Reply Splice(ListCommand.Splice splice)
    {
        long at = Absolute(splice.At);
        if (at < 0 || at > _items.Count || splice.Removed < 0 || splice.Removed > _items.Count - at)
        {
            return Reply.Of(-1);
        }

        if (splice.Removed == splice.Items.Length)
        {
            splice.Items.CopyTo(CollectionsMarshal.AsSpan(_items)[(int)at..]);
        }
        else
        {
            _items.RemoveRange((int)at, (int)splice.Removed);
            _items.InsertRange((int)at, splice.Items);
        }

        return Changed();
    }

    private Reply Range(ListCommand.Range range)
    {
        long start = Math.Clamp(Absolute(range.Start), 0, _items.Count);
        int count = (int)Math.Clamp(range.Max, 0, _items.Count - start);
        return Reply.OfMany(_items.GetRange((int)start, count), _version);
    }

    /// <summary>Clips a slice as Python does: both ends are moved into the list, and the end is never before the start.</summary>
    private (int Start, int Count) Cut(long from, long to)
    {
        long start = Math.Clamp(Absolute(from), 0, _items.Count);
        return ((int)start, (int)(Math.Clamp(Absolute(to), start, _items.Count) - start));
    }

    private Reply Slice(ListCommand.Slice slice)
    {
        var (start, count) = Cut(slice.From, slice.To);
        return Reply.OfMany(_items.GetRange(start, count), _version);
    }

    private Reply SetSlice(ListCommand.SetSlice set)
    {
        var (start, count) = Cut(set.From, set.To);
        if (isFixed && count != set.Items.Length)
        {
            return Reply.Refused("its length is fixed.");
        }

        return Splice(new ListCommand.Splice(start, count, set.Items));
    }

    private Reply Replace(ListCommand.Replace replace)
    {
        if (replace.Version != _version)
        {
            return Reply.Of(0);
        }

        _items.Clear();
        _items.AddRange(replace.Items);
        return Changed();
    }

    private Reply Increment(ListCommand.Increment increment)
    {
        if (!At(increment.At, out int at))
        {
            return Reply.Refused("there is no such item to increment.");
        }

        if (!PackedNumber.TryRead(_items[at], out long number))
        {
            return Reply.Refused("an item to be incremented is not an integer.");
        }

        number = unchecked(number + increment.Amount);
        Put(at, PackedNumber.Write(number));
        return Reply.Of(number);
    }

    private long Absolute(long place) => place < 0 ? _items.Count - ~place : place;

    private bool At(long place, out int index)
    {
        long at = Absolute(place);
        bool isThere = at >= 0 && at < _items.Count;
        index = isThere ? (int)at : -1;
        return isThere;
    }
}
