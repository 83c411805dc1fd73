using Multiproc.Objects.Queues;

namespace Multiproc.Tests.States;

/// <summary>Random lives of a queue whose items have priorities, delays and times to live, compared with a model that looks at all of them each tick.</summary>
public sealed class QueueTermsHistoryTests
{
    private enum Kind
    {
        Put,
        Get,
        Peek,
        Take,
        Abandon,
        DeadLetter,
        Cancel,
        Die,
        Pass,
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(3, false, false)]
    [InlineData(0, true, true)]
    [InlineData(3, true, true)]
    public void Step_RandomHistories_DoWhatTheModelDoes(int maxSize, bool keepsExpired, bool allExpire) =>
        Histories.Check(
            seed: 24_000 + maxSize, histories: 1000, length: 60, Random,
            moves => Play(moves, new SharedQueueOptions
            {
                MaxSize = maxSize, MaxRedeliveries = 1, KeepExpired = keepsExpired, TimeToLive = allExpire ? TimeSpan.FromTicks(25) : Timeout.InfiniteTimeSpan,
            }));

    private static Move Random(Random random)
    {
        int dice = random.Next(24);
        var kind = dice switch
        {
            < 8 => Kind.Put,
            < 13 => Kind.Get,
            < 14 => Kind.Peek,
            < 16 => Kind.Take,
            < 17 => Kind.Abandon,
            < 18 => Kind.DeadLetter,
            < 19 => Kind.Cancel,
            < 20 => Kind.Die,
            _ => Kind.Pass,
        };
        int delay = random.Next(3) == 0 ? random.Next(8) : 0;
        return new Move(kind, random.Next(4), random.Next(12), random.Next(-1, 2), delay, random.Next(3) == 0 ? random.Next(1, 9) : 0);
    }

    private static void Play(IReadOnlyList<Move> moves, SharedQueueOptions options)
    {
        var script = new Script(new QueueState(options));
        var model = new QueueTermsModel(options);
        var calls = new List<Call>();
        var held = new List<Call>();
        int[] processes = [1, 2, 3, 4];
        int born = 4;
        int items = 0;
        foreach (var (kind, who, number, priority, delay, life) in moves)
        {
            int process = processes[who];
            TimeSpan? timeout = number < 5 ? null : TimeSpan.FromTicks(number - 5);
            switch (kind)
            {
                case Kind.Put:
                    bool isPlain = priority == 0 && delay == 0 && life == 0;
                    var terms = new PutTerms(priority, TimeSpan.FromTicks(delay), life == 0 ? WaitTimeout.Infinite : TimeSpan.FromTicks(life));
                    var put = script.Ask(process, isPlain
                        ? new QueueCommand.Put(Script.Value(++items), timeout)
                        : new QueueCommand.PutWith(Script.Value(++items), timeout, terms));
                    calls.Add(put);
                    model.Put(put, items, terms, script.Now.After(timeout), timeout != TimeSpan.Zero);
                    break;
                case Kind.Get or Kind.Peek:
                    var get = script.Ask(process, kind == Kind.Peek ? new QueueCommand.Peek(timeout)
                        : number % 2 == 0 ? new QueueCommand.Lease(timeout) : new QueueCommand.Get(timeout));
                    calls.Add(get);
                    model.Get(get, kind == Kind.Peek, script.Now.After(timeout), timeout != TimeSpan.Zero);
                    break;
                case Kind.Take when model.HeldBy(process) is { } taken:
                    script.Tell(process, new QueueCommand.Taken(taken.Caller.Call));
                    model.Taken(taken);
                    break;
                case Kind.Abandon when model.HeldBy(process) is { } abandoned:
                    script.Tell(process, new QueueCommand.Abandon(abandoned.Caller.Call));
                    model.Abandoned(abandoned);
                    break;
                case Kind.DeadLetter:
                    var dead = script.Ask(process, new QueueCommand.TakeDeadLetter(timeout));
                    calls.Add(dead);
                    model.TakeDead(dead, script.Now.After(timeout), timeout != TimeSpan.Zero);
                    break;
                case Kind.Cancel when calls.Count > 0:
                    var any = calls[^Math.Min(calls.Count, number + 1)];
                    script.Cancel(any);
                    model.Cancelled(any);
                    break;
                case Kind.Die:
                    script.Die(process);
                    model.Died(process);
                    calls.RemoveAll(each => each.Caller.Process == process);
                    processes[who] = ++born;
                    break;
                case Kind.Pass:
                    for (int i = 0; i < number; i++)
                    {
                        script.Pass(TimeSpan.FromTicks(1));
                        model.Tick();
                    }

                    break;
            }

            foreach (var letter in model.LettersGiven())
            {
                script.Require(
                    letter.Call.Reply?.Number == (letter.Item.HasExpired ? QueueState.Expired(letter.Item.Redeliveries) : 2), $"{letter.Call} should say why");
                script.Tell(letter.Call.Caller.Process, new QueueCommand.Taken(letter.Call.Caller.Call));
            }

            foreach (var call in calls)
            {
                bool ended = model.Ended.TryGetValue(call, out var expected);
                script.Require(
                    ended ? call.Reply is { } reply && reply.Status == expected.Status && (reply.Value.Length == 0 || Script.Number(reply) == expected.Item)
                        : call.Waits,
                    $"{call} should have ended: {ended} {expected}");
            }

            script.Ask(99, QueueCommand.Size.Instance).ShouldAnswer(model.Count);
            script.Ask(99, QueueCommand.CountDeadLetters.Instance).ShouldAnswer(model.DeadCount);
        }
    }

    private readonly record struct Move(Kind Kind, int Who, int Number, int Priority, int Delay, int Life);
}
