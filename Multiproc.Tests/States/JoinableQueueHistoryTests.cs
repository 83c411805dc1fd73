using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Queues;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a queue with leases, dead letters and joiners, compared step by step with <see cref="JoinableQueueModel"/>.</summary>
public sealed class JoinableQueueHistoryTests
{
    private enum Kind
    {
        Put,
        PutMany,
        Get,
        GetMany,
        Lease,
        Taken,
        Abandon,
        AckMany,
        TakeDeadLetter,
        TaskDone,
        Join,
        Cancel,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(true, 0, int.MaxValue)]
    [InlineData(true, 2, 1)]
    [InlineData(true, 0, 0)]
    [InlineData(false, 0, 2)]
    [InlineData(false, 3, 0)]
    public void Step_RandomHistories_DoWhatTheModelDoes(bool joinable, int maxSize, int maxRedeliveries) =>
        Histories.Check(seed: 4_000 + maxSize, histories: 600, length: 60, Random, moves => Play(moves, joinable, maxSize, maxRedeliveries));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 11, histories: 200, length: 60, Random, static moves => Play(moves, true, 2, 1).ShouldBe(Play(moves, true, 2, 1)));

    private static Move Random(Random random)
    {
        Kind[] often = [Kind.Put, Kind.Put, Kind.PutMany, Kind.Get, Kind.Get, Kind.Taken, Kind.TaskDone, Kind.TaskDone, Kind.Lease];
        int dice = random.Next(24);
        return new Move(dice < often.Length ? often[dice] : (Kind)random.Next(14), random.Next(4), random.Next(10));
    }

    private static string Play(IReadOnlyList<Move> moves, bool joinable, int maxSize, int maxRedeliveries)
    {
        var script = new Script(joinable ? new JoinableQueueState(maxSize, maxRedeliveries) : new QueueState(maxSize, maxRedeliveries));
        var life = new Life(script, new JoinableQueueModel(maxSize, maxRedeliveries, joinable), joinable);
        foreach (var move in moves)
        {
            life.Make(move);
            life.Compare();
        }

        return script.Transcript;
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);

    /// <summary>One history: the script and the model, told the same.</summary>
    private sealed class Life(Script script, JoinableQueueModel model, bool joinable)
    {
        private readonly List<Call> _calls = [];
        private readonly List<Call> _holds = [];
        private readonly List<Call> _manyHolds = [];
        private readonly HashSet<Call> _many = [];
        private readonly int[] _processes = [1, 2, 3, 4];
        private int _born = 4;
        private int _lastValue;

        public void Make(Move move)
        {
            int process = _processes[move.Who];
            int thread = move.Number % 3;
            var timeout = move.Number < 6 ? (TimeSpan?)null : TimeSpan.FromTicks(move.Number - 6);
            switch (move.Kind)
            {
                case Kind.Put:
                    int value = ++_lastValue;
                    model.Put(Ask(process, new QueueCommand.Put(Script.Value(value), timeout)), [value], false, script.Now, timeout);
                    break;
                case Kind.PutMany:
                    int[] values = [.. Enumerable.Range(_lastValue + 1, 1 + (move.Number % 4))];
                    _lastValue += values.Length;
                    model.Put(Ask(process, new QueueCommand.PutMany([.. values.Select(Script.Value)], timeout)), values, true, script.Now, timeout);
                    break;
                case Kind.Get when joinable:
                    model.Get(Ask(process, new JoinableQueueCommand.Claim(timeout, thread)), 0, Hold.Claim, thread, script.Now, timeout);
                    break;
                case Kind.Get:
                    model.Get(Held(_holds, Ask(process, new QueueCommand.Get(timeout))), 0, Hold.Unacknowledged, 0, script.Now, timeout);
                    break;
                case Kind.GetMany:
                    int max = 1 + (move.Number % 3);
                    var many = Held(_manyHolds, Ask(process, new QueueCommand.GetMany(max, timeout, thread)));
                    _many.Add(many);
                    model.Get(many, max, joinable ? Hold.Claim : Hold.Unacknowledged, thread, script.Now, timeout);
                    break;
                case Kind.Lease:
                    model.Get(Held(_holds, Ask(process, new QueueCommand.Lease(timeout))), 0, Hold.Lease, 0, script.Now, timeout);
                    break;
                case Kind.Taken when FindHeld(_holds, process) is { } held:
                    script.Tell(process, new QueueCommand.Taken(held.Caller.Call));
                    model.Taken(held);
                    break;
                case Kind.Abandon when FindHeld(_holds, process) is { } held:
                    script.Tell(process, new QueueCommand.Abandon(held.Caller.Call));
                    model.Abandon(held);
                    break;
                case Kind.AckMany when FindHeld(_manyHolds, process) is { } held:
                    script.Tell(process, new QueueCommand.AckMany(held.Caller.Call, move.Number % 4));
                    model.AckMany(held, move.Number % 4);
                    break;
                case Kind.TakeDeadLetter:
                    model.TakeDeadLetter(Held(_holds, Ask(process, new QueueCommand.TakeDeadLetter(TimeSpan.Zero))));
                    break;
                case Kind.TaskDone when joinable:
                    model.TaskDone(Ask(process, new JoinableQueueCommand.TaskDone(thread)), process, thread);
                    break;
                case Kind.Join when joinable:
                    model.Join(Ask(process, new JoinableQueueCommand.Join(timeout)), script.Now, timeout);
                    break;
                case Kind.Cancel when _calls.Count > 0:
                    var any = _calls[^Math.Min(_calls.Count, move.Number + 1)];
                    script.Cancel(any);
                    model.Cancelled(any);
                    break;
                case Kind.Die:
                    Die(process);
                    _processes[move.Who] = ++_born;
                    break;
                case Kind.Pass:
                    script.Pass(TimeSpan.FromTicks(move.Number));
                    model.TimePassed(script.Now);
                    break;
            }
        }

        public void Compare()
        {
            foreach (var call in _calls)
            {
                bool ended = model.Expected.TryGetValue(call, out var expected);
                script.Require(ended == !call.Waits, $"{call} should have ended: {ended}");
                if (ended)
                {
                    var reply = call.Reply!.Value;
                    script.Require(reply.Status == expected.Status, $"{call} should have ended {expected.Status}");
                    script.Require(reply.Number == expected.Number, $"{call} should be answered {expected.Number}");
                    script.Require(Items(call).SequenceEqual(expected.Items), $"{call} should have got {string.Join(", ", expected.Items)}");
                }
            }

            Is(QueueCommand.Size.Instance, model.Count, "size");
            Is(QueueCommand.CountDeadLetters.Instance, model.DeadCount, "number of dead letters");
        }

        private void Is(ICommand question, long expected, string what) =>
            script.Require(script.Ask(99, question).Reply!.Value.Number == expected, $"the {what} should be {expected}");

        private void Die(int process)
        {
            script.Die(process);
            model.Died(process);
            foreach (var list in new[] { _calls, _holds, _manyHolds })
            {
                list.RemoveAll(call => call.Caller.Process == process);
            }
        }

        private Call Ask(int process, ICommand command)
        {
            var call = script.Ask(process, command);
            _calls.Add(call);
            return call;
        }

        private static Call Held(List<Call> list, Call call)
        {
            list.Add(call);
            return call;
        }

        private static Call? FindHeld(List<Call> list, int process) =>
            list.Find(call => call.Caller.Process == process && call.Succeeded) is { } held && list.Remove(held) ? held : null;

        private int[] Items(Call call)
        {
            var value = call.Reply!.Value.Value;
            if (value.Length == 0 || !_many.Contains(call))
            {
                return value.Length == 0 ? [] : [Script.Number(call.Reply.Value)];
            }

            var reader = new WireReader(value.Bytes.Span);
            return [.. reader.Payloads().Select(static each => (int)Serializer.Unpack<long>(each))];
        }
    }
}
