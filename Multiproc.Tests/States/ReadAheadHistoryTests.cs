using Multiproc.Objects;
using Multiproc.Objects.Queues;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a queue whose readers read ahead, beside the model of one where nobody does: every item that is had, by asking or by claiming, is the
/// oldest at that moment.
/// </summary>
public sealed class ReadAheadHistoryTests
{
    private enum Kind
    {
        Put,
        PutMany,
        Get,
        GetPlain,
        Claim,
        Take,
        Cancel,
        Die,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_DoWhatTheModelDoes() => Histories.Check(seed: 20_268, histories: 2000, length: 70, Random, static moves => Play(moves));

    private static Move Random(Random random)
    {
        int dice = random.Next(30);
        var kind = dice switch
        {
            < 5 => Kind.Put, < 8 => Kind.PutMany, < 14 => Kind.Get, < 15 => Kind.GetPlain, < 25 => Kind.Claim, < 27 => Kind.Take, < 28 => Kind.Cancel, < 29 => Kind.Die, _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private static void Play(IReadOnlyList<Move> moves)
    {
        using var memory = new CellMemory(AheadCell.Bytes);
        var cell = memory.Ahead;
        var script = new Script(new QueueState(0, ahead: new ReadAhead(cell)));
        var model = new QueueModel(0);
        var readers = new Dictionary<int, ItemsAhead>();
        var gets = new List<Call>();
        var seen = new HashSet<Call>();
        int[] processes = [1, 2, 3, 4];
        int born = 4;
        int put = 0;
        foreach (var (kind, who, number) in moves)
        {
            int process = processes[who];
            var timeout = number < 5 ? (TimeSpan?)null : TimeSpan.FromTicks(number - 5);
            switch (kind)
            {
                case Kind.Put:
                    model.Put(script.Ask(process, new QueueCommand.Put(Script.Value(put), null)), put++, script.Now, null);
                    break;
                case Kind.PutMany:
                    var values = Enumerable.Range(put, number + 2).Select(Script.Value).ToArray();
                    script.Tell(process, new QueueCommand.PutMany(values, null));
                    foreach (var _ in values)
                    {
                        model.Put(new Call(script, default), put++, script.Now, null);
                    }

                    break;
                case Kind.Get or Kind.GetPlain:
                    var getter = script.Ask(process, kind == Kind.Get ? new QueueCommand.GetAhead(timeout) : new QueueCommand.Get(timeout));
                    model.Get(getter, script.Now, timeout);
                    gets.Add(getter);
                    break;
                case Kind.Claim when readers.TryGetValue(process, out var ahead) && ahead.TryClaim(cell, out var item):
                    script.Require(model.Claimed(Number(item)), $"P{process} should not have claimed {Number(item)}");
                    break;
                case Kind.Take when gets.Find(call => call.Caller.Process == process && call.Succeeded) is { } got:
                    script.Tell(process, new QueueCommand.Taken(got.Caller.Call));
                    model.Taken(got);
                    gets.Remove(got);
                    break;
                case Kind.Cancel when gets.Count > 0:
                    var any = gets[^Math.Min(gets.Count, number + 1)];
                    script.Cancel(any);
                    model.Cancelled(any);
                    break;
                case Kind.Die:
                    script.Die(process);
                    model.Died(process);
                    gets.RemoveAll(call => call.Caller.Process == process);
                    processes[who] = ++born;
                    break;
                case Kind.Pass:
                    script.Pass(TimeSpan.FromTicks(number));
                    model.TimePassed(script.Now);
                    break;
            }

            foreach (var call in gets)
            {
                Compare(script, model, call);
                if (call.Answer is { Number: ItemsAhead.Mark } answer && seen.Add(call))
                {
                    readers[call.Caller.Process] = ItemsAhead.Read(answer.Value, out _);
                }
            }

            script.Require(script.Ask(99, QueueCommand.Size.Instance).Answer!.Value.Number == model.Count, $"the size should be {model.Count}");
        }
    }

    private static void Compare(Script script, QueueModel model, Call call)
    {
        bool ended = model.Expected.TryGetValue(call, out var expected);
        bool same = ended
            ? call.Answer is { } answer && answer.Status == expected.Status && (answer.Value.Length == 0 || First(answer) == expected.Item)
            : call.Waits;
        script.Require(same, $"{call} should have ended: {ended} {expected}");
    }

    private static int First(Answer answer)
    {
        var first = answer.Value;
        if (answer.Number == ItemsAhead.Mark)
        {
            ItemsAhead.Read(answer.Value, out first);
        }

        return Number(first);
    }

    private static int Number(Payload item) => (int)Serializer.Unpack<long>(item);

    private readonly record struct Move(Kind Kind, int Who, int Number);
}
