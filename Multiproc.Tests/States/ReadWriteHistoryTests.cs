using Multiproc.Objects.ReadWriteLocks;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a lock for readers and writers: readers come and go by the cell, messages travel slowly and get lost with their sender, one process has no
/// slot, and some grants come too late. The model is who holds what, and one line.
/// </summary>
public sealed class ReadWriteHistoryTests
{
    private enum Kind
    {
        TryRead,
        Ask,
        EndRead,
        EndAlone,
        Upgrade,
        Downgrade,
        Repair,
        Arrive,
        Cancel,
        Die,
        DieLeaving,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_OneWriterOrReaders_AndNobodyIsForgotten() =>
        Histories.Check(seed: 21, histories: 4000, length: 70, Random, static moves => new Life().Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 22, histories: 500, length: 70, Random, static moves => new Life().Play(moves).ShouldBe(new Life().Play(moves)));

    private static Move Random(Random random)
    {
        var kind = random.Next(30) switch
        {
            < 3 => Kind.TryRead,
            < 10 => Kind.Ask,
            < 14 => Kind.EndRead,
            < 17 => Kind.EndAlone,
            < 19 => Kind.Upgrade,
            < 20 => Kind.Downgrade,
            < 21 => Kind.Repair,
            < 26 => Kind.Arrive,
            < 27 => Kind.Cancel,
            < 28 => random.Next(2) == 0 ? Kind.Die : Kind.DieLeaving,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(30));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        /// <summary>The last of the processes has no slot: it is on another machine.</summary>
        private const int Far = 3;

        private readonly ReadWriteCell _cell;
        private readonly int[] _processes = [1, 2, 3, 4];
        private readonly int[] _slots = new int[4];
        private readonly SlowPost<ReadWriteCommand> _post = new();
        private readonly ReadWriteModel _model;
        private int _born = 4;
        private int _leaving;

        public Life()
            : base(new CellMemory(ReadWriteCell.Bytes))
        {
            _cell = Memory.ReadWrite;
            Script = new Script(new ReadWriteState(_cell));
            _model = new ReadWriteModel(Script);
            for (int who = 0; who < Far; who++)
            {
                Join(who);
            }
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            switch (move.Kind)
            {
                case Kind.TryRead when move.Who != Far && _cell.TryRead(_slots[move.Who], move.Number + 1):
                    _model.ReadsByItself(process);
                    break;
                case Kind.Ask:
                    _post.Send(process, new ReadWriteCommand.Acquire((LockSide)(1 + (move.Number % 3)), move.Number + 1, Timeout(move.Number)));
                    break;
                case Kind.EndRead when _model.Reads(process) > 0:
                    EndRead(move.Who, move.Number);
                    break;
                case Kind.EndRead when move.Who != Far:
                    _cell.EndRead(_slots[move.Who], move.Number).ShouldBe(Multiproc.Objects.Semaphores.PermitOutcome.NotHeld);
                    break;
                case Kind.EndAlone when _model.Alone is { } alone && alone.Process == process && _model.Upgrader is null:
                    _model.EndAlone();
                    Script.Ask(process, new ReadWriteCommand.Release(alone.Side, 1)).ShouldBeDone();
                    break;
                case Kind.EndAlone:
                    Script.Ask(process, new ReadWriteCommand.Release(LockSide.Write, 1)).ShouldBeRefused();
                    break;
                case Kind.Upgrade when _model.MayUpgrade(process):
                    _model.Upgrades(Script.Ask(process, new ReadWriteCommand.Upgrade(1, Timeout(move.Number))), Deadline(move.Number));
                    break;
                case Kind.Upgrade:
                    Script.Ask(process, new ReadWriteCommand.Upgrade(1, null)).ShouldBeRefused();
                    break;
                case Kind.Downgrade when _model.Alone is { IsUpgraded: true } upgraded && upgraded.Process == process:
                    _model.Downgrade();
                    Script.Ask(process, ReadWriteCommand.Downgrade.Instance).ShouldBeDone();
                    break;
                case Kind.Repair:
                    _model.IsAbandoned = false;
                    Script.Ask(process, ReadWriteCommand.MarkConsistent.Instance).ShouldBeDone();
                    break;
                case Kind.Arrive when _post.TryDeliver(process, out var message):
                    Arrive(process, message);
                    break;
                case Kind.Cancel:
                    _model.CancelAny(move.Number);
                    break;
                case Kind.Die:
                    Die(move.Who);
                    break;
                case Kind.DieLeaving when _model.Reads(process) > 0 && move.Who != Far:
                    // Its permit is back, and its message is never sent.
                    _cell.EndRead(_slots[move.Who], move.Number);
                    _model.EndRead(process);
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    break;
            }
        }

        protected override void Check()
        {
            _model.TakeReplies();
            _model.RequireOrder(isToldOfAll: _leaving == 0);
            Script.Require(_cell.Readers == _model.AllReads, $"{_model.AllReads} should read, and {_cell.Readers} do");
            Script.Require(_cell.IsAbandoned == _model.IsAbandoned, $"abandoned should be {_model.IsAbandoned}");
            Script.Require(_cell.IsWriteHeld == _model.IsWritten, $"that there is a writer should be {_model.IsWritten}");
            foreach (int process in _processes)
            {
                int held = _model.Reads(process) + (_model.Alone?.Process == process ? 1 : 0);
                Script.Ask(process, ReadWriteCommand.CountHolds.Instance).ShouldAnswer(held);
            }
        }

        /// <summary>When all messages have arrived and everybody releases what he has, everybody who waits is served.</summary>
        protected override void Finish()
        {
            for (int round = 0; round < 200 && !(_post.IsEmpty && _model.IsFree); round++)
            {
                for (int who = 0; who < _processes.Length; who++)
                {
                    Do(new Move(_model.Reads(_processes[who]) > 0 ? Kind.EndRead : Kind.Pass, who, 0));
                    if (_model.Alone?.Process == _processes[who])
                    {
                        Do(new Move(Kind.EndAlone, who, 0));
                    }

                    Check();
                    Do(new Move(Kind.Arrive, who, 0));
                    Check();
                }
            }

            Script.Require(_model.IsFree, "somebody waits for ever");
            Script.Require(_cell.TryRead(0, 1), "the fast path should be open in the end");
        }

        private static WaitTimeout Timeout(int number) => number < 15 ? WaitTimeout.Infinite : TimeSpan.FromTicks(number - 15);

        private Instant Deadline(int number) => Script.Now.After(Timeout(number));

        private void Arrive(int process, ReadWriteCommand message)
        {
            if (message is ReadWriteCommand.Acquire acquire)
            {
                _model.Asks(Script.Ask(process, acquire), acquire.Side, Script.Now.After(acquire.Timeout), isGivenUp: acquire.Thread % 7 == 0);
            }
            else
            {
                _leaving--;
                Script.Tell(process, message);
            }
        }

        private void EndRead(int who, int thread)
        {
            int process = _processes[who];
            _model.EndRead(process);
            if (who == Far)
            {
                Script.Ask(process, new ReadWriteCommand.Release(LockSide.Read, thread)).ShouldBeDone();
            }
            else if (_cell.EndRead(_slots[who], thread) == Multiproc.Objects.Semaphores.PermitOutcome.NeedsNode)
            {
                _leaving++;
                _post.Send(process, ReadWriteCommand.ReaderLeft.Instance);
            }
        }

        private void Die(int who)
        {
            int process = _processes[who];
            while (_post.TryDeliver(process, out var lost))
            {
                _leaving -= lost is ReadWriteCommand.ReaderLeft ? 1 : 0;
            }

            _model.Die(process);
            Script.Die(process);
            _processes[who] = ++_born;
            if (who != Far)
            {
                Join(who);
            }
        }

        private void Join(int who) => _slots[who] = (int)Script.Ask(_processes[who], ReadWriteCommand.Join.Instance).Reply!.Value.Number;
    }
}
