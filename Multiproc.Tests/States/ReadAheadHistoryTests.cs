using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

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
        Acknowledge,
        Take,
        Cancel,
        Die,
        Pass,
    }

    [Fact]
    public void Step_RandomHistories_DoWhatTheModelDoes() => Histories.Check(seed: 20_268, histories: 2000, length: 70, Random, static moves => Play(moves));

    private static Move Random(Random random)
    {
        int dice = random.Next(36);
        var kind = dice switch
        {
            < 5 => Kind.Put, < 8 => Kind.PutMany, < 14 => Kind.Get, < 15 => Kind.GetPlain, < 25 => Kind.Claim, < 31 => Kind.Acknowledge, < 33 => Kind.Take,
            < 34 => Kind.Cancel, < 35 => Kind.Die, _ => Kind.Pass,
        };
        return new Move(kind, random.Next(4), random.Next(10));
    }

    private static void Play(IReadOnlyList<Move> moves)
    {
        using var memory = new CellMemory(AheadCell.Bytes);
        var cell = memory.Ahead;
        var queue = new QueueBesideModel(new QueueState(0, ahead: new ReadAhead(cell)), maxSize: 0);
        var readers = new Dictionary<int, ItemsAhead>();
        var unpacking = new List<(int Process, ItemsAhead Ahead, int Index)>();
        var seen = new HashSet<Call>();
        int put = 0;
        foreach (var (kind, who, number) in moves)
        {
            int process = queue.Process(who);
            var timeout = number < 5 ? (TimeSpan?)null : TimeSpan.FromTicks(number - 5);
            switch (kind)
            {
                case Kind.Put:
                    queue.Put(process, put++, null);
                    break;
                case Kind.PutMany:
                    var values = Enumerable.Range(put, number + 2).Select(Script.Value).ToArray();
                    queue.Script.Tell(process, new QueueCommand.PutMany(values, null));
                    foreach (var _ in values)
                    {
                        queue.Model.Put(new Call(queue.Script, default), put++, queue.Script.Now, null);
                    }

                    break;
                case Kind.Get:
                    queue.Get(process, new QueueCommand.GetAhead(timeout), timeout);
                    break;
                case Kind.GetPlain:
                    queue.Get(process, new QueueCommand.Get(timeout), timeout);
                    break;
                case Kind.Claim when readers.TryGetValue(process, out var ahead) && ahead.TryClaim(cell, out int index):
                    int claimed = Number(ahead.At(index));
                    queue.Script.Require(queue.Model.Claimed(process, claimed), $"P{process} should not have claimed {claimed}");
                    unpacking.Add((process, ahead, index));
                    break;
                case Kind.Acknowledge when unpacking.FindIndex(each => each.Process == process) is >= 0 and var oldest:
                    var (_, had, place) = unpacking[oldest];
                    had.Acknowledge(cell, place);
                    queue.Model.Acknowledged(Number(had.At(place)));
                    unpacking.RemoveAt(oldest);
                    break;
                case Kind.Take when queue.Untold(process) is { } got:
                    queue.Take(got);
                    break;
                case Kind.Cancel when queue.Gets.Count > 0:
                    queue.Cancel(queue.Gets, number);
                    break;
                case Kind.Die:
                    unpacking.RemoveAll(each => each.Process == process);
                    queue.Die(who);
                    break;
                case Kind.Pass:
                    queue.Pass(number);
                    break;
            }

            queue.Compare(queue.Gets, First);
            foreach (var call in queue.Gets)
            {
                if (call.Reply is { Number: ItemsAhead.Mark } reply && seen.Add(call))
                {
                    readers[call.Caller.Process] = ItemsAhead.Read(reply.Value, out _);
                }
            }
        }
    }

    private static int First(Reply reply)
    {
        var first = reply.Value;
        if (reply.Number == ItemsAhead.Mark)
        {
            ItemsAhead.Read(reply.Value, out first);
        }

        return Number(first);
    }

    private static int Number(Payload item) => (int)Serializer.Unpack<long>(item);

    private readonly record struct Move(Kind Kind, int Who, int Number);
}
