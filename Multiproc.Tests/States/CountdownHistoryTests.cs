using Multiproc.Objects.Countdowns;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a countdown: signals by the cell, whose news travel slowly and get lost with their sender, and by messages. The model is a count and those
/// who waited when it became zero.
/// </summary>
public sealed class CountdownHistoryTests
{
    private enum Kind
    {
        Signal,
        SignalByCommand,
        Add,
        Reset,
        Restart,
        Wait,
        Arrive,
        Cancel,
        Die,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_LetGoAllThatWaitedForTheZero() =>
        Histories.Check(seed: 31, histories: 4000, length: 60, Random, static moves => new Life().Play(moves));

    private static Move Random(Random random) => new((Kind)random.Next((int)Kind.Pass + 1), random.Next(4), random.Next(10));

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        private const int Start = 3;

        private readonly CountdownCell _cell;
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly SlowPost<CountdownCommand> _post = new();
        private readonly List<(Call Call, Instant Deadline)> _waiting = [];
        private readonly List<Call> _reached = [];
        private int _born = 4;
        private int _count = Start;
        private int _initial = Start;

        public Life()
            : base(new CellMemory(CountdownCell.Bytes))
        {
            _cell = Memory.Countdown;
            Script = new Script(new CountdownState(_cell, Start));
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            int count = 1 + (move.Number % 3);
            switch (move.Kind)
            {
                case Kind.Signal:
                    var outcome = _cell.Signal(count);
                    Script.Require((outcome == SignalOutcome.TooMany) == count > _count, $"a signal of {count} at {_count} was {outcome}");
                    Counts(outcome == SignalOutcome.TooMany ? _count : _count - count);
                    if (outcome == SignalOutcome.NeedsNode)
                    {
                        _post.Send(process, CountdownCommand.Reached.Instance);
                    }

                    break;
                case Kind.SignalByCommand:
                    bool fits = count <= _count;
                    Counts(fits ? _count - count : _count);
                    var told = Script.Ask(process, new CountdownCommand.Signal(count));
                    _ = fits ? told.ShouldAnswer(_count == 0 ? 1 : 0) : told.ShouldBeRefused();
                    break;
                case Kind.Add:
                    Script.Require(_cell.Add(count) == _count, "adding tells the count before");
                    Counts(_count == 0 ? 0 : _count + count);
                    break;
                case Kind.Reset:
                    Counts(move.Number % 4);
                    _initial = _count;
                    Script.Ask(process, new CountdownCommand.Reset(_count)).ShouldBeDone();
                    break;
                case Kind.Restart:
                    Counts(_initial);
                    Script.Ask(process, CountdownCommand.Restart.Instance).ShouldBeDone();
                    break;
                case Kind.Wait:
                    Wait(process, move.Number);
                    break;
                case Kind.Arrive when _post.TryDeliver(process, out var message):
                    Script.Tell(process, message);
                    break;
                case Kind.Cancel when _waiting.Count > 0:
                    Script.Cancel(_waiting[move.Number % _waiting.Count].Call);
                    break;
                case Kind.Die:
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    break;
            }
        }

        protected override void Check()
        {
            Script.Require((_cell.Count, _cell.Initial) == (_count, _initial), $"the counts should be {_count} of {_initial}");
            Script.Require(!_waiting.Exists(static each => each.Call.Succeeded), "somebody was let go before the zero");
            _waiting.RemoveAll(static each => !each.Call.Waits);
            Script.Require(_waiting.TrueForAll(each => each.Deadline > Script.Now), "somebody waits beyond his time");
            if (_post.IsEmpty)
            {
                Script.Require(_reached.TrueForAll(static each => !each.Waits), "somebody waits after the zero, and nobody is about to tell");
            }
        }

        protected override void Finish()
        {
            foreach (int process in _processes)
            {
                while (_post.TryDeliver(process, out var message))
                {
                    Script.Tell(process, message);
                }
            }

            Check();
            Script.Ask(_processes[0], new CountdownCommand.Reset(0)).ShouldBeDone();
            Script.Require(_waiting.TrueForAll(static each => each.Call.Succeeded), "a reset to zero lets everybody go");
        }

        /// <summary>Those who wait while it becomes zero are let go, sooner or later, whatever happens to the count.</summary>
        private void Counts(int count)
        {
            _count = count;
            if (count == 0)
            {
                _reached.AddRange(_waiting.Select(static each => each.Call));
                _waiting.Clear();
            }
        }

        private void Wait(int process, int number)
        {
            WaitTimeout timeout = number < 5 ? WaitTimeout.Infinite : TimeSpan.FromTicks(number - 5);
            var call = Script.Ask(process, new CountdownCommand.Wait(timeout));
            if (_count == 0)
            {
                call.ShouldBeDone();
            }
            else if (!timeout.MayWait)
            {
                call.ShouldTimeOut();
            }
            else
            {
                _waiting.Add((call.ShouldWait(), Script.Now.After(timeout)));
            }
        }

        private void Die(int who)
        {
            int process = _processes[who];
            _post.Lose(process);
            _waiting.RemoveAll(each => each.Call.Caller.Process == process);
            _reached.RemoveAll(each => each.Caller.Process == process);
            Script.Die(process);
            _processes[who] = ++_born;
        }
    }
}
