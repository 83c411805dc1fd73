using Multiproc.Objects.Dictionaries;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a dictionary, compared with a list of pairs.</summary>
public sealed class DictionaryHistoryTests
{
    private enum Kind
    {
        Set,
        Add,
        Remove,
        Swap,
        Increment,
        Read,
        Clear,
    }

    [Fact]
    public void Step_RandomHistories_DoWhatAListOfPairsDoes() =>
        Histories.Check(seed: 51, histories: 600, length: 200, Random, static moves => Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(seed: 52, histories: 60, length: 100, Random, static moves => Play(moves).ShouldBe(Play(moves)));

    private static Move Random(Random random) =>
        new(random.Next(100) == 0 ? Kind.Clear : (Kind)random.Next((int)Kind.Clear), random.Next(1, 4), random.Next(8), random.Next(100));

    private static string Play(IReadOnlyList<Move> moves)
    {
        var script = new Script(new DictionaryState());
        var model = new List<(int Key, int Value)>();
        foreach (var (kind, who, key, number) in moves)
        {
            var anna = script.Process(who);
            int at = model.FindIndex(pair => pair.Key == key);
            var (packed, value) = (DictionaryStateTests.Key(key), DictionaryStateTests.Value(number));
            switch (kind)
            {
                case Kind.Set:
                    anna.Asks(new DictionaryCommand.Set(packed, value)).ShouldBeDone();
                    Put(number);
                    break;
                case Kind.Add:
                    anna.Asks(new DictionaryCommand.TryAdd(packed, value)).ShouldAnswer(at < 0 ? 1 : 0);
                    Put(at < 0 ? number : model[at].Value);
                    break;
                case Kind.Remove when at >= 0:
                    anna.Asks(new DictionaryCommand.Remove(packed)).ShouldGet(model[at].Value);
                    model.RemoveAt(at);
                    break;
                case Kind.Swap:
                    long version = anna.Asks(new DictionaryCommand.Get(packed)).Reply!.Value.Number;
                    anna.Asks(new DictionaryCommand.CompareAndSet(packed, version + (number % 2), value)).ShouldAnswer(number % 2 == 0 ? 1 : 0);
                    Put(number % 2 == 0 ? number : null);
                    break;
                case Kind.Increment:
                    int sum = (at < 0 ? 0 : model[at].Value) + number;
                    anna.Asks(new DictionaryCommand.Increment([(packed, number)])).ShouldAnswer(sum);
                    Put(sum);
                    break;
                case Kind.Read when at >= 0:
                    anna.Asks(new DictionaryCommand.Get(packed)).ShouldGet(model[at].Value);
                    break;
                case Kind.Clear:
                    anna.Asks(DictionaryCommand.Clear.Instance).ShouldBeDone();
                    model.Clear();
                    break;
            }

            void Put(int? put)
            {
                if (at >= 0)
                {
                    model[at] = (key, put ?? model[at].Value);
                }
                else if (put is { } fresh)
                {
                    model.Add((key, fresh));
                }
            }
        }

        script.Process(1).Asks(DictionaryCommand.Count.Instance).ShouldAnswer(model.Count);
        script.Require(All(script).SequenceEqual(model), $"it should be {string.Join(", ", model)}");
        return script.Transcript;
    }

    private static List<(int Key, int Value)> All(Script script)
    {
        var all = new List<(int, int)>();
        for (long cursor = 0; cursor >= 0;)
        {
            var reply = script.Process(9).Asks(new DictionaryCommand.Page(cursor, 3)).ShouldBeDone().Reply!.Value;
            all.AddRange(DictionaryStateTests.PageOf(reply.Value));
            cursor = reply.Number;
        }

        return all;
    }

    private readonly record struct Move(Kind Kind, int Who, int Key, int Number);
}
