using Multiproc.Objects.Semaphores;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a semaphore: permits are taken and given by the cell, messages travel slowly and get lost with their sender, and
/// processes also die between the closing of the cell's word, its counting and their operation. The model is a number of permits and who holds them.
/// </summary>
public sealed class SemaphoreHistoryTests
{
    private const int Permits = 3;

    private enum Kind
    {
        Try,
        Ask,
        Give,
        Arrive,
        Cancel,
        Die,
        DieClosing,
        DieCounting,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_ConservePermitsAndForgetNobody() =>
        Histories.Check(seed: 11, histories: 4000, length: 60, Random, static moves => new Life().Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 12, histories: 500, length: 60, Random, static moves => new Life().Play(moves).ShouldBe(new Life().Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(22);
        var kind = dice switch
        {
            < 4 => Kind.Try,
            < 8 => Kind.Ask,
            < 12 => Kind.Give,
            < 16 => Kind.Arrive,
            < 17 => Kind.Cancel,
            < 18 => Kind.Die,
            < 19 => Kind.DieClosing,
            < 20 => Kind.DieCounting,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        private readonly SemaphoreCell _cell;
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly int[] _slots = new int[4];
        private readonly SlowPost<SemaphoreCommand> _post = new();
        private readonly Dictionary<int, int> _held = [];
        private readonly List<(Call Call, Instant Deadline)> _line = [];
        private int _born = 4;
        private int _free = Permits;

        public Life()
            : base(new CellMemory(SemaphoreCell.Bytes))
        {
            _cell = Memory.Semaphore;
            Script = new Script(new SemaphoreState(_cell, Permits, SemaphoreCell.MaxCount));
            for (int who = 0; who < _slots.Length; who++)
            {
                Join(who);
            }
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            int slot = _slots[move.Who];
            switch (move.Kind)
            {
                case Kind.Try when _cell.TryTake(slot):
                    Script.Require(_line.Count == 0, $"P{process} overtook those who wait");
                    Take(process);
                    break;
                case Kind.Ask:
                    _post.Send(process, new SemaphoreCommand.Acquire(move.Number < 5 ? null : TimeSpan.FromTicks(move.Number - 5)));
                    break;
                case Kind.Give when Held(process) > 0:
                    Give(move.Who);
                    break;
                case Kind.Arrive when _post.TryDeliver(process, out var message):
                    Arrive(process, message);
                    break;
                case Kind.Cancel when _line.Count > 0:
                    var chosen = _line[move.Number % _line.Count].Call;
                    Script.Cancel(chosen);
                    _line.RemoveAll(each => each.Call == chosen && !chosen.Succeeded);
                    Resolve(chosen);
                    break;
                case Kind.Die:
                    Die(move.Who);
                    break;
                case Kind.DieClosing:
                    long word = Memory.Words[0];
                    _cell.TryClose(ref word).ShouldBeTrue();
                    Die(move.Who);
                    break;
                case Kind.DieCounting:
                    _cell.TryCount().ShouldBeTrue();
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    _line.RemoveAll(each => each.Deadline <= Script.Now && each.Call.Reply?.Status == ReplyStatus.TimedOut);
                    Script.Require(_line.TrueForAll(each => each.Deadline > Script.Now || each.Call.Succeeded), "somebody waits beyond his time");
                    break;
            }
        }

        private void Arrive(int process, SemaphoreCommand message)
        {
            if (message is SemaphoreCommand.Acquire acquire)
            {
                var call = Script.Ask(process, acquire);
                if (call.Waits || call.Succeeded)
                {
                    _line.Add((call, Script.Now.After(acquire.Timeout)));
                }
            }
            else
            {
                Script.Tell(process, message);
            }
        }

        private void Give(int who)
        {
            Changes(_processes[who], -1);
            if (_cell.Give(_slots[who], SemaphoreCell.MaxCount) == PermitOutcome.NeedsNode)
            {
                _post.Send(_processes[who], SemaphoreCommand.Grant.Instance);
            }
        }

        private void Die(int who)
        {
            int process = _processes[who];
            _free += Held(process);
            _held.Remove(process);
            _line.RemoveAll(each => each.Call.Caller.Process == process);
            _post.Lose(process);
            Script.Die(process);
            _processes[who] = ++_born;
            Join(who);
        }

        private void Join(int who) => _slots[who] = (int)Script.Ask(_processes[who], SemaphoreCommand.Join.Instance).Reply!.Value.Number;

        /// <summary>Served in the order of the line; and the cell counts what the model counts.</summary>
        protected override void Check()
        {
            while (_line.Count > 0 && !_line[0].Call.Waits)
            {
                Resolve(_line[0].Call);
            }

            Script.Require(_line.TrueForAll(static each => each.Call.Waits), "somebody was served out of turn");
            Script.Require(_cell.Count == _free, $"{_free} permits should be free, and {_cell.Count} are");
            for (int who = 0; who < _slots.Length; who++)
            {
                Script.Require(_cell.Held(_slots[who]) == Held(_processes[who]), $"P{_processes[who]} should hold {Held(_processes[who])} permits");
            }
        }

        private void Resolve(Call call)
        {
            if (call.Succeeded)
            {
                Take(call.Caller.Process);
                _line.RemoveAll(each => each.Call == call);
            }
        }

        private void Take(int process)
        {
            Script.Require(_free > 0, $"P{process} got a permit where none was");
            Changes(process, 1);
        }

        private void Changes(int process, int held)
        {
            _held[process] = Held(process) + held;
            _free -= held;
        }

        private int Held(int process) => _held.GetValueOrDefault(process);

        /// <summary>When all messages have arrived and everybody gives back what he has, everybody who waits is served.</summary>
        protected override void Finish()
        {
            while (_free < Permits || !_post.IsEmpty)
            {
                for (int who = 0; who < _slots.Length; who++)
                {
                    if (Held(_processes[who]) > 0)
                    {
                        Give(who);
                    }

                    while (_post.TryDeliver(_processes[who], out var message))
                    {
                        Arrive(_processes[who], message);
                        Check();
                    }
                }
            }

            Check();
            Script.Require(_line.Count == 0, $"{_line.FirstOrDefault().Call} waits for ever");
            Script.Require(_cell.TryTake(SemaphoreCell.NodeSlot), "the fast path should be open in the end");
        }
    }
}
