using System.Diagnostics;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Tests.Programs;

/// <summary>What a running program tells about itself: this one, with real processes.</summary>
[Collection(nameof(RealPrograms))]
public sealed class ProgramViewTests
{
    [Fact]
    public async Task Pool_WithWork_TellsItsWorkersTasksAndSlowTasks()
    {
        using var pool = Mp.Pool(2);
        pool.Name = "squares";
        await pool.MapAsync(static x => x * x, Enumerable.Range(0, 50));
        pool.Apply(Slow, "a slow one");
        var view = await ViewOf("squares");
        view.State.ShouldBe("running");
        view.Done.ShouldBe(51);
        view.Failed.ShouldBe(0);
        view.Workers.Select(static each => each.Pid).ShouldBe(pool.WorkerPids, ignoreOrder: true);
        view.SlowTasks.ShouldContain(static each => each.Argument == "\"a slow one\"");
        view.Deaths.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pool_WhoseWorkerDies_TellsItsLastWords()
    {
        using var pool = Mp.Pool(1);
        pool.Name = "mortal";
        var died = await Should.ThrowAsync<WorkerDiedException>(async () => await pool.ApplyAsync(static () =>
        {
            Console.Error.WriteLine("the disk is full");
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }));
        var view = await Until.Found("the death in the view", async () => await ViewOf("mortal") is { Died: 1 } told ? told : null);
        var death = view.Deaths.ShouldHaveSingleItem();
        death.Pid.ShouldBe(died.Pid);
        death.Ending.ShouldBe("signal 9 (SIGKILL)");
        death.LastWords.ShouldBe("the disk is full");
        death.Task.ShouldBe(0);
        view.Failed.ShouldBe(1);
    }

    [Fact]
    public async Task Pool_WithACallInProgress_TellsItsProgress()
    {
        using var pool = Mp.Pool(1);
        using var go = Mp.Event();
        pool.Name = "waiting";
        var running = pool.MapAsync(static x => x.Go.Wait(), Enumerable.Range(0, 3).Select(_ => new Gate(go)), chunkSize: 1);
        var call = await Until.Found("a call in progress", async () => (await ViewOf("waiting")).Calls.SingleOrDefault());
        call.Kind.ShouldBe("map");
        call.Total.ShouldBe(3);
        go.Set();
        await running;
        (await ViewOf("waiting")).Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pool_ThatIsDisposed_IsNotTold()
    {
        using (var pool = Mp.Pool(1))
        {
            pool.Name = "short";
        }

        (await ProgramLook.AtProgramAsync()).Pools.ShouldNotContain(static each => each.Name == "short");
    }

    [Fact]
    public async Task Lock_ThatAChildWaitsFor_TellsHolderAndWaiter()
    {
        using var gate = Mp.Lock();
        gate.Acquire().ShouldBeTrue();
        using var child = Mp.Process(static gate => gate.Acquire(), gate, name: "patient");
        child.Start();
        var (view, found) = await Until.Found("a waiter of the lock", async () =>
        {
            var view = await ProgramLook.AtProgramAsync();
            return view.Objects.FirstOrDefault(each => each.Type == "lock" && each.Waiters.Any(waiter => waiter.Pid == child.Pid)) is { } found
                ? Tuple.Create(view, found)
                : null;
        });
        found.Holders.ShouldHaveSingleItem().Pid.ShouldBe(Environment.ProcessId);
        found.Waiters.ShouldHaveSingleItem().Thread.ShouldBeGreaterThan(0);
        view.Processes.Single(each => each.Pid == child.Pid).Name.ShouldBe("patient");
        view.Processes.Single(static each => each.Pid == Environment.ProcessId).Role.ShouldBe("program");
        gate.Release();
        child.Join(Until.Bound).ShouldBeTrue();
    }

    [Fact]
    public async Task Deadlock_OfTwoChildren_IsTold()
    {
        using var left = Mp.Lock();
        using var right = Mp.Lock();
        using var both = Mp.Barrier(2);
        using var one = Mp.Process(Lock, left, right, both, name: "one");
        using var other = Mp.Process(Lock, right, left, both, name: "other");
        one.Start();
        other.Start();
        var deadlock = await Until.Found("the deadlock", async () => (await ProgramLook.AtProgramAsync()).Deadlocks.FirstOrDefault());
        deadlock.Steps.Select(static each => each.Pid).ShouldBe([one.Pid!.Value, other.Pid!.Value], ignoreOrder: true);
        deadlock.Steps.ShouldAllBe(static step => step.Site!.Contains(nameof(Lock)));
        one.Kill();
        other.Kill();
    }

    [Fact]
    public async Task Queue_OfAManager_IsToldByItsProcess()
    {
        using var manager = Mp.Manager();
        using var queue = manager.Queue<int>();
        for (int i = 0; i < 5; i++)
        {
            queue.Put(i);
        }

        var view = await Until.Found("the queue of the manager", async () =>
        {
            var view = await ProgramLook.AtProgramAsync();
            return view.Objects.Any(static each => each.Pid != Environment.ProcessId && each.Counts.GetValueOrDefault("items") == 5) ? view : null;
        });
        var owner = view.Processes.Single(static each => each.Role == "manager");
        owner.Parent.ShouldBe(Environment.ProcessId);
        owner.MemoryBytes.ShouldBeGreaterThan(1 << 20);
        view.Objects.Single(each => each.Pid == owner.Pid && each.Counts.GetValueOrDefault("items") == 5).Type.ShouldContain("queue");
    }

    [Fact]
    public async Task Child_ThatIsStopped_IsToldAsStopped_AndHidesNothing()
    {
        using var go = Mp.Event();
        using var child = Mp.Process(static go => go.Wait(), go, name: "stopped one");
        child.Start();
        await Until.Found("the child in the view", async () => (await ProgramLook.AtProgramAsync()).Processes.FirstOrDefault(each => each.Pid == child.Pid));
        Signal.Send(child.Pid!.Value, Signal.Stop);
        try
        {
            var stopped = await Until.Found("a stopped child", async () =>
                (await ProgramLook.AtProgramAsync()).Processes.FirstOrDefault(each => each.Pid == child.Pid && each.State == "stopped"));
            stopped.Name.ShouldBe("stopped one");
        }
        finally
        {
            Signal.Send(child.Pid!.Value, Signal.Continue);
        }

        go.Set();
        child.Join(Until.Bound).ShouldBeTrue();
    }

    private static void Lock(SharedLock first, SharedLock second, SharedBarrier both)
    {
        first.Acquire();
        both.Wait();
        second.Acquire();
    }

    private static int Slow(string text)
    {
        long begun = Stopwatch.GetTimestamp();
        SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(20));
        return text.Length;
    }

    private static async Task<PoolView> ViewOf(string pool) => (await ProgramLook.AtProgramAsync()).Pools.Single(each => each.Name == pool);

    private sealed record Gate(SharedEvent Go);
}
