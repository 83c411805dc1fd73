using Multiproc.Objects.Sets;
using Multiproc.Peers.References;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a set, compared with a list of different numbers.</summary>
public sealed class SetHistoryTests
{
    [Fact]
    public void Step_RandomHistories_DoWhatASetDoes() =>
        Histories.Check(seed: 71, histories: 500, length: 100, Random, static moves => Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 72, histories: 60, length: 60, Random, static moves => Play(moves).ShouldBe(Play(moves)));

    [Fact]
    public void Page_WhileOthersWrite_SeesWhatStaysOnce()
    {
        var anna = new Script(new SetState()).Process(1);
        anna.Asks(new SetCommand.Combine(SetOperation.Union, [.. Enumerable.Range(0, 100).Select(Script.Value)])).ShouldBeDone();
        var seen = new List<int>();
        long cursor = 0;
        for (int page = 0; cursor >= 0; page++)
        {
            var reply = anna.Asks(new SetCommand.Page(cursor, 10)).ShouldBeDone().Reply!.Value;
            cursor = reply.Number;
            seen.AddRange(ItemsOf(reply.Value));
            anna.Asks(new SetCommand.Combine(SetOperation.Except, [Script.Value(page * 2)]));
            anna.Asks(new SetCommand.Combine(SetOperation.Union, [Script.Value(page * 2)]));
        }

        seen.Where(static item => item % 2 == 1).ShouldBe(Enumerable.Range(0, 100).Where(static item => item % 2 == 1));
    }

    [Fact]
    public void Page_CursorAtTheEndOfNumbers_IsEmpty()
    {
        var anna = new Script(new SetState()).Process(1);
        anna.Asks(new SetCommand.Combine(SetOperation.Union, [Script.Value(1)]));
        ItemsOf(anna.Asks(new SetCommand.Page(long.MaxValue, int.MaxValue)).ShouldAnswer(-1).Reply!.Value.Value).ShouldBeEmpty();
        ItemsOf(anna.Asks(new SetCommand.Page(long.MinValue, 0)).ShouldAnswer(-1).Reply!.Value.Value).ShouldBe([1]);
    }

    private static Move Random(Random random) =>
        new((SetOperation)random.Next(1, 6), [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(8))], random.Next(12) == 0);

    private static string Play(IReadOnlyList<Move> moves)
    {
        var script = new Script(new SetState());
        var anna = script.Process(1);
        var model = new List<int>();
        foreach (var (operation, items, pops) in moves)
        {
            if (pops)
            {
                var popped = anna.Asks(SetCommand.Pop.Instance);
                _ = model.Count == 0 ? popped.ShouldAnswer(-1) : popped.ShouldGet(model[0]);
                model = [.. model.Skip(1)];
                continue;
            }

            int[] given = [.. items.Distinct()];
            var reply = anna.Asks(new SetCommand.Combine(operation, [.. items.Select(Script.Value)])).ShouldAnswer(given.Count(model.Contains)).Reply!.Value;
            var counts = new WireReader(reply.Value.Bytes.Span);
            script.Require(counts.VarInt() == given.Length && counts.VarInt() == model.Count, "the counts should be those before");
            model = operation switch
            {
                SetOperation.Union => [.. model, .. given.Except(model)],
                SetOperation.Except => [.. model.Except(given)],
                SetOperation.Intersect => [.. model.Intersect(given)],
                SetOperation.SymmetricExcept => [.. model.Except(given), .. given.Except(model)],
                _ => model,
            };
        }

        anna.Asks(SetCommand.Count.Instance).ShouldAnswer(model.Count);
        var all = ItemsOf(anna.Asks(new SetCommand.Page(0, int.MaxValue)).ShouldAnswer(-1).Reply!.Value.Value);
        script.Require(all.SequenceEqual(model), $"it should be {string.Join(", ", model)}");
        return script.Transcript;
    }

    private static List<int> ItemsOf(Payload page)
    {
        var reader = new WireReader(page.Bytes.Span);
        return [.. PayloadFields.Payloads(ref reader).Select(static item => (int)Serializer.Unpack<long>(item))];
    }

    private sealed record Move(SetOperation Operation, int[] Items, bool Pops)
    {
        public override string ToString() => Pops ? "pop" : $"{Operation} {string.Join(',', Items)}";
    }
}
