using Multiproc.Objects.Locks;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a lock: processes take and release by the cell, their messages travel as slowly as the history likes, and get lost
/// with their sender. The model is one holder and a line of waiters.
/// </summary>
public sealed class LockHistoryTests
{
    private enum Kind
    {
        Try,
        Ask,
        Release,
        Arrive,
        Cancel,
        Die,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_OneHolderAndNobodyIsForgotten() =>
        Histories.Check(seed: 1, histories: 4000, length: 60, Random, static moves => new Life().Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 2, histories: 500, length: 60, Random, static moves => new Life().Play(moves).ShouldBe(new Life().Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(20);
        var kind = dice switch
        {
            < 3 => Kind.Try, < 8 => Kind.Ask, < 12 => Kind.Release, < 16 => Kind.Arrive, < 17 => Kind.Cancel, < 18 => Kind.Die, _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        private readonly LockCell _cell;
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly SlowPost<LockCommand> _post = new();
        private readonly List<(Call Call, Instant Deadline)> _line = [];
        private int _born = 4;
        private int? _holder;
        private bool _abandoned;
        private long _fence;

        public Life()
            : base(new CellMemory(LockCell.Bytes))
        {
            _cell = Memory.Lock;
            Script = new Script(new LockState(_cell));
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            switch (move.Kind)
            {
                case Kind.Try when _cell.TryAcquire(process, 1):
                    Script.Require(_line.Count == 0, $"P{process} overtook those who wait");
                    Hold(process);
                    break;
                case Kind.Ask:
                    _post.Send(process, new LockCommand.Acquire(1, move.Number < 5 ? null : TimeSpan.FromTicks(move.Number - 5)));
                    break;
                case Kind.Release when _holder == process:
                    Release();
                    break;
                case Kind.Arrive when _post.TryDeliver(process, out var message):
                    Arrive(process, message);
                    break;
                case Kind.Cancel when _line.Count > 0:
                    var chosen = _line[move.Number % _line.Count].Call;
                    Script.Cancel(chosen);
                    chosen.ShouldEndCancelled();
                    _line.RemoveAll(each => each.Call == chosen);
                    break;
                case Kind.Die:
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    foreach (var (call, _) in _line.Where(each => each.Deadline <= Script.Now))
                    {
                        call.ShouldTimeOut();
                    }

                    _line.RemoveAll(each => each.Deadline <= Script.Now);
                    break;
            }
        }

        private void Arrive(int process, LockCommand message)
        {
            if (message is LockCommand.Acquire acquire)
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

        private void Release()
        {
            int process = _holder!.Value;
            _holder = null;
            var outcome = _cell.TryRelease();
            if (outcome == ReleaseOutcome.NeedsNode)
            {
                _post.Send(process, LockCommand.HandOver.Instance);
            }
            else
            {
                Script.Require(outcome == ReleaseOutcome.Released, $"P{process} holds the lock, and its release ended {outcome}");
                Script.Require(_line.Count == 0, $"P{process} released past those who wait");
            }
        }

        private void Die(int who)
        {
            int process = _processes[who];
            if (_holder == process)
            {
                _holder = null;
                _abandoned = true;
            }

            _line.RemoveAll(each => each.Call.Caller.Process == process);
            _post.Lose(process);
            _processes[who] = ++_born;
            Script.Die(process);
        }

        /// <summary>Whoever was granted the lock was the first in line, and nobody had it.</summary>
        protected override void Check()
        {
            foreach (var (call, _) in _line.Where(static each => !each.Call.Waits).ToList())
            {
                Script.Require(call.Succeeded && call == _line[0].Call, $"{call} was served, and {_line[0].Call} was the first in line");
                Script.Require(call.Reply!.Value.Number == _cell.Fence, $"{call} should be told the fence {_cell.Fence}");
                _line.RemoveAt(0);
                Hold(call.Caller.Process);
            }

            Script.Require(_cell.IsAbandoned == _abandoned, $"abandoned should be {_abandoned}");
            Script.Require(_holder is null || _cell.IsHeldBy(_holder.Value, 1), $"P{_holder} should hold the lock");
            Script.Require(_holder is not null || !_cell.IsHeld || _cell.IsHandOff, $"P{_cell.HolderProcess} should not hold the lock");
        }

        private void Hold(int process)
        {
            Script.Require(_holder is null, $"P{process} got the lock that P{_holder} holds");
            Script.Require(_cell.Fence == ++_fence, $"the fence should be {_fence}");
            _holder = process;
        }

        /// <summary>When all messages have arrived and all holders release, everybody who waits is served, and the lock ends free.</summary>
        protected override void Finish()
        {
            while (_holder is not null || !_post.IsEmpty)
            {
                if (_holder is not null)
                {
                    Release();
                }

                foreach (int process in _post.Senders)
                {
                    while (_post.TryDeliver(process, out var message))
                    {
                        Arrive(process, message);
                        Check();
                    }
                }
            }

            Script.Require(_line.Count == 0, $"{_line.FirstOrDefault().Call} waits for ever");
            Script.Require(_cell.TryAcquire(99, 1), "the lock should be free in the end");
        }
    }
}
