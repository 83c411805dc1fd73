using Multiproc.Objects.Queues;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>A queue with terms as one would explain it: a heap of items, of which the next one is looked for each time.</summary>
internal sealed class QueueTermsModel(SharedQueueOptions options)
{
    private readonly List<Item> _items = [];
    private readonly List<Item> _dead = [];
    private readonly List<(Call Call, Item Item)> _held = [];
    private readonly List<(Call Call, bool Peeks, Instant Deadline)> _getters = [];
    private readonly List<(Call Call, int Number, PutTerms Terms, Instant Deadline)> _putters = [];
    private readonly List<(Call Call, Instant Deadline)> _letterGetters = [];
    private readonly List<(Call Call, Item Item)> _given = [];
    private long _places;
    private long _now;

    public Dictionary<Call, (ReplyStatus Status, int Item)> Ended { get; } = [];

    public int Count => _items.Count(static item => item.Place > 0);

    public int DeadCount => _dead.Count;

    public void Put(Call call, int number, PutTerms terms, Instant deadline, bool mayWait)
    {
        _putters.Add((call, number, terms, deadline));
        Match();
        if (!mayWait && _putters.RemoveAll(each => each.Call == call) > 0)
        {
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    public void Get(Call call, bool peeks, Instant deadline, bool mayWait)
    {
        _getters.Add((call, peeks, deadline));
        Match();
        if (!mayWait && _getters.RemoveAll(each => each.Call == call) > 0)
        {
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    public Call? HeldBy(int process) => _held.Find(each => each.Call.Caller.Process == process).Call;

    public void Taken(Call call) => _held.RemoveAll(each => each.Call == call);

    public void Abandoned(Call call)
    {
        var held = _held.Find(each => each.Call == call);
        _held.Remove(held);
        Return(held.Item);
        Match();
    }

    public void TakeDead(Call call, Instant deadline, bool mayWait)
    {
        _letterGetters.Add((call, deadline));
        Match();
        if (!mayWait && _letterGetters.RemoveAll(each => each.Call == call) > 0)
        {
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    /// <summary>The dead letters that were given since this was asked last.</summary>
    public List<(Call Call, Item Item)> LettersGiven()
    {
        List<(Call, Item)> given = [.. _given];
        _given.Clear();
        return given;
    }

    public void Cancelled(Call call)
    {
        if (_getters.RemoveAll(each => each.Call == call) + _putters.RemoveAll(each => each.Call == call)
            + _letterGetters.RemoveAll(each => each.Call == call) > 0)
        {
            Ended[call] = (ReplyStatus.Cancelled, 0);
        }
    }

    public void Died(int process)
    {
        _getters.RemoveAll(each => each.Call.Caller.Process == process);
        _putters.RemoveAll(each => each.Call.Caller.Process == process);
        _letterGetters.RemoveAll(each => each.Call.Caller.Process == process);
        foreach (var held in _held.Where(each => each.Call.Caller.Process == process).ToList())
        {
            _held.Remove(held);
            Return(held.Item);
        }

        Match();
    }

    public void Tick()
    {
        _now++;
        Match();
        foreach (var (call, _, _) in _getters.Where(each => each.Deadline.Ticks <= _now).ToList())
        {
            _getters.RemoveAll(each => each.Call == call);
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }

        foreach (var (call, _) in _letterGetters.Where(each => each.Deadline.Ticks <= _now).ToList())
        {
            _letterGetters.RemoveAll(each => each.Call == call);
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }

        foreach (var (call, _, _, _) in _putters.Where(each => each.Deadline.Ticks <= _now).ToList())
        {
            _putters.RemoveAll(each => each.Call == call);
            Ended[call] = (ReplyStatus.TimedOut, 0);
        }
    }

    private void Match()
    {
        PassTime();
        while (_letterGetters.Count > 0 && _dead.MinBy(static item => item.Id) is { } letter)
        {
            Ended[_letterGetters[0].Call] = (ReplyStatus.Ok, letter.Number);
            _given.Add((_letterGetters[0].Call, letter));
            _letterGetters.RemoveAt(0);
            _dead.Remove(letter);
        }

        while (true)
        {
            if (_getters.Count > 0 && Next() is { } next)
            {
                var getter = _getters[0];
                _getters.RemoveAt(0);
                Ended[getter.Call] = (ReplyStatus.Ok, next.Number);
                if (!getter.Peeks)
                {
                    _items.Remove(next);
                    _held.Add((getter.Call, next));
                }
            }
            else if (_putters.Count > 0 && (options.MaxSize == 0 || _items.Count < options.MaxSize))
            {
                var (call, number, terms, _) = _putters[0];
                _putters.RemoveAt(0);
                var ready = new Instant(_now).After(terms.Delay);
                long id = ++_places;
                _items.Add(new Item(number, id, terms.Priority, ready, ready.After(terms.TimeToLive.IsInfinite ? options.TimeToLive : terms.TimeToLive))
                {
                    Place = ready.Ticks <= _now ? id : 0,
                });
                Ended[call] = (ReplyStatus.Ok, 0);
            }
            else
            {
                return;
            }
        }
    }

    private void PassTime()
    {
        var ready = _items.Where(item => item.Place == 0 && item.Ready.Ticks <= _now);
        foreach (var item in ready.OrderBy(static item => item.Ready.Ticks).ThenBy(static item => item.Id).ToList())
        {
            item.Place = ++_places;
        }

        foreach (var item in _items.Where(item => item.Place > 0 && item.Expires.Ticks <= _now).ToList())
        {
            _items.Remove(item);
            if (options.KeepExpired)
            {
                item.HasExpired = true;
                _dead.Add(item);
            }
        }
    }

    private Item? Next() =>
        _items.Where(static item => item.Place > 0).OrderByDescending(static item => item.Priority).ThenBy(static item => item.Place).FirstOrDefault();

    private void Return(Item item)
    {
        item.Redeliveries++;
        (item.Redeliveries > options.MaxRedeliveries ? _dead : _items).Add(item);
    }

    internal sealed record Item(int Number, long Id, int Priority, Instant Ready, Instant Expires)
    {
        public long Place { get; set; }

        public int Redeliveries { get; set; }

        public bool HasExpired { get; set; }
    }
}
