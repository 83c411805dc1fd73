using Multiproc.Objects.References;
using Multiproc.Serialization;

namespace Multiproc.Objects.Queues;

/// <summary>
/// A queue: items in the order of their arrival, getters and putters in the order of theirs. An item that was given to a process is
/// in its hand until it says so; if the process dies before, the item goes back to its place. An item in hand takes no room,
/// as in Python, where getting frees the slot.
/// </summary>
internal sealed class QueueState(int maxSize) : IObjectState, ITraceable
{
    private readonly Queue<Item> _items = new();
    private readonly SortedDictionary<long, Item> _returned = [];
    private readonly Dictionary<Caller, Item> _inHand = [];
    private readonly WaitQueue<bool> _getters = new();
    private readonly WaitQueue<Payload> _putters = new();
    private long _lastNumber;

    public int Count => _items.Count + _returned.Count;

    public IEnumerable<Payload> Payloads => [.. _items.Select(static item => item.Value), .. _returned.Values.Select(static item => item.Value),
        .. _inHand.Values.Select(static item => item.Value), .. _putters.Wishes];

    private bool HasRoom => maxSize <= 0 || Count < maxSize;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        switch (command)
        {
            case QueueCommand.Put put:
                Put(caller, put, now, effects);
                break;
            case QueueCommand.Get get:
                Get(caller, get, now, effects);
                break;
            case QueueCommand.Taken taken:
                _inHand.Remove(caller with { Call = taken.Call });
                break;
            case QueueCommand.Size:
                effects.Reply(caller, Answer.Of(Count));
                break;
            case LifeCommand life:
                Live(life, now, effects);
                break;
        }
    }

    private void Put(Caller caller, QueueCommand.Put put, Instant now, Effects effects)
    {
        // A putter that does not wait for an answer has been told that there is room for ever.
        if (HasRoom || !caller.WantsAnswer)
        {
            Add(put.Item, effects);
            effects.Reply(caller, Answer.Done);
        }
        else if (put.Timeout is { Ticks: <= 0 })
        {
            effects.Reply(caller, Answer.TimedOut);
        }
        else
        {
            _putters.Enqueue(caller, now.After(put.Timeout), put.Item);
            ArmEarliest(effects);
        }
    }

    private void Get(Caller caller, QueueCommand.Get get, Instant now, Effects effects)
    {
        if (TryTake(out var item))
        {
            Hand(caller, item, effects);
            AdmitPutters(effects);
        }
        else if (get.Timeout is { Ticks: <= 0 })
        {
            effects.Reply(caller, Answer.TimedOut);
        }
        else
        {
            _getters.Enqueue(caller, now.After(get.Timeout), true);
            ArmEarliest(effects);
        }
    }

    private void Live(LifeCommand life, Instant now, Effects effects)
    {
        _getters.Handle(life, now, effects);
        _putters.Handle(life, now, effects);
        if (life is LifeCommand.ProcessGone gone)
        {
            TakeBack(gone.Process, effects);
        }

        ArmEarliest(effects);
    }

    private void Add(Payload value, Effects effects)
    {
        var item = new Item(++_lastNumber, value, 0);
        if (_getters.TryDequeue(out var getter))
        {
            Hand(getter.Caller, item, effects);
        }
        else
        {
            _items.Enqueue(item);
        }
    }

    private void AdmitPutters(Effects effects)
    {
        while (HasRoom && _putters.TryDequeue(out var putter))
        {
            Add(putter.Wish, effects);
            effects.Reply(putter.Caller, Answer.Done);
        }
    }

    private void Hand(Caller caller, Item item, Effects effects)
    {
        if (!caller.IsHome)
        {
            _inHand[caller] = item;
        }

        effects.Reply(caller, Answer.Of(item.Value, item.Redeliveries));
    }

    private bool TryTake(out Item item)
    {
        // What came back is older than all that was never given out.
        foreach (var returned in _returned)
        {
            item = returned.Value;
            _returned.Remove(returned.Key);
            return true;
        }

        return _items.TryDequeue(out item);
    }

    private void TakeBack(int process, Effects effects)
    {
        List<Caller>? callers = null;
        foreach (var caller in _inHand.Keys)
        {
            if (caller.Process == process)
            {
                (callers ??= []).Add(caller);
            }
        }

        if (callers is null)
        {
            return;
        }

        foreach (var caller in callers)
        {
            _inHand.Remove(caller, out var item);
            _returned.Add(item.Number, item with { Redeliveries = item.Redeliveries + 1 });
        }

        while (_getters.Count > 0 && TryTake(out var item))
        {
            _getters.TryDequeue(out var getter);
            Hand(getter.Caller, item, effects);
        }
    }

    private void ArmEarliest(Effects effects)
    {
        var get = _getters.Earliest;
        var put = _putters.Earliest;
        effects.Arm(get < put ? get : put);
    }

    private readonly record struct Item(long Number, Payload Value, int Redeliveries);
}
