using Multiproc.Objects.Inspection;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What is told of the objects of a node, and of threads that wait for each other.</summary>
public sealed class InspectTests
{
    [Fact]
    public void Inspect_HoldersAndWaiters_AreNamedByProcessAndThread()
    {
        using var gate = Mp.RLock();
        using var permits = Mp.Semaphore(3);
        using var waits = Mp.Event();
        gate.Acquire();
        gate.Acquire();
        using var child = InChild.Start(() =>
        {
            permits.Acquire();
            permits.Acquire();
            waits.Set();
            gate.Acquire();
        });
        waits.Wait(InChild.Bound).ShouldBeTrue("the child is about to wait");
        Await.Until("the child waits for the lock", () => Report(gate).Waiters.Count == 1);
        var report = Report(gate);
        report.Type.ShouldBe("lock");
        report.Bytes.ShouldBe(64);
        report.Holders.ShouldBe([new ObjectHolder(new ObjectParty(Environment.ProcessId, Environment.CurrentManagedThreadId), 2)]);
        report.Waiters[0].Who.Pid.ShouldBe(child.Pid!.Value);
        report.Waiters[0].Who.Thread.ShouldBeGreaterThan(0);
        Await.Until("the wait grows", () => Report(gate).Waiters[0].Waited > report.Waiters[0].Waited);
        report.Counts["fence"].ShouldBe(1);
        report.ToString().ShouldContain($"held by process {Environment.ProcessId}");
        var semaphore = Report(permits);
        semaphore.Holders.ShouldBe([new ObjectHolder(new ObjectParty(child.Pid!.Value, 0), 2)]);
        semaphore.Counts["permits"].ShouldBe(1);
        Mp.FindDeadlocks().ShouldNotContain(
            each => each.Steps.Any(step => step.ObjectId == gate.Handle.Id), "who waits for a busy holder waits in vain of nobody");
        gate.Release();
        gate.Release();
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
        Await.Until("what it held came back", () => Report(permits).Holders.Count == 0 && Report(gate).Holders.Count == 0);
        Report(gate).Counts["abandoned"].ShouldBe(1);
    }

    [Fact]
    public void Inspect_EachKind_TellsItsNumbers()
    {
        using var queue = Mp.Queue<int>();
        using var joinable = Mp.JoinableQueue<int>();
        using var flag = Mp.Event();
        using var barrier = Mp.Barrier(3);
        using var condition = Mp.Condition();
        using var array = Mp.RawArray<int>(100_000);
        using var value = Mp.Value(1.5);
        queue.Put(1);
        queue.Put(2);
        queue.QSize().ShouldBe(2);
        joinable.Put(1);
        joinable.Put(2);
        joinable.Get();
        flag.Set();
        Report(queue).Counts["items"].ShouldBe(2);
        Report(joinable).Counts["unfinished"].ShouldBe(2);
        Report(joinable).Counts["unacknowledged"].ShouldBe(1);
        Report(flag).Counts["set"].ShouldBe(1);
        Report(barrier).Counts["parties"].ShouldBe(3);
        Report(condition).Type.ShouldBe("condition");
        Report(array).Type.ShouldBe("SharedArray<Int32>[100000]");
        Report(array).Bytes.ShouldBe(400_000);
        Report(value).Type.ShouldBe("SharedValue<Double>");
        long id = value.Handle.Id;
        value.Dispose();
        Mp.Inspect().ShouldNotContain(each => each.Id == id);
    }

    [Fact]
    public void Inspect_WhileObjectsComeAndGo_NeverHangs()
    {
        using var stop = Mp.Event();
        var maker = OwnThread.Run(() =>
        {
            while (!stop.IsSet)
            {
                using var queue = Mp.Queue<int>();
                using var value = Mp.Value(1);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            Mp.Inspect().ShouldContain(each => each.Id == stop.Handle.Id);
        }

        stop.Set();
        maker.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void FindDeadlocks_TwoProcessesCrosswise_AreNamed()
    {
        using var first = Mp.Lock();
        using var second = Mp.RLock();
        using var hasSecond = Mp.Event();
        using var hasFirst = Mp.Event();
        using var child = InChild.Start(() =>
        {
            second.Acquire();
            hasSecond.Set();
            hasFirst.Wait(InChild.Bound);
            first.Acquire();
        });
        int thread = 0;
        var here = OwnThread.Run(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            first.Acquire();
            hasFirst.Set();
            hasSecond.Wait(InChild.Bound);
            second.Acquire();
        });
        DeadlockReport? found = null;
        Await.Until(
            "the cycle is found",
            () => (found = Mp.FindDeadlocks().SingleOrDefault(each => each.Steps.Any(step => step.ObjectId == first.Handle.Id))) is not null);
        found!.Steps.Count.ShouldBe(2);
        var ours = found.Steps.Single(step => step.ObjectId == second.Handle.Id);
        ours.Who.ShouldBe(new ObjectParty(Environment.ProcessId, thread));
        found.Steps.Single(step => step.ObjectId == first.Handle.Id).Who.Pid.ShouldBe(child.Pid!.Value);
        found.ToString().ShouldContain($"process {child.Pid}");
        child.KillAndJoin();
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        Mp.FindDeadlocks().ShouldNotContain(each => each.Steps.Any(step => step.ObjectId == first.Handle.Id), "the death of one has ended it");
    }

    [Fact]
    public void FindDeadlocks_EachStep_NamesThePlaceInTheCode()
    {
        using var first = Mp.Lock();
        using var second = Mp.Lock();
        using var meeting = Mp.Barrier(2);
        using var child = InChild.Start(() => TakeBoth(second, first, meeting));
        var here = OwnThread.Run(() => TakeBoth(first, second, meeting));
        DeadlockReport? found = null;
        Await.Until(
            "the cycle is found",
            () => (found = Mp.FindDeadlocks().SingleOrDefault(each => each.Steps.Any(step => step.ObjectId == first.Handle.Id))) is not null);
        found!.Steps.ShouldAllBe(static step => step.Site!.Contains($"{nameof(InspectTests)}.{nameof(TakeBoth)}"));
        found.ToString().ShouldContain($" at {found.Steps[0].Site}, held by ");
        child.Freeze();
        Mp.FindDeadlocks().Single(each => each.Steps.Any(step => step.ObjectId == first.Handle.Id)).Steps
            .Single(step => step.Who.Pid == child.Pid).Site.ShouldBeNull("a stopped process says nothing, and holds nobody up");
        child.KillAndJoin();
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void FindDeadlocks_LocksOfTwoManagers_AreOneCycle()
    {
        using var one = Mp.Manager();
        using var other = Mp.Manager();
        var (first, second) = (one.Lock(), other.Lock());
        using var meeting = Mp.Barrier(2);
        using var forth = InChild.Start(() => TakeBoth(first, second, meeting));
        using var back = InChild.Start(() => TakeBoth(second, first, meeting));
        DeadlockReport? found = null;
        int[] pids = [forth.Pid!.Value, back.Pid!.Value];
        Await.Until("the cycle is found", () =>
            (found = Mp.FindDeadlocks().SingleOrDefault(each => each.Steps.Any(step => step.Who.Pid == pids[0]))) is not null);
        found!.Steps.Select(static step => step.Who.Pid).ShouldBe(pids, ignoreOrder: true);
        found.Steps.ShouldAllBe(static step => step.Site!.Contains($"{nameof(InspectTests)}.{nameof(TakeBoth)}"));
        forth.KillAndJoin();
        back.Join(InChild.Bound).ShouldBeTrue("the death of one lets the other go on");
        Mp.FindDeadlocks().ShouldNotContain(each => each.Steps.Any(step => pids.Contains(step.Who.Pid)));
    }

    [Fact]
    public void FindDeadlocks_AwaitedWait_IsNoCycle()
    {
        using var gate = Mp.Lock();
        gate.Acquire();
        var again = gate.AcquireAsync();
        Await.Until("it waits", () => Report(gate).Waiters.Count == 1);
        Mp.FindDeadlocks().ShouldNotContain(each => each.Steps.Any(step => step.ObjectId == gate.Handle.Id), "this thread is free to release it");
        gate.Release();
        again.AsTask().Wait(InChild.Bound).ShouldBeTrue("the wait ends");
    }

    [Fact]
    public void FindDeadlocks_ThreadThatWaitsForItsOwnLock_IsACycleOfOne()
    {
        using var gate = Mp.Lock();
        using var child = InChild.Start(() =>
        {
            gate.Acquire();
            gate.Acquire();
        });
        DeadlockReport? found = null;
        Await.Until("the cycle is found", () =>
            (found = Mp.FindDeadlocks().SingleOrDefault(each => each.Steps[0].ObjectId == gate.Handle.Id)) is not null);
        found!.Steps.Count.ShouldBe(1);
        found.Steps[0].Who.Pid.ShouldBe(child.Pid!.Value);
        child.KillAndJoin();
    }

    [Fact]
    public void Cycles_OfAnyGraph_AreThoseThatASlowLookFinds()
    {
        var random = new Random(20_260_103);
        for (int round = 0; round < 500; round++)
        {
            int parties = 2 + random.Next(7);
            var edges = Enumerable.Range(0, parties).Where(_ => random.Next(4) > 0)
                .Select(from => new Deadlocks.Edge(new Deadlocks.Party(from, 1), from, new Deadlocks.Party(random.Next(parties), 1))).ToList();
            var next = edges.ToDictionary(static edge => edge.From.Process, static edge => edge.To.Process);
            var expected = Enumerable.Range(0, parties).Where(start => Steps(next, start).Contains(start)).ToHashSet();
            var cycles = Deadlocks.Cycles(edges).ToList();
            cycles.SelectMany(static cycle => cycle).Select(static edge => edge.From.Process).Order().ShouldBe(expected.Order());
            foreach (var cycle in cycles)
            {
                cycle.Zip([.. cycle.Skip(1), cycle[0]]).ShouldAllBe(static pair => pair.First.To == pair.Second.From);
            }
        }
    }

    private static IEnumerable<int> Steps(Dictionary<int, int> next, int start)
    {
        int at = start;
        for (int i = 0; i < next.Count && next.TryGetValue(at, out at); i++)
        {
            yield return at;
        }
    }

    private static void TakeBoth(SharedLock mine, SharedLock other, SharedBarrier meeting)
    {
        mine.Acquire();
        meeting.Wait(InChild.Bound);
        other.Acquire();
    }

    private static ObjectReport Report(SharedObject facade) => Mp.Inspect().Single(each => each.Id == facade.Handle.Id);
}
