using Multiproc.Objects.Barriers;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a barrier with three parties, against a model of its rules: a list of who waits, who runs the action, and whether it is broken.
/// </summary>
public sealed class BarrierHistoryTests
{
    private const int Parties = 3;

    private enum Kind
    {
        Wait,
        Act,
        Fail,
        Reset,
        Abort,
        Cancel,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_RandomHistories_RoundsAreWhole(bool hasAction) =>
        Histories.Check(seed: 21, histories: 3000, length: 60, Random, moves => new Life(hasAction).Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 22, histories: 500, length: 60, Random, static moves => new Life(true).Play(moves).ShouldBe(new Life(true).Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(32);
        var kind = dice switch
        {
            < 18 => Kind.Wait,
            < 22 => Kind.Act,
            < 23 => Kind.Fail,
            < 25 => Kind.Reset,
            < 26 => Kind.Abort,
            < 28 => Kind.Cancel,
            < 29 => Kind.Die,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(20));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private readonly record struct Party(Call Call, Instant Deadline);

    private sealed class Life : CellLife<Move>
    {
        private readonly bool _hasAction;
        private readonly BarrierCell _cell;
        private readonly int[] _processes = [0, 1, 2, 3];
        private readonly List<Party> _waiting = [];
        private readonly List<Party> _early = [];
        private Call? _acting;
        private bool _broken;
        private int _born = 3;

        public Life(bool hasAction)
            : base(new CellMemory(BarrierCell.Bytes))
        {
            _hasAction = hasAction;
            _cell = Memory.Barrier;
            Script = new Script(new BarrierState(_cell, Parties, hasAction));
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            switch (move.Kind)
            {
                case Kind.Wait:
                    Wait(process, move.Number < 16 ? null : TimeSpan.FromTicks(move.Number - 16));
                    break;
                case Kind.Act or Kind.Fail when _acting is { } acting:
                    Act(acting, move.Kind == Kind.Act);
                    break;
                case Kind.Reset:
                    Script.Ask(process, BarrierCommand.Reset.Instance).ShouldBeDone();
                    _acting = null;
                    _broken = false;
                    Refuse(_waiting);
                    Admit();
                    break;
                case Kind.Abort:
                    Script.Ask(process, BarrierCommand.Abort.Instance).ShouldBeDone();
                    Break();
                    break;
                case Kind.Cancel when _waiting.Count > 0:
                    var chosen = _waiting[move.Number % _waiting.Count];
                    Script.Cancel(chosen.Call);
                    chosen.Call.ShouldEndCancelled();
                    _waiting.Remove(chosen);
                    break;
                case Kind.Die when process != 0:
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Pass(TimeSpan.FromTicks(move.Number));
                    break;
            }
        }

        private void Wait(int process, TimeSpan? timeout)
        {
            var call = Script.Ask(process, new BarrierCommand.Wait(timeout));
            if (_broken)
            {
                call.ShouldAnswer(BarrierCommand.Broken);
            }
            else if (timeout == TimeSpan.Zero && (_acting is not null || _waiting.Count + 1 < Parties))
            {
                call.ShouldTimeOut();
                Break();
            }
            else
            {
                Come(new Party(call, Script.Now.After(timeout)));
            }
        }

        private void Come(Party party)
        {
            if (_acting is not null)
            {
                _early.Add(party);
            }
            else if (_waiting.Count + 1 < Parties)
            {
                _waiting.Add(party);
            }
            else
            {
                party.Call.ShouldAnswer(Parties - 1);
                if (_hasAction)
                {
                    _acting = party.Call;
                }
                else
                {
                    Open();
                }
            }
        }

        private void Open()
        {
            for (int i = 0; i < _waiting.Count; i++)
            {
                _waiting[i].Call.ShouldAnswer(i);
            }

            _waiting.Clear();
        }

        private void Admit()
        {
            while (_acting is null && _early.Count > 0)
            {
                var party = _early[0];
                _early.RemoveAt(0);
                Come(party);
            }
        }

        private void Act(Call acting, bool succeeds)
        {
            Script.Ask(acting.Caller.Process, new BarrierCommand.Acted(acting.Caller.Call, succeeds)).ShouldAnswer(0);
            _acting = null;
            if (succeeds)
            {
                Open();
                Admit();
            }
            else
            {
                Break();
            }
        }

        private void Die(int who)
        {
            int process = _processes[who];
            Script.Die(process);
            _processes[who] = ++_born;
            int lost = _waiting.RemoveAll(each => each.Call.Caller.Process == process) + _early.RemoveAll(each => each.Call.Caller.Process == process);
            if (lost > 0 || _acting?.Caller.Process == process)
            {
                Break();
            }
        }

        /// <summary>The first whose time runs out breaks it for all the others, also for those whose time would have run out next.</summary>
        private void Pass(TimeSpan time)
        {
            Script.Pass(time);
            var all = _waiting.Concat(_early).ToList();
            var first = all.Count == 0 ? Instant.Never : all.Min(static each => each.Deadline);
            if (first > Script.Now)
            {
                return;
            }

            foreach (var party in all.Where(each => each.Deadline == first))
            {
                party.Call.ShouldTimeOut();
                _waiting.Remove(party);
                _early.Remove(party);
            }

            Break();
        }

        private void Break()
        {
            _acting = null;
            _broken = true;
            Refuse(_waiting);
            Refuse(_early);
        }

        private static void Refuse(List<Party> parties)
        {
            foreach (var party in parties)
            {
                party.Call.ShouldAnswer(BarrierCommand.Broken);
            }

            parties.Clear();
        }

        protected override void Check()
        {
            foreach (var party in _waiting.Concat(_early))
            {
                party.Call.ShouldWait();
            }

            Script.Require(_cell.IsBroken == _broken, $"broken should be {_broken}");
            Script.Require(_cell.Waiting == _waiting.Count + (_acting is null ? 0 : 1), $"{_waiting.Count} should be shown to wait, not {_cell.Waiting}");
        }
    }
}
