using Microsoft.Extensions.Logging;
using Multiproc.TestKit;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.UserCode;

/// <summary>
/// Code of the program that the library calls, and that never returns: it holds up what waits for it by contract, and nothing else. Each runs in a process of
/// its own.
/// </summary>
public sealed class BlockingTests
{
    private static readonly ManualResetEventSlim s_never = new();

    private static readonly Dictionary<string, Action> s_members = new()
    {
        ["progress of a pool"] = static () =>
        {
            using var pool = Mp.Pool(1);
            pool.MapAsync(
                static x => x, Enumerable.Range(0, 100), chunkSize: 1, progress: new Handler(static _ => Block())).Get(Bounded.Time).Length.ShouldBe(100);
            Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time));
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["progress of many calls"] = static () =>
        {
            using var pool = Mp.Pool(1);
            var stuck = new Handler(static _ => Block());
            for (int i = 0; i < 5; i++)
            {
                pool.MapAsync(static x => x, Enumerable.Range(0, 100), chunkSize: 1, progress: stuck).Get(Bounded.Time).Length.ShouldBe(100);
            }
        },
        ["callback of a pool"] = static () =>
        {
            using var told = new ManualResetEventSlim();
            using var pool = Mp.Pool(1, new PoolOptions { OnWorkerDeath = _ => told.Set() });
            var stuck = pool.ApplyAsync(static () => 1, callback: static _ => Block());
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
            Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time));
            told.Wait(Bounded.Time).ShouldBeTrue("the death is told although a callback does not return");
            stuck.Ready.ShouldBeFalse("a call has ended when its callback has");
        },
        ["OnWorkerDeath"] = static () =>
        {
            using var pool = Mp.Pool(1, new PoolOptions { OnWorkerDeath = static _ => Block() });
            Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time));
            int called = 0;
            pool.ApplyAsync(static () => 7, callback: value => called = value).Get(Bounded.Time).ShouldBe(7);
            called.ShouldBe(7);
        },
        ["ToString of a dead worker's argument"] = static () =>
        {
            using var pool = Mp.Pool(1);
            Should.Throw<WorkerDiedException>(() =>
                pool.ApplyAsync(static _ => Environment.Exit(3), new Stuck()).Get(Bounded.Time)).Argument.ShouldContain("whose text was not available");
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["ToString of a slow task's argument"] = static () =>
        {
            using var pool = Mp.Pool(1);
            pool.ApplyAsync(static _ => Await.Until("it takes a while", TakesAWhile()), new Stuck()).Get(Bounded.Time);
            Bounded.Run("the insights come", pool.Insights).SlowestTasks.ShouldNotBeEmpty();
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["logger, of a child's records"] = static () =>
        {
            Mp.LogTo(new Logger(Block), LogLevel.Debug);
            using var process = Mp.Process(static () => Mp.GetLogger().LogWarning("from the child"));
            process.Start();
            process.Join(Bounded.Time).ShouldBeTrue("the end of the child is told although the logger does not return");
            using var next = Mp.Process(static () => { });
            next.Start();
            next.Join(Bounded.Time).ShouldBeTrue();
        },
        ["logger, of a pool's deaths"] = static () =>
        {
            Mp.LogTo(new Logger(Block), LogLevel.Debug);
            using var pool = Mp.Pool(1);
            Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time));
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["input of an Imap"] = static () =>
        {
            using var pool = Mp.Pool(1);
            var results = pool.Imap(static x => x, Endless());
            results.Next(Bounded.Time).ShouldBe(1);
            Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
            Bounded.Run("the results are let go", results.Dispose);
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["token callback of an input of an Imap"] = static () =>
        {
            using var pool = Mp.Pool(1);
            var results = pool.Imap(static x => x, EndlessAsync());
            results.Next(Bounded.Time).ShouldBe(1);
            Bounded.Run("the results are let go", results.Dispose);
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["token callback of a task"] = static () =>
        {
            using var pool = Mp.Pool(1, new PoolOptions { StopGrace = TimeSpan.Zero });
            using var cancel = new CancellationTokenSource();
            using var begun = Mp.Event();
            var task = pool.ApplyAsync(
                static (begun, token) =>
                {
                    _ = token.Register(Block);
                    begun.Set();
                    token.WaitHandle.WaitOne();
                    return 1;
                }, begun, cancellation: cancel.Token);
            begun.Wait(Bounded.Time).ShouldBeTrue();
            Bounded.Run("the cancellation returns", cancel.Cancel);
            Should.Throw<OperationCanceledException>(() => task.Get(Bounded.Time));
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["synchronization context"] = static () => InContext(static () =>
        {
            SynchronizationContext.SetSynchronizationContext(new Dead());
            UseAll();
        }, TaskScheduler.Default),
        ["task scheduler"] = static () => InContext(UseAll, new OnlyFirst()),
        ["object of a manager"] = static () =>
        {
            using var manager = new SyncManager();
            BaseManager.Register("Stuck", static () => new Stuck());
            manager.Start();
            var first = (Proxy)manager.Create("Stuck");
            var second = (Proxy)manager.Create("Stuck");
            _ = first.CallMethodAsync("Block", []).AsTask();
            second.CallMethod("Five").ShouldBe(5);
            manager.List<int>([1]).Count.ShouldBe(1);
            Bounded.Run("the manager is shut down", manager.Shutdown);
        },
        ["disposal of an object of a manager"] = static () =>
        {
            using var manager = new SyncManager();
            BaseManager.Register<IStuck, Stuck>("Stuck");
            manager.Start();
            var stuck = manager.Create<IStuck>();
            stuck.Five().ShouldBe(5);
            ((IDisposable)stuck).Dispose();
            manager.List<int>([1]).Count.ShouldBe(1);
            Bounded.Run("the manager is shut down", manager.Shutdown);
        },
    };

    public static TheoryData<string> Members => [.. s_members.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void CodeOfTheProgram_ThatNeverReturns_HoldsUpNothingElse(string member) => InChild.Run(() => s_members[member]());

    private static void InContext(Action body, TaskScheduler scheduler) =>
        Task.Factory.StartNew(
            body, CancellationToken.None, TaskCreationOptions.LongRunning,
            scheduler).Wait(InChild.Bound).ShouldBeTrue("what the library does beside the caller runs elsewhere");

    /// <summary>Calls with and without a wait, each of which goes on after something that takes a while.</summary>
    private static void UseAll()
    {
        using var process = Mp.Process(static () => { });
        process.Start();
        process.JoinAsync(Bounded.Time).AsTask().GetAwaiter().GetResult().ShouldBeTrue();
        using var pool = Mp.Pool(1);
        pool.MapAsync(static x => x, [1, 2, 3]).AsTask().GetAwaiter().GetResult().ShouldBe([1, 2, 3]);
        using (var results = pool.Imap(static x => x, [1, 2, 3]))
        {
            results.NextAsync(Bounded.Time).AsTask().GetAwaiter().GetResult().ShouldBe(1);
        }

        using var manager = new SyncManager();
        manager.StartAsync().AsTask().GetAwaiter().GetResult();
        manager.List<int>([1]).CountAsync().AsTask().GetAwaiter().GetResult().ShouldBe(1);
        manager.ShutdownAsync().AsTask().GetAwaiter().GetResult();
        pool.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Block() => s_never.Wait();

    private static Func<bool> TakesAWhile()
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        return () => System.Diagnostics.Stopwatch.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(20);
    }

    private static IEnumerable<int> Endless()
    {
        yield return 1;
        Block();
    }

    private static async IAsyncEnumerable<int> EndlessAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken end = default)
    {
        _ = end.Register(Block);
        yield return 1;
        await Task.Delay(Timeout.Infinite, end);
    }

    /// <summary>Runs nothing that is given to it, as the context of a window that waits in its own thread.</summary>
    private sealed class Dead : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new InvalidOperationException("Nothing runs here.");
    }

    /// <summary>Runs one task, on a thread of its own, and those that it is given later never.</summary>
    private sealed class OnlyFirst : TaskScheduler
    {
        private int _given;

        protected override void QueueTask(Task task)
        {
            if (Interlocked.Increment(ref _given) == 1)
            {
                new Thread(() => TryExecuteTask(task)) { IsBackground = true }.Start();
            }
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }

    internal interface IStuck : IDisposable
    {
        int Five();
    }

    internal sealed class Stuck : IStuck
    {
        public int Five() => 5;

        public void Block() => BlockingTests.Block();

        public void Dispose() => BlockingTests.Block();

        public override string ToString()
        {
            BlockingTests.Block();
            return "never";
        }
    }
}
