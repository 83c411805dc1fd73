using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a list, compared with a list of this process.</summary>
public sealed class ListHistoryTests
{
    private enum Kind
    {
        Set,
        Splice,
        Take,
        Remove,
        Swap,
        Increment,
        Read,
        Reverse,
        Replace,
        Clear,
    }

    [Fact]
    public void Step_RandomHistories_DoWhatAListDoes() =>
        Histories.Check(seed: 61, histories: 500, length: 200, Random, static moves => Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 62, histories: 60, length: 100, Random, static moves => Play(moves).ShouldBe(Play(moves)));

    private static Move Random(Random random)
    {
        var kind = random.Next(60) == 0 ? Kind.Clear : (Kind)random.Next((int)Kind.Clear);
        return new(kind, random.Next(0, 12), random.Next(0, 3), random.Next(5), random.Next(2) == 0);
    }

    private static string Play(IReadOnlyList<Move> moves)
    {
        var script = new Script(new ListState([], isFixed: false));
        var anna = script.Process(1);
        var model = new List<int>();
        foreach (var (kind, at, count, number, fromEnd) in moves)
        {
            int place = fromEnd ? model.Count - at : at;
            long sent = fromEnd ? ~(long)at : at;
            bool isThere = place >= 0 && place < model.Count;
            var value = Script.Value(number);
            switch (kind)
            {
                case Kind.Set:
                    anna.Asks(new ListCommand.Set(sent, value)).ShouldAnswer(isThere ? 1 : -1);
                    model = [.. model.Select((item, index) => isThere && index == place ? number : item)];
                    break;
                case Kind.Splice:
                    bool fits = place >= 0 && place <= model.Count && count <= model.Count - place;
                    anna.Asks(new ListCommand.Splice(sent, count, [.. Enumerable.Repeat(value, number)])).ShouldAnswer(fits ? 1 : -1);
                    model = fits ? [.. model[..place], .. Enumerable.Repeat(number, number), .. model[(place + count)..]] : model;
                    break;
                case Kind.Take when isThere:
                    anna.Asks(new ListCommand.Take(sent)).ShouldGet(model[place]);
                    model.RemoveAt(place);
                    break;
                case Kind.Remove:
                    anna.Asks(new ListCommand.Remove(value)).ShouldAnswer(model.Remove(number) ? 1 : 0);
                    break;
                case Kind.Swap when isThere:
                    bool matches = model[place] == number;
                    anna.Asks(new ListCommand.CompareAndSet(sent, value, Script.Value(count))).ShouldAnswer(matches ? 1 : 0);
                    model[place] = matches ? count : model[place];
                    break;
                case Kind.Increment when isThere:
                    anna.Asks(new ListCommand.Increment(sent, number)).ShouldAnswer(model[place] += number);
                    break;
                case Kind.Read:
                    var found = anna.Asks(new ListCommand.Find(value)).ShouldAnswer(model.IndexOf(number)).Reply!.Value;
                    script.Require(Serializer.Unpack<long>(found.Value) == model.Count(item => item == number), $"there should be so many of {number}");
                    break;
                case Kind.Reverse:
                    anna.Asks(ListCommand.Reverse.Instance).ShouldBeDone();
                    model.Reverse();
                    break;
                case Kind.Replace:
                    long version = anna.Asks(new ListCommand.Range(0, 0)).Reply!.Value.Number;
                    anna.Asks(new ListCommand.Replace(version + (fromEnd ? 1 : 0), [value])).ShouldAnswer(fromEnd ? 0 : 1);
                    model = fromEnd ? model : [number];
                    break;
                case Kind.Clear:
                    anna.Asks(ListCommand.Clear.Instance).ShouldBeDone();
                    model.Clear();
                    break;
            }
        }

        anna.Asks(ListCommand.Count.Instance).ShouldAnswer(model.Count);
        script.Require(ListStateTests.Items(anna).SequenceEqual(model), $"it should be {string.Join(", ", model)}");
        return script.Transcript;
    }

    private readonly record struct Move(Kind Kind, int At, int Count, int Number, bool FromEnd);
}
