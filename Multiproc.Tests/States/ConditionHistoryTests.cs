using Multiproc.Objects.Conditions;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a condition: tickets and calls are written to the cell in one order, as under a lock; the messages about them travel as slowly as
/// the history likes. The model knows for whom each call is: those whose tickets were taken before it and who have not been woken.
/// </summary>
public sealed class ConditionHistoryTests
{
    private enum Kind
    {
        Wait,
        Notify,
        Arrive,
        Take,
        Cancel,
        Die,
        DieBetween,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_NoWakeUpIsLostOrInvented() =>
        Histories.Check(seed: 11, histories: 4000, length: 60, Random, static moves => new Life().Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 12, histories: 500, length: 60, Random, static moves => new Life().Play(moves).ShouldBe(new Life().Play(moves)));

    private static Move Random(Random random)
    {
        int dice = random.Next(24);
        var kind = dice switch
        {
            < 6 => Kind.Wait,
            < 10 => Kind.Notify,
            < 17 => Kind.Arrive,
            < 19 => Kind.Take,
            < 20 => Kind.Cancel,
            < 21 => Kind.Die,
            < 22 => Kind.DieBetween,
            _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    private sealed class Life : CellLife<Move>
    {
        private readonly ConditionCell _cell;
        private readonly int[] _processes = [0, 1, 2, 3];
        private readonly SlowPost<ConditionCommand> _post = new();
        private readonly List<(Call Call, long Ticket)> _calls = [];
        private readonly HashSet<Call> _taken = [];
        private readonly List<(int Count, long UpTo)> _notified = [];
        private int _born = 3;

        public Life()
            : base(new CellMemory(ConditionCell.Bytes))
        {
            _cell = Memory.Condition;
            Script = new Script(new ConditionState(_cell));
        }

        protected override Script Script { get; }

        protected override void Do(Move move)
        {
            int process = _processes[move.Who];
            switch (move.Kind)
            {
                case Kind.Wait:
                    var timeout = move.Number < 7 ? (TimeSpan?)null : TimeSpan.FromTicks(move.Number - 6);
                    _post.Send(process, new ConditionCommand.Wait(_cell.TakeTicket(process), timeout));
                    break;
                case Kind.Notify:
                    Notify(process, move.Number == 9 ? int.MaxValue : 1 + (move.Number % 3));
                    break;
                case Kind.Arrive when _post.TryDeliver(process, out var message):
                    Arrive(process, message);
                    break;
                case Kind.Take when Untaken(process) is { } call:
                    _taken.Add(call);
                    Script.Tell(process, new ConditionCommand.Taken(call.Caller.Call));
                    break;
                case Kind.Cancel when _calls.Where(static each => each.Call.Waits).ToList() is { Count: > 0 } waiting:
                    Script.Cancel(waiting[move.Number % waiting.Count].Call);
                    break;
                case Kind.Die when process != 0:
                    Die(move.Who);
                    break;
                case Kind.DieBetween when process != 0:
                    _cell.TakeTicket(process);
                    Die(move.Who);
                    break;
                case Kind.Pass:
                    Script.Pass(TimeSpan.FromTicks(move.Number));
                    break;
            }
        }

        private Call? Untaken(int process) =>
            _calls.Select(static each => each.Call).FirstOrDefault(call => call.Caller.Process == process && call.Succeeded && !_taken.Contains(call));

        private void Notify(int process, int count)
        {
            if (!_cell.HasWaiters)
            {
                Script.Require(_calls.TrueForAll(static each => !each.Call.Waits), "nobody is said to wait, and somebody waits");
                return;
            }

            while (!_cell.TryCall(count))
            {
                Script.Ask(process, ConditionCommand.ReadCalls.Instance).ShouldBeDone();
            }

            _notified.Add((count, _cell.LastTicket));
            _post.Send(process, ConditionCommand.ReadCalls.Instance);
        }

        private void Arrive(int process, ConditionCommand message)
        {
            if (message is ConditionCommand.Wait wait)
            {
                _calls.Add((Script.Ask(process, wait), wait.Ticket));
            }
            else
            {
                Script.Tell(process, message);
            }
        }

        /// <summary>What a dead process sent is read before its death is told; what it was to send is not.</summary>
        private void Die(int who)
        {
            int process = _processes[who];
            while (_post.TryDeliver(process, out var message))
            {
                Arrive(process, message);
            }

            Script.Die(process);
            _calls.RemoveAll(each => each.Call.Caller.Process == process && !_taken.Contains(each.Call));
            _post.Lose(process);
            _processes[who] = ++_born;
        }

        /// <summary>No more were woken than notified, and each by a call that came after its ticket: a matching exists.</summary>
        protected override void Check()
        {
            var woken = _calls.Where(static each => each.Call.Succeeded).Select(static each => each.Ticket).OrderDescending().ToList();
            foreach (long ticket in woken)
            {
                long wakers = _notified.Where(each => each.UpTo >= ticket).Sum(static each => (long)each.Count);
                int served = woken.Count(other => other >= ticket);
                Script.Require(wakers >= served, $"ticket {ticket} was woken by nobody: {served} were woken by {wakers}");
            }
        }

        /// <summary>When all messages have come, and somebody still waits, all notifications that could have been for him have woken others.</summary>
        protected override void Finish()
        {
            foreach (int process in _processes)
            {
                while (_post.TryDeliver(process, out var message))
                {
                    Arrive(process, message);
                    Check();
                }
            }

            int woken = _calls.Count(static each => each.Call.Succeeded);
            foreach (var (call, ticket) in _calls.Where(static each => each.Call.Waits))
            {
                long wakers = _notified.Where(each => each.UpTo >= ticket).Sum(static each => (long)each.Count);
                Script.Require(wakers <= woken, $"{call} with ticket {ticket} still waits: {wakers} were to be woken, and {woken} were");
            }

            WakeAll();
        }

        private void WakeAll()
        {
            Notify(0, int.MaxValue);
            Script.Tell(0, ConditionCommand.ReadCalls.Instance);
            foreach (var (call, _) in _calls)
            {
                Script.Require(!call.Waits, $"{call} waits for ever");
            }

            Script.Require(!_cell.HasWaiters, "somebody is said to wait, and nobody is left");
        }
    }
}
