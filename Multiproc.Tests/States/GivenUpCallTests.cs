using Multiproc.Objects.Barriers;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.JoinableQueues;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.Semaphores;

namespace Multiproc.Tests.States;

/// <summary>
/// A caller gave a call up because its node was stopped: the node learns of it after it has carried the call out, or while the call waits. What it granted goes
/// back once, to its place, and nobody is answered again.
/// </summary>
public sealed class GivenUpCallTests
{
    private const int Main = 1;
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("Get")]
    [InlineData("GetMany")]
    [InlineData("Lease")]
    public void Queue_AnsweredCallGivenUp_ItemsGoBackToTheirPlaceUnmarked(string kind)
    {
        var script = new Script(new QueueState(0));
        PutThree(script);
        var late = script.Ask(2, Taking(kind));
        late.ShouldBeDone();
        script.GiveUp(late);
        script.GiveUp(late);
        for (int item = 1; item <= 3; item++)
        {
            var lease = script.Ask(3, new QueueCommand.Lease(TimeSpan.Zero)).ShouldGet(item);
            lease.Reply!.Value.Number.ShouldBe(0, "nobody has seen the item: it was not redelivered");
        }
    }

    [Theory]
    [InlineData("Get")]
    [InlineData("GetMany")]
    [InlineData("Lease")]
    public void Queue_WaitingCallGivenUp_NextGetterIsServed(string kind)
    {
        var script = new Script(new QueueState(0));
        var late = script.Ask(2, Taking(kind)).ShouldWait();
        var next = script.Ask(3, new QueueCommand.Get(null)).ShouldWait();
        script.GiveUp(late);
        script.Tell(1, Put(1));
        next.ShouldGet(1);
        late.ShouldWait();
    }

    [Fact]
    public void Queue_GivenUpItem_GoesToWhoWaits()
    {
        var script = new Script(new QueueState(0));
        script.Tell(1, Put(1));
        var late = script.Ask(2, new QueueCommand.Get(s_second)).ShouldGet(1);
        var waits = script.Ask(3, new QueueCommand.Get(null)).ShouldWait();
        script.GiveUp(late);
        waits.ShouldGet(1);
    }

    [Fact]
    public void Queue_TakenItem_DoesNotComeBack()
    {
        var script = new Script(new QueueState(0));
        script.Tell(1, Put(1));
        var got = script.Ask(2, new QueueCommand.Get(s_second)).ShouldGet(1);
        script.Tell(2, new QueueCommand.Taken(got.Caller.Call));
        script.GiveUp(got);
        script.Ask(3, QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Queue_WaitingPutGivenUp_IsNotAdded()
    {
        var script = new Script(new QueueState(1));
        script.Ask(1, Put(1)).ShouldBeDone();
        var late = script.Ask(2, Put(2)).ShouldWait();
        script.GiveUp(late);
        script.Ask(3, new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(1);
        script.Ask(3, QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Queue_AnsweredPutGivenUp_IsTakenOutAndTheNextPutterIsAdmitted()
    {
        var script = new Script(new QueueState(2));
        script.Ask(1, Put(1)).ShouldBeDone();
        var late = script.Ask(2, Put(2)).ShouldBeDone();
        var waits = script.Ask(3, Put(3)).ShouldWait();
        script.GiveUp(late);
        waits.ShouldBeDone();
        script.Ask(4, new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(1);
        script.Ask(4, new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(3);
    }

    [Fact]
    public void Queue_PutManyGivenUp_AllThatNobodyHasIsTakenOut()
    {
        var script = new Script(new QueueState(3));
        script.Ask(1, Put(1)).ShouldBeDone();
        var late = script.Ask(2, new QueueCommand.PutMany([Script.Value(2), Script.Value(3), Script.Value(4)], s_second)).ShouldAnswer(2);
        script.GiveUp(late);
        script.Ask(4, new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(1);
        script.Ask(4, QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Fact]
    public void Queue_PutGivenUpAfterItsItemWasTaken_StaysTaken()
    {
        var script = new Script(new QueueState(2));
        var late = script.Ask(2, Put(1)).ShouldBeDone();
        script.Ask(4, new QueueCommand.Get(TimeSpan.Zero)).ShouldGet(1);
        script.GiveUp(late);
        script.Ask(4, QueueCommand.Size.Instance).ShouldAnswer(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Queue_RandomHistories_LoseAndDoubleNothing(int maxSize) =>
        Histories.Check(
            seed: 43 + maxSize, histories: 600, length: 60, static random => (Kind: random.Next(5), Who: random.Next(3) + 1), moves => Play(moves, maxSize));

    [Fact]
    public void JoinableQueue_ClaimGivenUp_IsUnfinishedAndThere()
    {
        var script = new Script(new JoinableQueueState(0));
        PutThree(script);
        script.GiveUp(script.Ask(2, new JoinableQueueCommand.Claim(s_second, Main)).ShouldGet(1));
        script.GiveUp(script.Ask(2, new QueueCommand.GetMany(2, s_second, Main)));
        var join = script.Ask(3, new JoinableQueueCommand.Join(null)).ShouldWait();
        for (int item = 1; item <= 3; item++)
        {
            join.ShouldWait();
            script.Ask(4, new JoinableQueueCommand.Claim(TimeSpan.Zero, Main)).ShouldGet(item);
            script.Tell(4, new JoinableQueueCommand.TaskDone(Main));
        }

        join.ShouldBeDone();
    }

    [Fact]
    public void JoinableQueue_PutGivenUp_NeedNotBeDone()
    {
        var script = new Script(new JoinableQueueState(5));
        script.GiveUp(script.Ask(1, Put(1)).ShouldBeDone());
        script.Ask(3, new JoinableQueueCommand.Join(TimeSpan.Zero)).ShouldBeDone();
    }

    [Fact]
    public void Lock_GrantGivenUp_NextWaiterHasIt()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var script = new Script(new LockState(cell));
        cell.TryAcquire(1, Main);
        var late = script.Ask(2, new LockCommand.Acquire(Main, s_second)).ShouldWait();
        var next = script.Ask(3, new LockCommand.Acquire(Main, null)).ShouldWait();
        cell.TryRelease().ShouldBe(ReleaseOutcome.NeedsNode);
        script.Tell(1, LockCommand.HandOver.Instance);
        late.ShouldBeDone();
        script.GiveUp(late);
        next.ShouldBeDone();
        script.GiveUp(late);
        cell.IsHeldBy(3, Main).ShouldBeTrue();
        cell.TryRelease();
        cell.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Lock_WaitGivenUpByTheLastWaiter_FastPathIsOpen()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var script = new Script(new LockState(cell));
        cell.TryAcquire(1, Main);
        script.GiveUp(script.Ask(2, new LockCommand.Acquire(Main, s_second)).ShouldWait());
        cell.TryRelease().ShouldBe(ReleaseOutcome.Released);
    }

    [Fact]
    public void Lock_GrantGivenUpAfterItWasReleasedAndTakenAgain_StaysWithItsNewHolder()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var script = new Script(new LockState(cell));
        var late = script.Ask(2, new LockCommand.Acquire(Main, s_second)).ShouldBeDone();
        cell.TryRelease();
        cell.TryAcquire(2, Main).ShouldBeTrue();
        script.GiveUp(late);
        cell.IsHeldBy(2, Main).ShouldBeTrue();
    }

    [Fact]
    public void Lock_RecursionGivenUp_LeavesTheFirstLevel()
    {
        using var memory = new CellMemory(LockCell.Bytes);
        var cell = memory.Lock;
        var script = new Script(new LockState(cell));
        cell.TryAcquireAgain(2, Main).ShouldBeTrue();
        script.GiveUp(script.Ask(2, new LockCommand.Enter(Main, s_second)).ShouldBeDone());
        (cell.IsHeldBy(2, Main), cell.Depth).ShouldBe((true, 1));
    }

    [Fact]
    public void Semaphore_GrantGivenUp_PermitReturnsOnce()
    {
        using var memory = new CellMemory(SemaphoreCell.Bytes);
        var cell = memory.Semaphore;
        var script = new Script(new SemaphoreState(cell, 1, SemaphoreCell.MaxCount));
        var late = script.Ask(2, new SemaphoreCommand.Acquire(s_second)).ShouldBeDone();
        var waits = script.Ask(3, new SemaphoreCommand.Acquire(null)).ShouldWait();
        script.GiveUp(late);
        script.GiveUp(late);
        waits.ShouldBeDone();
        cell.Count.ShouldBe(0);
        script.Die(2);
        cell.Count.ShouldBe(0, "the permit came back before, not by the death");
        script.Die(3);
        cell.Count.ShouldBe(1);
    }

    [Fact]
    public void Condition_NotificationGivenUp_IsPassedOn()
    {
        using var memory = new CellMemory(ConditionCell.Bytes);
        var cell = memory.Condition;
        var script = new Script(new ConditionState(cell));
        var late = script.Ask(1, new ConditionCommand.Wait(cell.TakeTicket(1), s_second)).ShouldWait();
        var other = script.Ask(2, new ConditionCommand.Wait(cell.TakeTicket(2), null)).ShouldWait();
        cell.TryCall(1).ShouldBeTrue();
        script.Tell(3, ConditionCommand.ReadCalls.Instance);
        late.ShouldBeDone();
        script.GiveUp(late);
        script.GiveUp(late);
        other.ShouldBeDone();
        cell.HasWaiters.ShouldBeFalse();
    }

    [Fact]
    public void Condition_WaitGivenUp_TakesNoNotification()
    {
        using var memory = new CellMemory(ConditionCell.Bytes);
        var cell = memory.Condition;
        var script = new Script(new ConditionState(cell));
        script.GiveUp(script.Ask(1, new ConditionCommand.Wait(cell.TakeTicket(1), s_second)).ShouldWait());
        var other = script.Ask(2, new ConditionCommand.Wait(cell.TakeTicket(2), null)).ShouldWait();
        script.Ask(3, new ConditionCommand.Notify(1)).ShouldBeDone();
        other.ShouldBeDone();
    }

    [Fact]
    public void Condition_TicketGivenUp_IsNotWaitedFor()
    {
        using var memory = new CellMemory(ConditionCell.Bytes);
        var cell = memory.Condition;
        var script = new Script(new ConditionState(cell));
        script.GiveUp(script.Ask(1, ConditionCommand.TakeTicket.Instance).ShouldBeDone());
        cell.HasWaiters.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Barrier_WaitGivenUp_IsBrokenByTimeOnly(bool timedOut)
    {
        using var memory = new CellMemory(BarrierCell.Bytes);
        var cell = memory.Barrier;
        var script = new Script(new BarrierState(cell, 3, hasAction: false));
        var waits = script.Ask(1, new BarrierCommand.Wait(null)).ShouldWait();
        script.GiveUp(script.Ask(2, new BarrierCommand.Wait(s_second)).ShouldWait(), timedOut);
        cell.IsBroken.ShouldBe(timedOut);
        waits.Waits.ShouldBe(!timedOut);
    }

    [Fact]
    public void Barrier_ActingPartyGivenUp_OthersDoNotWaitForItsAction()
    {
        using var memory = new CellMemory(BarrierCell.Bytes);
        var cell = memory.Barrier;
        var script = new Script(new BarrierState(cell, 2, hasAction: true));
        var waits = script.Ask(1, new BarrierCommand.Wait(null)).ShouldWait();
        script.GiveUp(script.Ask(2, new BarrierCommand.Wait(s_second)).ShouldAnswer(1), timedOut: false);
        waits.ShouldAnswer(BarrierCommand.Broken);
    }

    private static QueueCommand Taking(string kind) => kind switch
    {
        "Get" => new QueueCommand.Get(s_second),
        "GetMany" => new QueueCommand.GetMany(2, s_second, Main),
        _ => new QueueCommand.Lease(s_second),
    };

    private static QueueCommand.Put Put(int number) => new(Script.Value(number), null);

    private static void PutThree(Script script)
    {
        for (int item = 1; item <= 3; item++)
        {
            script.Tell(1, Put(item));
        }
    }

    private static void Play(IReadOnlyList<(int Kind, int Who)> moves, int maxSize)
    {
        var script = new Script(new QueueState(maxSize));
        var puts = new Dictionary<Call, int>();
        var gets = new List<Call>();
        var withdrawn = new HashSet<Call>();
        var seen = new List<int>();
        int last = 0;
        foreach (var (kind, who) in moves)
        {
            switch (kind)
            {
                case 0:
                    puts.Add(script.Ask(who, Put(++last)), last);
                    break;
                case 1:
                    gets.Add(script.Ask(who, new QueueCommand.Get(null)));
                    break;
                case 2 when gets.Find(call => call.Caller.Process == who && call.Succeeded) is { } got:
                    script.Tell(who, new QueueCommand.Taken(got.Caller.Call));
                    gets.Remove(got);
                    seen.Add(Script.Number(got.Reply!.Value));
                    break;
                case 3 when gets.FindLast(call => call.Caller.Process == who) is { } late:
                    script.GiveUp(late);
                    gets.Remove(late);
                    break;
                case 4 when puts.Keys.LastOrDefault(call => call.Caller.Process == who && call.Waits && !call.IsGivenUp) is { } putter:
                    script.GiveUp(putter);
                    withdrawn.Add(putter);
                    break;
            }
        }

        foreach (var waits in gets.Where(static call => call.Waits))
        {
            script.GiveUp(waits);
        }

        var rest = new List<int>();
        while (script.Ask(9, new QueueCommand.Get(TimeSpan.Zero)) is { Succeeded: true } next)
        {
            rest.Add(Script.Number(next.Reply!.Value));
        }

        rest.ShouldBe([.. rest.Order()], customMessage: script.Transcript);
        var inHand = gets.Where(static call => call.Succeeded).Select(static call => Script.Number(call.Reply!.Value));
        var put = puts.Where(each => each.Key.Succeeded && !withdrawn.Contains(each.Key)).Select(static each => each.Value);
        seen.Concat(rest).Concat(inHand).Order().ToList().ShouldBe([.. put.Order()], customMessage: script.Transcript);
    }
}
