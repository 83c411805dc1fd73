using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>
/// A queue: items, getters and putters, each in order of arrival. An item that was given to a process stays unacknowledged until the process confirms it; if
/// the process dies before that, the item goes back to its place. An unacknowledged item takes no room in a bounded queue, as in Python, where getting frees
/// the slot. A leased item stays unacknowledged until the lease is completed.
/// </summary>
internal sealed partial class QueueState : IObjectState, ITraceable, IDisposable
{
    private readonly int _maxSize;
    private readonly WaitTimeout _timeToLive;
    private readonly bool _keepsExpired;
    private readonly ReadAhead? _ahead;
    private readonly IItemCount? _count;
    private readonly QueueItems _items;
    private readonly UnacknowledgedItems _unacknowledged = new();

    /// <summary>Those of ordinary gets: unacknowledged, or kept in another way by a queue that contains this one.</summary>
    private readonly ITakenItems _taken;
    private readonly WaitQueue<Wanted> _getters = new();
    private readonly WaitQueue<Offer> _putters = new();

    /// <summary>The items of replied puts, by call: to be removed when the caller had given up, since it was told that its item is not in the queue.</summary>
    private readonly LateGrants _added = new();

    private Instant _now;

    /// <param name="options">The capacity, and what becomes of items that come back, or expire.</param>
    /// <param name="ahead">The batches that processes read ahead; null when they read nothing ahead.</param>
    /// <param name="taken">Keeps what was taken by ordinary gets; null to keep it until it is acknowledged.</param>
    /// <param name="count">Is told of added and finished items; null when nobody counts them.</param>
    public QueueState(SharedQueueOptions options, ReadAhead? ahead = null, ITakenItems? taken = null, IItemCount? count = null)
    {
        _maxSize = options.MaxSize;
        _timeToLive = options.TimeToLive;
        _keepsExpired = options.KeepExpired;
        _items = new QueueItems(options.MaxRedeliveries);
        _ahead = ahead;
        _taken = taken ?? _unacknowledged;
        _count = count;
    }

    /// <summary>A queue of items that live for ever.</summary>
    public QueueState(int maxSize, int maxRedeliveries = int.MaxValue, ReadAhead? ahead = null)
        : this(new SharedQueueOptions { MaxSize = maxSize, MaxRedeliveries = maxRedeliveries }, ahead)
    {
    }

    public int Count => _items.Count + (_ahead?.Unclaimed ?? 0);

    /// <summary>The earliest deadline of a getter or putter, or the moment at which an item is ready or expires.</summary>
    public Instant Earliest
    {
        get
        {
            var get = _getters.Earliest;
            var put = _putters.Earliest;
            var item = _items.NextTime;
            var dead = _letterGetters.Earliest;
            var waiter = get < put ? get : put;
            var other = item < dead ? item : dead;
            return other < waiter ? other : waiter;
        }
    }

    public IEnumerable<Payload> Payloads =>
        Items.Select(static item => item.Value).Concat(_putters.Requests.SelectMany(static offer => offer.Many ?? [offer.One]));

    /// <summary>All items of the queue, unacknowledged ones included.</summary>
    private IEnumerable<QueueItem> Items => _items.All.Concat(_unacknowledged.Items).Concat(Claims?.Items ?? []);

    /// <summary>The processes that have unacknowledged items, one entry for each item.</summary>
    private IEnumerable<int> Holders => _unacknowledged.Holders.Concat(Claims?.Holders ?? []);

    /// <summary>What was taken and is not kept as unacknowledged.</summary>
    private ITakenItems? Claims => ReferenceEquals(_taken, _unacknowledged) ? null : _taken;

    private bool HasRoom => _maxSize <= 0 || Count + _items.DelayedCount < _maxSize;

    public void Step(Caller caller, ICommand command, Instant now, Effects effects)
    {
        Begin(now, effects);
        switch (command)
        {
            case QueueCommand.Put put:
                Put(caller, new Offer(put.Item, null), put.Timeout, now, effects);
                break;
            case QueueCommand.PutWith put:
                Put(caller, new Offer(put.Item, null, put.Terms), put.Timeout, now, effects);
                break;
            case QueueCommand.Peek peek:
                Get(caller, Wanted.APeek, peek.Timeout, now, effects);
                break;
            case QueueCommand.Get get:
                Get(caller, default, get.Timeout, now, effects);
                break;
            case QueueCommand.GetAhead get:
                Get(caller, Wanted.Ahead, get.Timeout, now, effects);
                break;
            case QueueCommand.Taken taken:
                Taken(caller with { Call = taken.Call }, effects);
                break;
            case QueueCommand.Size:
                effects.Reply(caller, Reply.Of(Count));
                break;
            case QueueCommand.PutMany put:
                Put(caller, new Offer(default, put.Items), put.Timeout, now, effects);
                break;
            case QueueCommand.GetMany get:
                Get(caller, new Wanted(Math.Max(1, get.Max), get.Thread), get.Timeout, now, effects);
                break;
            case QueueCommand.AckMany taken:
                AckMany(caller with { Call = taken.Call }, taken.Count, effects);
                break;
            case QueueCommand.Lease lease:
                Get(caller, Wanted.ALease, lease.Timeout, now, effects);
                break;
            case QueueCommand.Abandon abandon:
                Abandon(caller with { Call = abandon.Call }, effects);
                break;
            case QueueCommand.TakeDeadLetter take:
                TakeDeadLetter(caller, take.Timeout, now, effects);
                break;
            case QueueCommand.CountDeadLetters:
                effects.Reply(caller, Reply.Of(_items.DeadCount));
                break;
            case LifecycleEvent life:
                Live(life, now, effects);
                break;
        }
    }

    /// <summary>Calls back what was read ahead: unclaimed items end with the queue.</summary>
    public void Dispose() => _ahead?.CallBack(_items);

    public StateSnapshot TakeSnapshot() => new()
    {
        Holders = [.. Holders.GroupBy(static process => process, static (process, items) => new StateHolder(process, 0, items.LongCount()))],
        Counts = Counts(),
    };

    /// <summary>Gives a caller what it wants, or makes it wait for that.</summary>
    public void Get(Caller caller, Wanted wanted, WaitTimeout timeout, Instant now, Effects effects)
    {
        Begin(now, effects);
        _ahead?.CallBack(_items);
        if (_items.Count > 0)
        {
            Give(caller, wanted, effects);
            AdmitPutters(effects);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _getters.Enqueue(caller, now.After(timeout), wanted);
            effects.Arm(Earliest);
        }
    }

    private void Put(Caller caller, Offer offer, WaitTimeout timeout, Instant now, Effects effects)
    {
        // A putter that wants no reply was told that there is always room.
        if (HasRoom || !caller.WantsReply)
        {
            Admit(caller, offer, effects);
        }
        else if (!timeout.MayWait)
        {
            effects.Reply(caller, Reply.TimedOut);
        }
        else
        {
            _putters.Enqueue(caller, now.After(timeout), offer);
            effects.Arm(Earliest);
        }
    }

    private void Admit(Caller caller, Offer offer, Effects effects)
    {
        if (offer.Many is { } many)
        {
            int added = AddAsThereIsRoom(many, !caller.WantsReply, effects);
            _added.Note(caller, _items.LastNumber, added);
            effects.Reply(caller, Reply.Of(added));
        }
        else
        {
            long number = Add(offer.One, offer.Terms, effects);
            _added.Note(caller, number);
            ServeGetters(effects);
            effects.Reply(caller, Reply.Done);
        }
    }

    private int AddAsThereIsRoom(Payload[] values, bool all, Effects effects)
    {
        int added = 0;
        while (added < values.Length && (all || HasRoom))
        {
            // First add all that fits, so that a getter of many items gets many.
            while (added < values.Length && (all || HasRoom))
            {
                Add(values[added++], null, effects);
            }

            ServeGetters(effects);
        }

        return added;
    }

    private long Add(Payload value, PutTerms? terms, Effects effects)
    {
        long number = terms is null && _timeToLive.IsInfinite ? _items.Append(value) : AddWith(value, terms ?? s_ordinary, effects);
        _count?.Added();
        return number;
    }

    private void AdmitPutters(Effects effects)
    {
        while (HasRoom && _putters.TryDequeue(out var putter))
        {
            Admit(putter.Caller, putter.Request, effects);
        }
    }

    private void ServeGetters(Effects effects)
    {
        while (_items.Count > 0 && _getters.TryDequeue(out var getter))
        {
            Give(getter.Caller, getter.Request, effects);
        }
    }

    private void Live(LifecycleEvent life, Instant now, Effects effects)
    {
        _getters.Handle(life, now, effects);
        _putters.Handle(life, now, effects);
        _letterGetters.Handle(life, now, effects);
        if (life is LifecycleEvent.CallGivenUp given)
        {
            TakeBackLate(given.Waiter, effects);
        }
        else if (life is LifecycleEvent.ProcessGone gone)
        {
            _added.Forget(gone.Process);
            TakeBack(gone.Process, effects);
        }

        effects.Arm(Earliest);
    }

    /// <summary>What a putter offers: one item, perhaps with terms, or several.</summary>
    private readonly record struct Offer(Payload One, Payload[]? Many, PutTerms? Terms = null);

    /// <summary>What a getter wants: one item, up to a number of items, or one on lease; and its thread, where that matters.</summary>
    internal readonly record struct Wanted(int Max, int Thread)
    {
        public static readonly Wanted ALease = new(-1, 0);

        public static readonly Wanted Ahead = new(-2, 0);

        public static readonly Wanted APeek = new(-3, 0);

        public static readonly Wanted ADeadLetter = new(-4, 0);

        public static Wanted OneFor(int thread) => new(0, thread);

        public bool IsMany => Max > 0;

        public bool IsLease => Max == -1;

        public bool IsAhead => Max == -2;

        public bool IsPeek => Max == -3;
    }
}
