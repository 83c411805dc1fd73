using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>How somebody has an item.</summary>
internal enum Hold
{
    /// <summary>On its way to a caller.</summary>
    Unacknowledged,
    Lease,

    /// <summary>Taken from a joinable queue and not done.</summary>
    Claim,
    DeadLetter,
}

/// <summary>
/// A queue with leases, dead letters, and joiners when it is joinable, as one would explain it: lists that are searched from the front. Slow, and
/// shaped unlike the state: one table says where each item is.
/// </summary>
internal sealed class JoinableQueueModel(int maxSize, int maxRedeliveries, bool joinable)
{
    private readonly List<Item> _items = [];
    private readonly List<Request> _getters = [];
    private readonly List<Request> _putters = [];
    private readonly List<Request> _joiners = [];
    private int _unfinished;
    private int _claims;

    /// <summary>What every call should have got by now: a status, a number, and items.</summary>
    public Dictionary<Call, (ReplyStatus Status, long Number, int[] Items)> Expected { get; } = [];

    public int Count => _items.Count(static item => item.IsInLine);

    public int DeadCount => _items.Count(static item => item.IsSetAside);

    public IEnumerable<int> All => _items.Select(static item => item.Value);

    private bool HasRoom => maxSize <= 0 || Count < maxSize;

    public void Put(Call call, int[] values, bool many, Instant now, TimeSpan? timeout) =>
        Enter(_putters, new Request(call, now.After(timeout), values, many ? values.Length : 0, Hold.Unacknowledged, 0), timeout);

    public void Get(Call call, int max, Hold hold, int thread, Instant now, TimeSpan? timeout) =>
        Enter(_getters, new Request(call, now.After(timeout), [], max, hold, thread), timeout);

    public void Join(Call call, Instant now, TimeSpan? timeout) =>
        Enter(_joiners, new Request(call, now.After(timeout), [], 0, Hold.Unacknowledged, 0), timeout);

    public void TakeDeadLetter(Call call)
    {
        if (_items.Find(static item => item.IsSetAside) is { } letter)
        {
            Give(letter, call, Hold.DeadLetter, 0);
            Expected[call] = (ReplyStatus.Ok, letter.Redeliveries, [letter.Value]);
        }
        else
        {
            Expected[call] = (ReplyStatus.TimedOut, 0, []);
        }
    }

    public void Taken(Call call)
    {
        if (_items.Find(item => item.Holder == call) is { } taken)
        {
            _items.Remove(taken);
            if (taken.Hold == Hold.Lease)
            {
                Finish();
                Match();
            }
        }
    }

    public void Abandon(Call call)
    {
        if (_items.Find(item => item.Holder == call) is { } item)
        {
            Release(item);
            Match();
        }
    }

    public void AckMany(Call call, int count)
    {
        foreach (var (item, index) in _items.Where(item => item.Holder == call).Select(static (item, index) => (item, index)).ToList())
        {
            if (index >= count)
            {
                item.Holder = null;
            }
            else if (!joinable)
            {
                _items.Remove(item);
            }
        }

        Match();
    }

    public void TaskDone(Call call, int process, int thread)
    {
        if (_unfinished == 0)
        {
            Expected[call] = (ReplyStatus.Refused, 0, []);
            return;
        }

        var claims = _items.Where(static item => item.Holder is not null && item.Hold == Hold.Claim).OrderBy(static item => item.ClaimedAs).ToList();
        var own = claims.Where(item => item.Holder!.Caller.Process == process).ToList();
        var meant = own.Find(item => item.Thread == thread) ?? own.FirstOrDefault()
            ?? claims.DistinctBy(static item => item.Holder!.Caller.Process).MinBy(static item => item.Place);
        if (meant is not null)
        {
            _items.Remove(meant);
        }

        Expected[call] = (ReplyStatus.Ok, 0, []);
        Finish();
        Match();
    }

    public void Cancelled(Call call)
    {
        foreach (var line in new[] { _getters, _putters, _joiners })
        {
            if (line.RemoveAll(request => request.Call == call) > 0)
            {
                Expected[call] = (ReplyStatus.Cancelled, 0, []);
            }
        }
    }

    public void Died(int process)
    {
        foreach (var line in new[] { _getters, _putters, _joiners })
        {
            line.RemoveAll(request => request.Call.Caller.Process == process);
        }

        foreach (var item in _items.Where(item => item.Holder?.Caller.Process == process).ToList())
        {
            Release(item);
        }

        Match();
    }

    public void TimePassed(Instant now)
    {
        foreach (var line in new[] { _getters, _putters, _joiners })
        {
            foreach (var late in line.Where(request => request.Deadline <= now).ToList())
            {
                line.Remove(late);
                Expected[late.Call] = (ReplyStatus.TimedOut, 0, []);
            }
        }
    }

    private void Enter(List<Request> line, Request request, TimeSpan? timeout)
    {
        line.Add(request);
        Match();
        if (timeout <= TimeSpan.Zero && line.Remove(request))
        {
            Expected[request.Call] = (ReplyStatus.TimedOut, 0, []);
        }
    }

    private void Release(Item item)
    {
        item.Holder = null;
        if (item.Hold != Hold.DeadLetter && ++item.Redeliveries > maxRedeliveries)
        {
            item.Hold = Hold.DeadLetter;
            Finish();
        }
    }

    private void Finish() => _unfinished = Math.Max(0, _unfinished - 1);

    /// <summary>Putters with room first, one item of theirs at a time; then getters; then joiners.</summary>
    private void Match()
    {
        while (true)
        {
            if (_putters.Count > 0 && HasRoom)
            {
                var putter = _putters[0];
                int added = 0;
                do
                {
                    Add(putter.Values[added++]);
                    if (!HasRoom)
                    {
                        ServeGetters();
                    }
                }
                while (added < putter.Values.Length && HasRoom);
                _putters.RemoveAt(0);
                Expected[putter.Call] = (ReplyStatus.Ok, putter.Max > 0 ? added : 0, []);
            }
            else if (!ServeGetters())
            {
                break;
            }
        }

        if (joinable && _unfinished == 0)
        {
            _joiners.ForEach(joiner => Expected[joiner.Call] = (ReplyStatus.Ok, 0, []));
            _joiners.Clear();
        }
    }

    private void Add(int value)
    {
        _items.Add(new Item(value, _items.Count == 0 ? 1 : _items[^1].Place + 1));
        _unfinished += joinable ? 1 : 0;
    }

    private bool ServeGetters()
    {
        bool served = false;
        while (_getters.Count > 0 && Count > 0)
        {
            served = true;
            var getter = _getters[0];
            _getters.RemoveAt(0);
            var given = _items.Where(static item => item.IsInLine).Take(Math.Max(1, getter.Max)).ToList();
            given.ForEach(item => Give(item, getter.Call, getter.Hold, getter.Thread));
            Expected[getter.Call] = (ReplyStatus.Ok, getter.Max > 0 ? given.Count : given[0].Redeliveries, [.. given.Select(static item => item.Value)]);
        }

        return served;
    }

    private void Give(Item item, Call call, Hold hold, int thread)
    {
        item.Holder = call;
        item.Hold = hold;
        item.Thread = thread;
        item.ClaimedAs = ++_claims;
    }

    private sealed record Request(Call Call, Instant Deadline, int[] Values, int Max, Hold Hold, int Thread);

    private sealed class Item(int value, int place)
    {
        public int Value => value;

        public int Place => place;

        public Call? Holder { get; set; }

        public Hold Hold { get; set; }

        public int Thread { get; set; }

        public int ClaimedAs { get; set; }

        public int Redeliveries { get; set; }

        public bool IsSetAside => Holder is null && Hold == Hold.DeadLetter;

        public bool IsInLine => Holder is null && Hold != Hold.DeadLetter;
    }
}
