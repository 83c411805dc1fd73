namespace Multiproc.Tests.Managers;

/// <summary>
/// Objects of a manager at which processes wait for each other: used by two children at once, which get them as arguments or out of a shared dictionary.
/// Numbers in comments are those of the conformance list.
/// </summary>
public sealed class WaitingTypesTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private static readonly TimeSpan s_bound = ManagerFixture.Bound;

    /// <summary>What a child says at its end is the message of the test that fails.</summary>
    private static readonly ProcessOptions s_told = new() { KeepStderr = true };

    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public void JoinableQueue_WorkedOnByTwoChildren_IsJoinedWhenAllIsDone()
    {
        // T-12
        var tasks = _manager.JoinableQueue<int>(maxSize: 4);
        tasks.ShouldBeOfType<SharedJoinableQueue<int>>().MaxSize.ShouldBe(4);
        var results = _manager.Set<int>();
        using var one = Start(Mp.Process(Work, tasks, results, options: s_told));
        using var other = Start(Mp.Process(Work, Nested(tasks), results, options: s_told));
        for (int i = 0; i < 20; i++)
        {
            tasks.Put(i, s_bound);
        }

        tasks.Join(s_bound).ShouldBeTrue("every task is done");
        results.GetValue().Order().ShouldBe(Enumerable.Range(0, 20));
        tasks.Put(-1);
        tasks.Put(-1);
        AwaitEnd(one, other);
        tasks.Join(s_bound).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(tasks.TaskDone);
        tasks.Empty().ShouldBeTrue();
    }

    [Fact]
    public void BoundedSemaphore_HeldByTwoChildren_HasNoMorePermitsThanAtTheStart()
    {
        // T-14, FL-06
        var permits = _manager.BoundedSemaphore(2);
        permits.ShouldBeOfType<SharedBoundedSemaphore>().Value.ShouldBe(2);
        var holding = _manager.Barrier(3);
        var go = _manager.Event();
        using var one = Start(Mp.Process(HoldPermit, permits, holding, go, options: s_told));
        using var other = Start(Mp.Process(HoldPermit, Nested(permits), holding, go, options: s_told));
        holding.Wait(s_bound);
        permits.TryAcquire().ShouldBeFalse("both permits are in the children");
        go.Set();
        AwaitEnd(one, other);
        permits.Value.ShouldBe(2);
        Should.Throw<InvalidOperationException>(() => permits.Release()).Message.ShouldContain("too many");
    }

    [Fact]
    public void Condition_WakesChildrenThatWait_OneOrAll()
    {
        // T-14, FL-07
        var changed = _manager.Condition();
        var state = _manager.Value(0);
        using var one = Start(Mp.Process(AwaitState, changed, state, options: s_told));
        using var other = Start(Mp.Process(AwaitState, Nested(changed), state, options: s_told));
        Should.Throw<InvalidOperationException>(() => changed.Notify());
        Should.Throw<InvalidOperationException>(() => changed.Wait(TimeSpan.Zero));
        TestKit.Await.Until("both children wait, or one has ended", () => state.Value == 2 || !one.IsAlive || !other.IsAlive);
        using (changed.Hold())
        {
            state.Value = 3;
            changed.NotifyAll();
        }

        AwaitEnd(one, other);
        state.Value.ShouldBe(5);
    }

    [Fact]
    public void Condition_OverALockOfTheManager_SharesIt()
    {
        var gate = _manager.Lock();
        var changed = _manager.Condition(gate);
        using (changed.Hold())
        {
            gate.Locked.ShouldBeTrue();
            ManagerFixture.Run(Mp.Process(static (SharedCondition c, SharedLock g) => Assert.False(c.Acquire(TimeSpan.Zero) || g.TryAcquire()), changed, gate));
        }

        gate.Locked.ShouldBeFalse();
    }

    [Fact]
    public void Barrier_OfThreeProcesses_OpensForAllAtOnce_AndBreaksForAll()
    {
        // T-16, FL-09
        var actions = _manager.Value(0);
        var barrier = _manager.Barrier(3, () => actions.Increment());
        barrier.Parties.ShouldBe(3);
        var places = _manager.List<int>();
        using var one = Start(Mp.Process(Meet, barrier, places, options: s_told));
        using var other = Start(Mp.Process(Meet, Nested(barrier), places, options: s_told));
        int mine = barrier.Wait(s_bound);
        barrier.Wait(s_bound);
        TestKit.Await.Until("both children wait again", () => barrier.Waiting == 2);
        barrier.Abort();
        barrier.Broken.ShouldBeTrue();
        AwaitEnd(one, other);
        places.GetValue().Append(mine).Order().ShouldBe([0, 1, 2]);
        actions.Value.ShouldBe(2);
        ManagerFixture.Run(Mp.Process(static b => b.Reset(), barrier));
        barrier.Broken.ShouldBeFalse();
        Should.Throw<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Parties_ThatAreKilled_LeaveNobodyWaiting()
    {
        var barrier = _manager.Barrier(2);
        using (var party = Start(Mp.Process(static b => b.Wait(), barrier)))
        {
            TestKit.Await.Until("the child waits", () => barrier.Waiting == 1);
            party.Kill();
            party.Join(s_bound).ShouldBeTrue();
        }

        TestKit.Await.Until("the barrier is broken", () => barrier.Broken);

        var permits = _manager.BoundedSemaphore(1);
        var held = _manager.Barrier(2);
        using (var holder = Start(Mp.Process(HoldPermit, permits, held, _manager.Event(), options: s_told)))
        {
            held.Wait(s_bound);
            holder.Kill();
            permits.Acquire(s_bound).ShouldBeTrue("the permit of the dead comes back");
        }
    }

    private DictionaryProxy<string, T> Nested<T>(T shared) => _manager.Dictionary<string, T>([new("it", shared)]);

    private static ChildProcess Start(ChildProcess process)
    {
        process.Start();
        return process;
    }

    private static void AwaitEnd(params ChildProcess[] processes)
    {
        Array.ForEach(processes, static process => process.Join(s_bound).ShouldBeTrue($"{process.Name} ends"));
        Array.ForEach(processes, static process => process.ExitCode.ShouldBe(0, process.StderrTail()));
    }

    private static void Work(DictionaryProxy<string, SharedJoinableQueue<int>> tasks, SetProxy<int> results) => Work(tasks["it"], results);

    private static void Work(SharedJoinableQueue<int> tasks, SetProxy<int> results)
    {
        int task;
        do
        {
            task = tasks.Get(s_bound);
            if (task >= 0)
            {
                results.Add(task).ShouldBeTrue("each task is given once");
            }

            tasks.TaskDone();
        }
        while (task >= 0);
    }

    private static void HoldPermit(DictionaryProxy<string, SharedBoundedSemaphore> permits, SharedBarrier holding, SharedEvent go) =>
        HoldPermit(permits["it"], holding, go);

    private static void HoldPermit(SharedBoundedSemaphore permits, SharedBarrier holding, SharedEvent go)
    {
        using (permits.Hold())
        {
            holding.Wait(s_bound);
            go.Wait(s_bound).ShouldBeTrue();
        }
    }

    private static void AwaitState(DictionaryProxy<string, SharedCondition> changed, ValueProxy<int> state) => AwaitState(changed["it"], state);

    private static void AwaitState(SharedCondition changed, ValueProxy<int> state)
    {
        using (changed.Hold())
        {
            state.Increment();
            changed.WaitFor(() => state.Value >= 3, s_bound).ShouldBeTrue();
            state.Increment();
        }
    }

    private static void Meet(DictionaryProxy<string, SharedBarrier> barrier, ListProxy<int> places) => Meet(barrier["it"], places);

    private static void Meet(SharedBarrier barrier, ListProxy<int> places)
    {
        places.Append(barrier.Wait(s_bound));
        barrier.Wait(s_bound);
        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(s_bound));
    }
}
