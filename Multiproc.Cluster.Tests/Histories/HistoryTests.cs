using Multiproc.Benchmarks.Faults.Histories;

namespace Multiproc.Cluster.Tests.Histories;

/// <summary>The checkers of the fault run: good histories pass, and each kind of bad one is found.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void Key_OfOverlappingOperations_HasAnOrder()
    {
        // The get overlaps both sets, and saw the one that ends later.
        Key(Set(1, 0, 10), Set(2, 5, 20), Get(2, 6, 8), Get(1, 21, 22)).ShouldBe(Verdict.Linearizable);
        Key(Missing(0, 1), Set(1, 2, 3), Add(4, 5, 4, 5), Cas(5, 9, true, 6, 7), Cas(5, 3, false, 8, 9), Get(9, 10, 11)).ShouldBe(Verdict.Linearizable);
        Key().ShouldBe(Verdict.Linearizable);
    }

    [Fact]
    public void Key_WhoseReadIsOld_IsFound()
    {
        Key(Set(1, 0, 1), Set(2, 2, 3), Get(1, 4, 5)).ShouldBe(Verdict.Violated);
        Key(Set(1, 0, 1), Missing(2, 3)).ShouldBe(Verdict.Violated);

        // Two reads, one after the other, that saw a concurrent set and then not.
        Key(Set(1, 0, 1), Set(2, 2, 20), Get(2, 3, 4), Get(1, 5, 6)).ShouldBe(Verdict.Violated);
    }

    [Fact]
    public void Key_WhoseUpdateWasLostOrDoneTwice_IsFound()
    {
        Key(Add(1, 1, 0, 1), Add(1, 1, 2, 3)).ShouldBe(Verdict.Violated);
        Key(Add(1, 1, 0, 1), Get(2, 2, 3)).ShouldBe(Verdict.Violated);
        Key(Set(5, 0, 1), Cas(5, 6, true, 2, 3), Cas(5, 7, true, 4, 5)).ShouldBe(Verdict.Violated);
    }

    [Fact]
    public void Key_OfAnUnknownOutcome_MayHaveItLateOrNever()
    {
        var unknown = Set(7, 2, Operation.Never) with { Status = OperationStatus.Unknown };
        Key(Set(1, 0, 1), unknown, Get(1, 4, 5), Get(7, 6, 7)).ShouldBe(Verdict.Linearizable);
        Key(Set(1, 0, 1), unknown, Get(1, 4, 5)).ShouldBe(Verdict.Linearizable);
        Key(Set(1, 0, 1), unknown, Get(7, 4, 5), Get(1, 6, 7)).ShouldBe(Verdict.Violated);
        Key(Set(1, 0, 1), unknown with { Status = OperationStatus.Failed, End = 3 }, Get(7, 4, 5)).ShouldBe(Verdict.Violated);
    }

    [Fact]
    public void ItemOfASet_ThatComesOrGoesByItself_IsFound()
    {
        Operation In(OperationKind kind, bool result, long begin) => Made(kind, 0, OperationStatus.Done, result ? 1 : 0, begin, begin + 1);
        Key(In(OperationKind.AddItem, true, 0), In(OperationKind.AddItem, false, 2), In(OperationKind.HasItem, true, 4), In(OperationKind.RemoveItem, true, 6))
            .ShouldBe(Verdict.Linearizable);
        Key(In(OperationKind.AddItem, true, 0), In(OperationKind.HasItem, false, 2)).ShouldBe(Verdict.Violated);
        Key(In(OperationKind.AddItem, true, 0), In(OperationKind.AddItem, true, 2)).ShouldBe(Verdict.Violated);
        Key(In(OperationKind.RemoveItem, true, 0)).ShouldBe(Verdict.Violated);
    }

    [Fact]
    public void Token_ThatFiresAfterTheNextGrant_IsFound()
    {
        Operation Told(OperationKind kind, long begin) => Made(kind, 1, OperationStatus.Done, 0, begin, begin + 1) with { Client = 1 };
        Operation[] lost = [Acquired(1, 1, 0, 1), Told(OperationKind.Watch, 2), Acquired(2, 2, 4, 20)];
        var released = Told(OperationKind.Release, 30) with { Status = OperationStatus.Failed };
        LossHistory.Check([.. lost, Told(OperationKind.Lose, 10), released], static _ => false).ShouldBeEmpty();
        LossHistory.Check([.. lost, Told(OperationKind.Lose, 25), released], static _ => false).ShouldHaveSingleItem().ShouldContain("before the token");
        LossHistory.Check([.. lost, released], static _ => false).ShouldHaveSingleItem().ShouldContain("never fired");

        // Its node died, or was stopped: then nobody knows, or it fires when that goes on.
        LossHistory.Check(lost, static _ => false).ShouldBeEmpty();
        LossHistory.Check([.. lost, released], static _ => true).ShouldBeEmpty();
    }

    [Fact]
    public void Key_OfManyClients_IsDecidedAsByAllOrders()
    {
        // Random small histories: the search gives the same verdict as trying every order.
        var random = new Random(1);
        int violated = 0;
        for (int round = 0; round < 3000; round++)
        {
            Operation[] history = [.. Enumerable.Range(0, random.Next(2, 7)).Select(_ => Any(random))];
            var expected = Orders(history, KeyModel.Missing) ? Verdict.Linearizable : Verdict.Violated;
            violated += expected == Verdict.Violated ? 1 : 0;
            Key(history).ShouldBe(expected, $"round {round}: {string.Join("; ", history.Select(static each => each.ToString()))}");
        }

        violated.ShouldBeInRange(300, 2700);
    }

    [Fact]
    public void Queue_InOrder_Passes()
    {
        Queue(Put(1, 0, 1), Put(2, 2, 3), Took(1, 4, 5), Took(2, 6, 7), Empty(8, 9)).ShouldBeEmpty();

        // Concurrent puts may be in any order; empty is found between.
        Queue(Put(1, 0, 5), Put(2, 1, 6), Took(2, 7, 8), Took(1, 9, 10)).ShouldBeEmpty();
        Queue(Put(1, 0, 5), Empty(2, 3), Took(1, 4, 6), Empty(5, 9), Put(2, 8, 12), Took(2, 11, 13)).ShouldBeEmpty();
    }

    [Fact]
    public void Queue_ThatLosesRepeatsInventsOrReorders_IsFound()
    {
        Queue(Put(1, 0, 1), Put(2, 2, 3), Took(2, 4, 5)).Single(static each => each.Contains("never got", StringComparison.Ordinal));
        Queue(Took(3, 0, 1)).ShouldHaveSingleItem().ShouldContain("never put");
        Queue(Took(1, 0, 1), Put(1, 2, 3)).ShouldHaveSingleItem().ShouldContain("before it was put");
        Queue(Put(1, 0, 1) with { Status = OperationStatus.Failed }, Took(1, 2, 3)).ShouldHaveSingleItem().ShouldContain("failed");
        Queue(Put(1, 0, 1), Took(1, 2, 3), Took(1, 4, 5)).ShouldHaveSingleItem().ShouldContain("twice");
        Queue(Put(1, 0, 1), Put(2, 2, 3), Took(2, 4, 5), Took(1, 6, 7)).ShouldHaveSingleItem().ShouldContain("overtaken");
        Queue(Put(1, 0, 1), Empty(2, 3), Took(1, 4, 5)).ShouldHaveSingleItem().ShouldContain("empty");

        // A timed get that its own node gave up says nothing of the queue; one that was answered does.
        long second = TimeSpan.TicksPerSecond;
        Queue(Put(1, 0, 1), Empty(2, 2 + (2 * second)) with { Argument = 100 }, Took(1, 5 * second, 6 * second)).ShouldBeEmpty();
        Queue(Put(1, 0, 1), Empty(2, 2 + (second / 2)) with { Argument = 100 }, Took(1, 5 * second, 6 * second)).ShouldHaveSingleItem();
        Queue(Put(1, 0, 1), Empty(2, 2 + (2 * second)), Took(1, 5 * second, 6 * second)).ShouldHaveSingleItem();

        // It may have held a value for a moment, but not for good.
        var late = Empty(4, 4 + (2 * second)) with { Argument = 100 };
        Queue(Put(1, 0, 1), Put(2, 2, 3), late, Took(2, 5, 3 * second), Took(1, 4 * second, 5 * second)).ShouldBeEmpty();
        Queue(Put(1, 0, 1), Put(2, 2, 3), late, Took(2, 5, 3 * second)).ShouldHaveSingleItem().ShouldContain("never got");

        // Never empty, although no single value was there all the time.
        Queue(Put(1, 0, 1), Put(2, 4, 5), Empty(3, 9), Took(1, 8, 10), Took(2, 12, 13)).ShouldHaveSingleItem().ShouldContain("empty");
    }

    [Fact]
    public void Queue_WithTheDead_IsExcusedForEachOfThem()
    {
        var dead = Took(0, 4, Operation.Never) with { Status = OperationStatus.Unknown };
        Queue(Put(1, 0, 1), Put(2, 2, 3), dead, Took(2, 5, 6), Empty(7, 8), Took(1, 9, 10)).ShouldBeEmpty("it came back");
        Queue(Put(1, 0, 1), dead).ShouldBeEmpty("it may have been taken for good");
        Queue(Put(1, 0, 1), Put(2, 2, 3), dead).ShouldHaveSingleItem().ShouldContain("never got");
        var ofLost = Took(1, 2, 3) with { Client = 700 };
        Queue(Put(1, 0, 1), ofLost, Took(1, 4, 5)).ShouldBeEmpty("whose node died after it");
        Queue(Put(1, 0, 1) with { Status = OperationStatus.Unknown, End = Operation.Never }, Took(1, 2, 3)).ShouldBeEmpty();
        Queue(Put(1, 0, 1) with { Status = OperationStatus.Unknown, End = Operation.Never }, Empty(2, 3)).ShouldBeEmpty();
    }

    [Fact]
    public void Queue_OfManyOperations_IsCheckedAtOnce()
    {
        var history = new List<Operation>();
        for (int i = 0; i < 50_000; i++)
        {
            history.Add(Put(i, 10L * i, (10L * i) + 4));
            history.Add(Took(i, (10L * i) + 12, (10L * i) + 15));
        }

        Queue([.. history]).ShouldBeEmpty();
        history[40_001] = history[40_001] with { Begin = 400_500, End = 400_600 };
        Queue([.. history]).ShouldHaveSingleItem().ShouldContain("overtaken");
    }

    [Fact]
    public void Lock_WithRisingFences_Passes() => LockHistory.Check(
        [Acquired(1, 1, 0, 1), Released(1, 1, 2, 4), Acquired(2, 2, 1, 3), Released(2, 2, 5, 6)])
        .ShouldBeEmpty("the second was granted while the first released");

    [Fact]
    public void Lock_WithTwoHoldersOrFencesThatFall_IsFound()
    {
        LockHistory.Check([Acquired(1, 1, 0, 1), Acquired(2, 2, 2, 3), Released(1, 1, 4, 5)]).ShouldHaveSingleItem().ShouldContain("while it was held");
        LockHistory.Check([Acquired(1, 2, 0, 1), Acquired(2, 1, 2, 3)]).ShouldHaveSingleItem().ShouldContain("lower fence");
        LockHistory.Check([Acquired(1, 1, 0, 9), Acquired(2, 1, 2, 8)]).ShouldHaveSingleItem().ShouldContain("twice");

        // A hold that was lost, which its release told: the next one has the higher fence.
        LockHistory.Check([Acquired(1, 1, 0, 1), Acquired(2, 2, 2, 3), Released(1, 1, 4, 5) with { Status = OperationStatus.Failed }]).ShouldBeEmpty();
    }

    [Fact]
    public void File_OfAProcessThatWasKilled_IsRead()
    {
        string folder = Directory.CreateTempSubdirectory("multiproc-history-").FullName;
        try
        {
            using (var file = new HistoryFile(folder, 3))
            {
                long put = file.Begin(new Operation("a queue", 301, OperationKind.Put, 7));
                file.End(put, OperationStatus.Done, 0);
                file.Begin(new Operation("a queue", 302, OperationKind.Get));
            }

            File.AppendAllText(Path.Combine(folder, "3.history"), "E 2 Do");
            var history = HistoryFile.Read(folder);
            history.Operations.Count.ShouldBe(2);
            history.Operations[0].ShouldBe(
                new Operation("a queue", 301, OperationKind.Put, 7)
                {
                    Status = OperationStatus.Done, Begin = history.Operations[0].Begin, End = history.Operations[0].End,
                });
            history.Operations[1].Status.ShouldBe(OperationStatus.Unknown);
            history.Operations[1].End.ShouldBe(Operation.Never);
            history.Check().ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Verdict Key(params Operation[] history) => Linearizability.Check(history, KeyModel.Missing, KeyModel.Step);

    private static IReadOnlyList<string> Queue(params Operation[] history) => QueueHistory.Check(history, static incarnation => incarnation == 7);

    /// <summary>Whether any order of a short history fits, by trying them all.</summary>
    private static bool Orders(Operation[] left, KeyModel state) => left.All(static each => each.Status == OperationStatus.Unknown)
        || left.Any(first => left.All(other => other.End >= first.Begin || other.Status == OperationStatus.Unknown)
            && KeyModel.Step(state, first) is { } after && Orders([.. left.Where(each => !ReferenceEquals(each, first))], after));

    private static Operation Any(Random random)
    {
        long begin = random.Next(20);
        long end = begin + random.Next(1, 8);
        int value = random.Next(1, 3);
        var operation = random.Next(4) switch
        {
            0 => Set(value, begin, end),
            1 => random.Next(3) == 0 ? Missing(begin, end) : Get(value, begin, end),
            2 => Add(1, random.Next(1, 4), begin, end),
            _ => Cas(value, 3 - value, random.Next(2) == 0, begin, end),
        };
        return random.Next(6) == 0 ? operation with { Status = OperationStatus.Unknown, End = Operation.Never } : operation;
    }

    private static Operation Made(OperationKind kind, long argument, OperationStatus status, long result, long begin, long end) =>
        new("x", 1, kind, argument) { Status = status, Result = result, Begin = begin, End = end };

    private static Operation Set(long value, long begin, long end) => Made(OperationKind.SetKey, value, OperationStatus.Done, 0, begin, end);

    private static Operation Get(long value, long begin, long end) => Made(OperationKind.GetKey, 0, OperationStatus.Done, value, begin, end);

    private static Operation Missing(long begin, long end) => Made(OperationKind.GetKey, 0, OperationStatus.Nothing, 0, begin, end);

    private static Operation Add(long amount, long sum, long begin, long end) => Made(OperationKind.AddToKey, amount, OperationStatus.Done, sum, begin, end);

    private static Operation Cas(long expected, long value, bool isSet, long begin, long end) =>
        Made(OperationKind.CompareAndSetKey, value, OperationStatus.Done, isSet ? 1 : 0, begin, end) with { Expected = expected };

    private static Operation Put(long value, long begin, long end) => Made(OperationKind.Put, value, OperationStatus.Done, 0, begin, end);

    private static Operation Took(long value, long begin, long end) => Made(OperationKind.Get, 0, OperationStatus.Done, value, begin, end);

    private static Operation Empty(long begin, long end) => Made(OperationKind.Get, 0, OperationStatus.Nothing, 0, begin, end);

    private static Operation Acquired(int client, long fence, long begin, long end) =>
        Made(OperationKind.Acquire, 0, OperationStatus.Done, fence, begin, end) with { Client = client };

    private static Operation Released(int client, long fence, long begin, long end) =>
        Made(OperationKind.Release, fence, OperationStatus.Done, 0, begin, end) with { Client = client };
}
