using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>A queue as one would explain it: a line of items, a line of getters, a line of putters, and after each event they are matched.</summary>
internal sealed class QueueModel(int maxSize)
{
    private readonly SortedDictionary<int, int> _line = [];
    private readonly Dictionary<Call, int> _unacknowledged = [];
    private readonly List<(Call Call, Instant Deadline)> _getters = [];
    private readonly List<(Call Call, Instant Deadline, int Item)> _putters = [];
    private readonly Dictionary<int, int> _items = [];
    private readonly Dictionary<int, (int Process, int Place)> _claimed = [];
    private int _places;

    /// <summary>What every call should have got by now: a status, and the item of a get.</summary>
    public Dictionary<Call, (ReplyStatus Status, int Item)> Expected { get; } = [];

    public int Count => _line.Count;

    public IEnumerable<int> Unacknowledged => _unacknowledged.Values.Select(place => _items[place]);

    public void Put(Call call, int item, Instant now, TimeSpan? timeout)
    {
        _putters.Add((call, now.After(timeout), item));
        Match();
        if (timeout <= TimeSpan.Zero && _putters.RemoveAll(each => each.Call == call) > 0)
        {
            Expected[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    public void Get(Call call, Instant now, TimeSpan? timeout)
    {
        _getters.Add((call, now.After(timeout)));
        Match();
        if (timeout <= TimeSpan.Zero && _getters.RemoveAll(each => each.Call == call) > 0)
        {
            Expected[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    /// <summary>A process has one without asking: it must be the oldest, and it comes back if the process dies before it has acknowledged it.</summary>
    public bool Claimed(int process, int item)
    {
        var (place, oldest) = _line.FirstOrDefault();
        _claimed[item] = (process, place);
        return _line.Remove(place) && oldest == item;
    }

    public void Acknowledged(int item) => _claimed.Remove(item);

    public void Taken(Call call) => _unacknowledged.Remove(call);

    public void Cancelled(Call call)
    {
        if (_getters.RemoveAll(each => each.Call == call) + _putters.RemoveAll(each => each.Call == call) > 0)
        {
            Expected[call] = (ReplyStatus.Cancelled, 0);
        }
    }

    public void Died(int process)
    {
        _getters.RemoveAll(each => each.Call.Caller.Process == process);
        _putters.RemoveAll(each => each.Call.Caller.Process == process);
        foreach (var call in _unacknowledged.Keys.Where(call => call.Caller.Process == process).ToList())
        {
            _unacknowledged.Remove(call, out int place);
            _line.Add(place, _items[place]);
        }

        foreach (var (item, (_, place)) in _claimed.Where(each => each.Value.Process == process).ToList())
        {
            _claimed.Remove(item);
            _line.Add(place, item);
        }

        Match();
    }

    public void TimePassed(Instant now)
    {
        foreach (var call in _getters.Where(each => each.Deadline <= now).Select(each => each.Call)
            .Concat(_putters.Where(each => each.Deadline <= now).Select(each => each.Call)).ToList())
        {
            Expected[call] = (ReplyStatus.TimedOut, 0);
            _getters.RemoveAll(each => each.Call == call);
            _putters.RemoveAll(each => each.Call == call);
        }
    }

    private void Match()
    {
        while (true)
        {
            if (_putters.Count > 0 && (maxSize == 0 || _line.Count < maxSize))
            {
                var (call, _, item) = _putters[0];
                _putters.RemoveAt(0);
                _items.Add(++_places, item);
                _line.Add(_places, item);
                Expected[call] = (ReplyStatus.Ok, 0);
            }
            else if (_getters.Count > 0 && _line.Count > 0)
            {
                var call = _getters[0].Call;
                var (place, item) = _line.First();
                _getters.RemoveAt(0);
                _line.Remove(place);
                _unacknowledged.Add(call, place);
                Expected[call] = (ReplyStatus.Ok, item);
            }
            else
            {
                return;
            }
        }
    }
}
