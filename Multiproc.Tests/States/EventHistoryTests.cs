using Multiproc.Objects.Events;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of an event, whose setters' messages travel slowly and get lost with them. The model: who waits is released by the
/// first Set after it began to wait, whatever is cleared since; and until then only by its deadline or its cancellation.
/// </summary>
public sealed class EventHistoryTests
{
    private enum Kind
    {
        Wait,
        Set,
        Clear,
        Arrive,
        Cancel,
        Die,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_SetReleasesExactlyThoseWhoWaited() =>
        Histories.Check(seed: 41, histories: 4000, length: 50, Random, static moves => new Life().Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 42, histories: 500, length: 50, Random, static moves => new Life().Play(moves).ShouldBe(new Life().Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(20);
        var kind = dice switch
        {
            < 7 => Kind.Wait, < 9 => Kind.Set, < 12 => Kind.Clear, < 15 => Kind.Arrive, < 17 => Kind.Cancel, < 18 => Kind.Die, _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        private readonly EventCell _cell;
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly Dictionary<int, int> _underWay = [];
        private readonly List<Waiting> _line = [];
        private int _born = 4;
        private bool _isSet;

        public Life()
            : base(new CellMemory(EventCell.Bytes))
        {
            _cell = Memory.Event;
            Script = new Script(new EventState(_cell));
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            switch (move.Kind)
            {
                case Kind.Wait:
                    var timeout = move.Number < 5 ? (TimeSpan?)null : TimeSpan.FromTicks(move.Number - 5);
                    var call = Script.Ask(process, new EventCommand.Wait(timeout));
                    _line.Add(new Waiting(call, Script.Now.After(timeout)) { Called = _isSet });
                    break;
                case Kind.Set:
                    Set(process);
                    break;
                case Kind.Clear:
                    _cell.Clear();
                    _isSet = false;
                    break;
                case Kind.Arrive when _underWay.GetValueOrDefault(process) > 0:
                    Arrive(process);
                    break;
                case Kind.Cancel when _line.Count > 0:
                    var chosen = _line[move.Number % _line.Count];
                    chosen.Cancelled |= chosen.Call.Waits;
                    Script.Cancel(chosen.Call);
                    break;
                case Kind.Die:
                    _line.RemoveAll(each => each.Call.Caller.Process == process);
                    _underWay.Remove(process);
                    _processes[move.Who] = ++_born;
                    Script.Die(process);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    break;
            }
        }

        protected override void Finish()
        {
            Set(_processes[0]);
            foreach (int process in _underWay.Keys.ToList())
            {
                Arrive(process);
            }

            Script.Require(_line.TrueForAll(static each => !each.Call.Waits), "somebody who was called waits for ever");
        }

        private void Set(int process)
        {
            _isSet = true;
            _line.ForEach(each => each.Called |= each.Call.Waits);
            if (_cell.Set())
            {
                _underWay[process] = _underWay.GetValueOrDefault(process) + 1;
            }
        }

        private void Arrive(int process)
        {
            for (; _underWay[process] > 0; _underWay[process]--)
            {
                Script.Tell(process, EventCommand.Call.Instance);
            }
        }

        protected override void Check()
        {
            Script.Require(_cell.IsSet == _isSet, $"set should be {_isSet}");
            foreach (var each in _line)
            {
                switch (each.Call.Reply?.Status)
                {
                    case null:
                        Script.Require(each.Deadline > Script.Now && !each.Cancelled, $"{each.Call} should have ended");
                        Script.Require(
                            !each.Called || _underWay.Values.Any(static calls => calls > 0), $"{each.Call} was called, and no message about it is under way");
                        break;
                    case ReplyStatus.Ok:
                        Script.Require(each.Called, $"{each.Call} was released by nobody");
                        break;
                    case ReplyStatus.TimedOut:
                        Script.Require(!each.Called && each.Deadline <= Script.Now, $"{each.Call} timed out before its time");
                        break;
                    case ReplyStatus.Cancelled:
                        Script.Require(!each.Called && each.Cancelled, $"{each.Call} was cancelled by nobody");
                        break;
                }
            }

            _line.RemoveAll(static each => !each.Call.Waits);
        }
    }

    private sealed record Waiting(Call Call, Instant Deadline)
    {
        public bool Called { get; set; }

        public bool Cancelled { get; set; }
    }
}
