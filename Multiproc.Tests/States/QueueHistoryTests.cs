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
        var queue = new QueueBesideModel(new QueueState(maxSize), maxSize);
        var calls = new List<Call>();
        var put = new Dictionary<Call, int>();
        var taken = new List<int>();
        foreach (var (kind, who, number) in moves)
        {
            int process = queue.Process(who);
            var timeout = number < 5 ? (TimeSpan?)null : TimeSpan.FromTicks(number - 5);
            switch (kind)
            {
                case Kind.Put:
                    var putter = queue.Put(process, put.Count, timeout);
                    put.Add(putter, put.Count);
                    calls.Add(putter);
                    break;
                case Kind.Get:
                    calls.Add(queue.Get(process, new QueueCommand.Get(timeout), timeout));
                    break;
                case Kind.Take when queue.Untold(process) is { } got:
                    queue.Take(got);
                    taken.Add(Script.Number(got.Reply!.Value));
                    break;
                case Kind.Cancel when calls.Count > 0:
                    queue.Cancel(calls, number);
                    break;
                case Kind.Die:
                    queue.Die(who);
                    calls.RemoveAll(call => call.Caller.Process == process);
                    break;
                case Kind.Pass:
                    queue.Pass(number);
                    break;
            }

            queue.Compare(calls, Script.Number);
        }

        NothingIsLost(queue.Script, put, taken, queue.Gets);
        return queue.Script.Transcript;
    }

    /// <summary>Whatever was put is taken, in somebody's hand, or still there: once.</summary>
    private static void NothingIsLost(Script script, Dictionary<Call, int> put, List<int> taken, List<Call> gets)
    {
        var found = new List<int>(taken);
        while (script.Ask(99, new QueueCommand.Get(TimeSpan.Zero)) is { Succeeded: true } rest)
        {
            found.Add(Script.Number(rest.Reply!.Value));
        }

        // Draining lets waiting putters in, so the hands are looked at after it.
        found.AddRange(gets.Where(static call => call.Succeeded).Select(static call => Script.Number(call.Reply!.Value)));
        found.Order().ShouldBe(put.Where(static each => each.Key.Succeeded).Select(static each => each.Value).Order(), script.Transcript);
    }

    private readonly record struct Move(Kind Kind, int Who, int Number);
}
