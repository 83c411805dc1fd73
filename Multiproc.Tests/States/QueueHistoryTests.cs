using Multiproc.Objects.Queues;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a queue, compared step by step with <see cref="QueueModel"/>.</summary>
public sealed class QueueHistoryTests
{
    private enum Kind
    {
        Put,
        Get,
        Take,
        Cancel,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Step_RandomHistories_DoWhatTheModelDoes(int maxSize) =>
        Histories.Check(seed: 20_260 + maxSize, histories: 1000, length: 50, Random, moves => Play(moves, maxSize));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 7, histories: 300, length: 60, Random, static moves => Play(moves, 2).ShouldBe(Play(moves, 2)));

    private static Move Random(Random random)
    {
        int dice = random.Next(20);
        var kind = dice switch { < 7 => Kind.Put, < 14 => Kind.Get, < 16 => Kind.Take, < 17 => Kind.Cancel, < 18 => Kind.Die, _ => Kind.Pass };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private static string Play(IReadOnlyList<Move> moves, int maxSize)
    {
        var script = new Script(new QueueState(maxSize));
        var model = new QueueModel(maxSize);
        var calls = new List<Call>();
        var put = new Dictionary<Call, int>();
        var gets = new List<Call>();
        var taken = new List<int>();
        int[] processes = [1, 2, 3, 4];
        int born = 4;
        foreach (var (kind, who, number) in moves)
        {
            int process = processes[who];
            var timeout = number < 5 ? (TimeSpan?)null : TimeSpan.FromTicks(number - 5);
            switch (kind)
            {
                case Kind.Put:
                    var putter = script.Ask(process, new QueueCommand.Put(Script.Value(put.Count), timeout));
                    model.Put(putter, put.Count, script.Now, timeout);
                    put.Add(putter, put.Count);
                    calls.Add(putter);
                    break;
                case Kind.Get:
                    var getter = script.Ask(process, new QueueCommand.Get(timeout));
                    model.Get(getter, script.Now, timeout);
                    gets.Add(getter);
                    calls.Add(getter);
                    break;
                case Kind.Take when gets.Find(call => call.Caller.Process == process && call.Succeeded) is { } got:
                    script.Tell(process, new QueueCommand.Taken(got.Caller.Call));
                    model.Taken(got);
                    gets.Remove(got);
                    taken.Add(Script.Number(got.Answer!.Value));
                    break;
                case Kind.Cancel when calls.Count > 0:
                    var any = calls[^Math.Min(calls.Count, number + 1)];
                    script.Cancel(any);
                    model.Cancelled(any);
                    break;
                case Kind.Die:
                    script.Die(process);
                    model.Died(process);
                    gets.RemoveAll(call => call.Caller.Process == process);
                    calls.RemoveAll(call => call.Caller.Process == process);
                    processes[who] = ++born;
                    break;
                case Kind.Pass:
                    script.Pass(TimeSpan.FromTicks(number));
                    model.TimePassed(script.Now);
                    break;
            }

            Compare(script, model, calls);
        }

        NothingIsLost(script, put, taken, gets);
        return script.Transcript;
    }

    private static void Compare(Script script, QueueModel model, List<Call> calls)
    {
        foreach (var call in calls)
        {
            bool ended = model.Expected.TryGetValue(call, out var expected);
            bool same = ended
                ? call.Answer is { } answer && answer.Status == expected.Status && (answer.Value.Length == 0 || Script.Number(answer) == expected.Item)
                : call.Waits;
            if (!same)
            {
                Assert.Fail($"{call} should have ended: {ended} {expected}, after:\n{script.Transcript}");
            }
        }

        script.Require(script.Ask(99, QueueCommand.Size.Instance).Answer!.Value.Number == model.Count, $"the size should be {model.Count}");
    }

    /// <summary>Whatever was put is taken, in somebody's hand, or still there: once.</summary>
    private static void NothingIsLost(Script script, Dictionary<Call, int> put, List<int> taken, List<Call> gets)
    {
        var found = new List<int>(taken);
        while (script.Ask(99, new QueueCommand.Get(TimeSpan.Zero)) is { Succeeded: true } rest)
        {
            found.Add(Script.Number(rest.Answer!.Value));
        }

        // Draining lets waiting putters in, so the hands are looked at after it.
        found.AddRange(gets.Where(static call => call.Succeeded).Select(static call => Script.Number(call.Answer!.Value)));
        found.Order().ShouldBe(put.Where(static each => each.Key.Succeeded).Select(static each => each.Value).Order(), script.Transcript);
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);
}
