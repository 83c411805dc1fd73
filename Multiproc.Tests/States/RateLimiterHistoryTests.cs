using System.Threading.RateLimiting;
using Multiproc.Objects.RateLimiters;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a rate limiter, compared with one that looks at its bucket at each tick of the clock.</summary>
public sealed class RateLimiterHistoryTests
{
    private enum Kind
    {
        Acquire,
        Cancel,
        GiveUp,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst, int.MaxValue)]
    [InlineData(QueueProcessingOrder.OldestFirst, 4)]
    [InlineData(QueueProcessingOrder.NewestFirst, 4)]
    public void Step_RandomHistories_DoWhatTheModelDoes(QueueProcessingOrder order, int queueLimit) =>
        Histories.Check(seed: 22_000 + queueLimit % 10, histories: 1500, length: 60, Random, moves => Play(moves, order, queueLimit));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() => Histories.Check(
        seed: 22, histories: 300, length: 60, Random,
        static moves => Play(moves, QueueProcessingOrder.OldestFirst, 5).ShouldBe(Play(moves, QueueProcessingOrder.OldestFirst, 5)));

    private static Move Random(Random random)
    {
        int dice = random.Next(20);
        var kind = dice switch { < 11 => Kind.Acquire, < 13 => Kind.Cancel, < 14 => Kind.GiveUp, < 15 => Kind.Die, _ => Kind.Pass };
        return new Move(kind, random.Next(4), random.Next(6), random.Next(12));
    }

    private static string Play(IReadOnlyList<Move> moves, QueueProcessingOrder order, int queueLimit)
    {
        var options = new SharedRateLimiterOptions
        {
            TokenLimit = 5, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromTicks(3), QueueLimit = queueLimit, QueueOrder = order,
        };
        var script = new Script(new RateLimiterState(options));
        var model = new Model(options);
        var calls = new List<Call>();
        int[] processes = [1, 2, 3, 4];
        int born = 4;
        foreach (var (kind, who, permits, number) in moves)
        {
            switch (kind)
            {
                case Kind.Acquire:
                    TimeSpan? timeout = number < 4 ? null : TimeSpan.FromTicks(number - 4);
                    var call = script.Ask(processes[who], new RateLimiterCommand.Acquire(permits, timeout));
                    calls.Add(call);
                    model.Acquire(call, permits, script.Now.After(timeout), mayWait: timeout != TimeSpan.Zero);
                    break;
                case Kind.Cancel when calls.Count > 0:
                    var cancelled = calls[^Math.Min(calls.Count, number + 1)];
                    script.Cancel(cancelled);
                    model.Forget(each => each == cancelled, ReplyStatus.Cancelled);
                    break;
                case Kind.GiveUp when calls.Count > 0 && !calls[^1].IsGivenUp:
                    script.GiveUp(calls[^1]);
                    model.GiveUp(calls[^1]);
                    break;
                case Kind.Die:
                    script.Die(processes[who]);
                    model.Forget(each => each.Caller.Process == processes[who], null);
                    calls.RemoveAll(each => each.Caller.Process == processes[who]);
                    processes[who] = ++born;
                    break;
                case Kind.Pass:
                    for (int i = 0; i < number; i++)
                    {
                        script.Pass(TimeSpan.FromTicks(1));
                        model.Tick();
                    }

                    break;
            }

            foreach (var each in calls.Where(static each => !each.IsGivenUp))
            {
                bool ended = model.Ended.TryGetValue(each, out var status);
                script.Require(ended ? each.Reply?.Status == status : each.Waits, $"{each} should have ended: {ended} {status}");
            }

            var numbers = new WireReader(script.Ask(99, RateLimiterCommand.Look.Instance).Reply!.Value.Value.Bytes.Span);
            script.Require(numbers.VarInt() == model.Tokens, $"{model.Tokens} permits should be there");
            script.Require(numbers.VarInt() == model.Queued, $"{model.Queued} permits should be waited for");
            script.Require(numbers.VarInt() == model.Succeeded, $"{model.Succeeded} calls should have succeeded");
        }

        return script.Transcript;
    }

    private readonly record struct Move(Kind Kind, int Who, int Permits, int Number);

    /// <summary>A bucket, a line, and a clock that ticks.</summary>
    private sealed class Model(SharedRateLimiterOptions options)
    {
        private readonly List<(Call Call, int Permits, Instant Deadline)> _line = [];
        private readonly Dictionary<Call, int> _granted = [];
        private long _now;
        private long _sinceReplenished;

        public int Tokens { get; private set; } = options.TokenLimit;

        public int Succeeded { get; private set; }

        public int Queued => _line.Sum(static each => each.Permits);

        public Dictionary<Call, ReplyStatus> Ended { get; } = [];

        private bool IsNewestFirst => options.QueueOrder == QueueProcessingOrder.NewestFirst;

        public void Acquire(Call call, int permits, Instant deadline, bool mayWait)
        {
            if ((_line.Count == 0 || IsNewestFirst || permits == 0) && Tokens > 0 && Tokens >= permits)
            {
                Grant(call, permits);
                return;
            }

            while (mayWait && IsNewestFirst && permits <= options.QueueLimit && Queued > options.QueueLimit - permits)
            {
                Ended[_line[0].Call] = ReplyStatus.TimedOut;
                _line.RemoveAt(0);
            }

            if (mayWait && Queued <= options.QueueLimit - permits)
            {
                _line.Add((call, permits, deadline));
            }
            else
            {
                Ended[call] = ReplyStatus.TimedOut;
            }
        }

        public void Forget(Predicate<Call> which, ReplyStatus? status)
        {
            foreach (var each in _line.Where(each => which(each.Call)).ToList())
            {
                _line.Remove(each);
                if (status is { } told)
                {
                    Ended[each.Call] = told;
                }
            }

            GrantAll();
        }

        /// <summary>What it was granted comes back, if nothing was granted to its process meanwhile.</summary>
        public void GiveUp(Call call)
        {
            if (_granted.Remove(call, out int permits))
            {
                Succeeded--;
                Tokens = Math.Min(options.TokenLimit, Tokens + permits);
            }

            Forget(each => each == call, null);
        }

        public void Tick()
        {
            _now++;
            if (Tokens == options.TokenLimit)
            {
                _sinceReplenished = 0;
            }
            else if (++_sinceReplenished == options.ReplenishmentPeriod.Ticks)
            {
                _sinceReplenished = 0;
                Tokens = Math.Min(options.TokenLimit, Tokens + options.TokensPerPeriod);
                GrantAll(hasCome: true);
            }

            foreach (var each in _line.Where(each => each.Deadline.Ticks <= _now).ToList())
            {
                _line.Remove(each);
                Ended[each.Call] = ReplyStatus.TimedOut;
            }

            GrantAll();
        }

        private void GrantAll(bool hasCome = false)
        {
            while (_line.Count > 0 && (IsNewestFirst ? _line[^1] : _line[0]) is var first
                && ((first.Permits == 0 && hasCome) || (Tokens > 0 && Tokens >= first.Permits)))
            {
                _line.Remove(first);
                Grant(first.Call, first.Permits);
            }

            if (Tokens == options.TokenLimit)
            {
                _sinceReplenished = 0;
            }
        }

        private void Grant(Call call, int permits)
        {
            Tokens -= permits;
            Succeeded++;
            Ended[call] = ReplyStatus.Ok;
            foreach (var earlier in _granted.Keys.Where(each => CallTable.IndexOf(each.Caller.Call) == CallTable.IndexOf(call.Caller.Call)
                && each.Caller.Process == call.Caller.Process).ToList())
            {
                _granted.Remove(earlier);
            }

            _granted[call] = permits;
        }
    }
}
