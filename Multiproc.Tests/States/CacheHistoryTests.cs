using Multiproc.Objects.Caches;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a cache, compared with a list of entries and, for each key, a line of those who want it.</summary>
public sealed class CacheHistoryTests
{
    private enum Kind
    {
        GetOrClaim,
        Fulfil,
        Fail,
        TryGet,
        Set,
        Remove,
        Clear,
        Cancel,
        GiveUp,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Step_RandomHistories_DoWhatTheModelDoes(bool expires, bool slides) => Histories.Check(
        seed: 26_000, histories: 1000, length: 80, Random,
        moves => new Life(new SharedCacheOptions
        {
            MaxCount = 3,
            AbsoluteExpiration = expires ? TimeSpan.FromTicks(20) : Timeout.InfiniteTimeSpan,
            SlidingExpiration = slides ? TimeSpan.FromTicks(9) : Timeout.InfiniteTimeSpan,
        }).Play(moves));

    [Fact]
    public void Set_MoreBytesThanAllowed_EvictsTheLeastUsed()
    {
        var script = new Script(new CacheState(new SharedCacheOptions { MaxBytes = 30 }));
        var anna = script.Process(1);
        var tenBytes = new Payload(new byte[9]);
        for (byte key = 1; key <= 3; key++)
        {
            anna.Asks(new CacheCommand.Set(new Payload(new[] { key }), tenBytes)).ShouldBeDone();
        }

        anna.Asks(CacheCommand.Look.Instance).ShouldAnswer(3);
        anna.Asks(new CacheCommand.TryGet(new Payload(new byte[] { 1 }))).ShouldAnswer(1);
        anna.Asks(new CacheCommand.Set(new Payload(new byte[] { 4 }), new Payload(new byte[10]))).ShouldBeDone();
        anna.Asks(CacheCommand.Look.Instance).ShouldAnswer(2);
        anna.Asks(new CacheCommand.TryGet(new Payload(new byte[] { 1 }))).ShouldAnswer(1);
        anna.Asks(new CacheCommand.Set(new Payload(new byte[] { 5 }), new Payload(new byte[40]))).ShouldBeDone();
        anna.Asks(CacheCommand.Look.Instance).ShouldAnswer(0);
    }

    private static Move Random(Random random)
    {
        int dice = random.Next(30);
        var kind = dice switch
        {
            < 10 => Kind.GetOrClaim,
            < 15 => Kind.Fulfil,
            < 17 => Kind.Fail,
            < 19 => Kind.TryGet,
            < 22 => Kind.Set,
            < 23 => Kind.Remove,
            < 24 => Kind.Clear,
            < 25 => Kind.Cancel,
            < 26 => Kind.GiveUp,
            < 27 => Kind.Die,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(5), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Key, int Number);

    private sealed class Life(SharedCacheOptions options)
    {
        private readonly Script _script = new(new CacheState(options));
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly List<(int Key, int Value, Instant Written, Instant Used)> _entries = []; // The least used first.
        private readonly Dictionary<int, Making> _making = [];
        private readonly List<(Call Call, int Key)> _calls = [];
        private readonly Dictionary<Call, (ReplyStatus Status, long Number, int Value)> _ended = [];
        private int _born = 4;
        private int _values;
        private long _claims;

        public void Play(IReadOnlyList<Move> moves)
        {
            foreach (var (kind, who, key, number) in moves)
            {
                Do(kind, who, key, number);
                foreach (var (call, _) in _calls.Where(static each => !each.Call.IsGivenUp))
                {
                    bool ended = _ended.TryGetValue(call, out var expected);
                    bool same = ended
                        ? call.Reply is { } reply && reply.Status == expected.Status && reply.Number == expected.Number
                            && (expected.Value == 0 || Script.Number(reply) == expected.Value)
                        : call.Waits;
                    _script.Require(same, $"{call} should have ended: {ended} {expected}");
                }

                _script.Ask(99, CacheCommand.Look.Instance).ShouldAnswer(_entries.Count);
            }
        }

        private void Do(Kind kind, int who, int key, int number)
        {
            int process = _processes[who];
            TimeSpan? timeout = number < 5 ? null : TimeSpan.FromTicks(number - 5);
            var mine = _making.Values.FirstOrDefault(each => each.Process == process);
            Expire();
            switch (kind)
            {
                case Kind.GetOrClaim:
                    var get = _script.Ask(process, new CacheCommand.GetOrClaim(Script.Value(key), timeout));
                    _calls.Add((get, key));
                    if (Use(key) is { } value)
                    {
                        _ended[get] = (ReplyStatus.Ok, 0, value);
                    }
                    else if (!_making.TryGetValue(key, out var making))
                    {
                        _making.Add(key, making = new Making(key));
                        Grant(making, get);
                    }
                    else if (timeout == TimeSpan.Zero)
                    {
                        _ended[get] = (ReplyStatus.TimedOut, 0, 0);
                    }
                    else
                    {
                        making.Line.Add((get, _script.Now.After(timeout)));
                    }

                    break;
                case Kind.Fulfil when mine is not null:
                    _script.Ask(process, new CacheCommand.Fulfil(mine.Claim, Script.Value(++_values))).ShouldBeDone();
                    Set(mine.Key, _values);
                    break;
                case Kind.Fulfil:
                    _script.Ask(process, new CacheCommand.Fulfil(number, Script.Value(++_values))).ShouldBeDone();
                    break;
                case Kind.Fail when mine is not null:
                    _script.Tell(process, new CacheCommand.Fail(mine.Claim));
                    Remake(mine.Key);
                    break;
                case Kind.TryGet:
                    var tried = _script.Ask(process, new CacheCommand.TryGet(Script.Value(key)));
                    _ = Use(key) is { } there ? tried.ShouldAnswer(1).ShouldGet(there) : tried.ShouldAnswer(0);
                    break;
                case Kind.Set:
                    _script.Ask(process, new CacheCommand.Set(Script.Value(key), Script.Value(++_values))).ShouldBeDone();
                    Set(key, _values);
                    break;
                case Kind.Remove:
                    _script.Ask(process, new CacheCommand.Remove(Script.Value(key))).ShouldAnswer(_entries.RemoveAll(each => each.Key == key));
                    Remake(key);
                    break;
                case Kind.Clear:
                    _script.Ask(process, CacheCommand.Clear.Instance).ShouldBeDone();
                    _entries.Clear();
                    _making.Values.OrderBy(static each => each.Claim).Select(static each => each.Key).ToList().ForEach(Remake);
                    break;
                case Kind.Cancel when _calls.Count > 0:
                    var cancelled = _calls[^Math.Min(_calls.Count, number + 1)].Call;
                    _script.Cancel(cancelled);
                    if (_making.Values.Sum(each => each.Line.RemoveAll(waiter => waiter.Call == cancelled)) > 0)
                    {
                        _ended[cancelled] = (ReplyStatus.Cancelled, 0, 0);
                    }

                    break;
                case Kind.GiveUp when _calls.Count > 0 && !_calls[^1].Call.IsGivenUp:
                    GiveUp(_calls[^1].Call);
                    break;
                case Kind.Die:
                    _script.Die(process);
                    _calls.RemoveAll(each => each.Call.Caller.Process == process);
                    foreach (var each in _making.Values.ToList())
                    {
                        each.Line.RemoveAll(waiter => waiter.Call.Caller.Process == process);
                    }

                    _making.Values.Where(each => each.Process == process).OrderBy(static each => each.Claim).Select(static each => each.Key).ToList()
                        .ForEach(Remake);
                    _processes[who] = ++_born;
                    break;
                case Kind.Pass:
                    _script.Pass(TimeSpan.FromTicks(number));
                    foreach (var each in _making.Values)
                    {
                        foreach (var (call, deadline) in each.Line.Where(waiter => waiter.Deadline <= _script.Now).ToList())
                        {
                            _ended[call] = (ReplyStatus.TimedOut, 0, 0);
                            each.Line.Remove((call, deadline));
                        }
                    }

                    Expire();
                    break;
            }
        }

        private void GiveUp(Call call)
        {
            _script.GiveUp(call);
            foreach (var each in _making.Values)
            {
                each.Line.RemoveAll(waiter => waiter.Call == call);
            }

            if (_making.Values.FirstOrDefault(each => each.Granted == call) is { } granted)
            {
                Remake(granted.Key);
            }
        }

        private void Expire() => _entries.RemoveAll(each =>
            each.Written.After(options.AbsoluteExpiration) <= _script.Now || each.Used.After(options.SlidingExpiration) <= _script.Now);

        private int? Use(int key)
        {
            int at = _entries.FindIndex(each => each.Key == key);
            if (at < 0)
            {
                return null;
            }

            var entry = _entries[at] with { Used = _script.Now };
            _entries.RemoveAt(at);
            _entries.Add(entry);
            return entry.Value;
        }

        private void Set(int key, int value)
        {
            _entries.RemoveAll(each => each.Key == key);
            _entries.Add((key, value, _script.Now, _script.Now));
            if (_entries.Count > options.MaxCount)
            {
                _entries.RemoveAt(0);
            }

            if (_making.Remove(key, out var making))
            {
                making.Line.ForEach(each => _ended[each.Call] = (ReplyStatus.Ok, 0, value));
            }
        }

        private void Remake(int key)
        {
            if (_making.TryGetValue(key, out var making) && making.Line.Count == 0)
            {
                _making.Remove(key);
            }
            else if (making is not null)
            {
                var next = making.Line[0].Call;
                making.Line.RemoveAt(0);
                Grant(making, next);
            }
        }

        private void Grant(Making making, Call call)
        {
            (making.Claim, making.Process) = (++_claims, call.Caller.Process);
            _ended[call] = (ReplyStatus.Ok, making.Claim, 0);

            // In a script all calls of a process have one place: a later grant shows that the earlier call is over.
            foreach (var each in _making.Values.Where(each => each.Granted?.Caller.Process == call.Caller.Process
                && CallTable.IndexOf(each.Granted.Caller.Call) == CallTable.IndexOf(call.Caller.Call)))
            {
                each.Granted = null;
            }

            making.Granted = call;
        }

        private sealed class Making(int key)
        {
            public int Key => key;

            public long Claim { get; set; }

            public int Process { get; set; }

            /// <summary>The call that has the claim, as long as it can be given up.</summary>
            public Call? Granted { get; set; }

            public List<(Call Call, Instant Deadline)> Line { get; } = [];
        }
    }
}
