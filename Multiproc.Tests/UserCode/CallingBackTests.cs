using Microsoft.Extensions.Logging;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.UserCode;

/// <summary>Code of the program that the library calls, and that calls the library: no lock is held meanwhile. Each runs in a process of its own.</summary>
public sealed class CallingBackTests
{
    private static readonly Dictionary<string, Action> s_members = new()
    {
        ["progress"] = static () => WithPool(static (pool, called) =>
            pool.MapAsync(static x => x, Enumerable.Range(0, 10), progress: new Handler(_ => Use(pool, called))).Get(Bounded.Time)),
        ["callback"] = static () => WithPool(static (pool, called) => pool.ApplyAsync(static () => 1, callback: _ => Use(pool, called)).Get(Bounded.Time)),
        ["error callback"] = static () => WithPool(static (pool, called) =>
            Should.Throw<FormatException>(() =>
                pool.ApplyAsync<int>(static () => throw new FormatException(), errorCallback: _ => Use(pool, called)).Get(Bounded.Time))),
        ["callback that disposes of the pool"] = static () =>
        {
            using var pool = Mp.Pool(1);
            pool.ApplyAsync(static () => 1, callback: _ => pool.Dispose()).Get(Bounded.Time).ShouldBe(1);
        },
        ["OnWorkerDeath"] = static () =>
        {
            using var called = new ManualResetEventSlim();
            ProcessPool? mine = null;
            using var pool = Mp.Pool(1, new PoolOptions { OnWorkerDeath = _ => Use(mine!, called) });
            mine = pool;
            Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time));
            called.Wait(Bounded.Time).ShouldBeTrue();
        },
        ["continuation of a result"] = static () => WithPool(static (pool, called) =>
            pool.ApplyAsync(static () => 1).AsTask().ContinueWith(
                _ => Use(pool, called), TaskContinuationOptions.ExecuteSynchronously).Wait(Bounded.Time).ShouldBeTrue()),
        ["continuation of an exit"] = static () => WithPool(static (pool, called) =>
        {
            using var process = Mp.Process(static () => { });
            process.Start();
            process.Exited.ContinueWith(_ => Use(pool, called), TaskContinuationOptions.ExecuteSynchronously).Wait(Bounded.Time).ShouldBeTrue();
        }),
        ["enumerator of inputs"] = static () => WithPool(static (pool, called) => pool.Imap(static x => x, Using(pool, called)).Sum().ShouldBe(3)),
        ["asynchronous enumerator of inputs"] = static () =>
            WithPool(static (pool, called) => pool.Imap(static x => x, UsingAsync(pool, called)).Sum().ShouldBe(3)),
        ["enumerator of the inputs of Map"] = static () => WithPool(static (pool, called) => pool.Map(static x => x, Using(pool, called)).Sum().ShouldBe(3)),
        ["ToString of an argument"] = static () => WithPool(static (pool, called) =>
            Should.Throw<WorkerDiedException>(() =>
                pool.ApplyAsync(static _ => Environment.Exit(3), new Speaker(() => Put(called))).Get(Bounded.Time)).Argument.ShouldBe("spoken")),
        ["logger"] = static () =>
        {
            using var queue = Mp.Queue<int>();
            using var called = new ManualResetEventSlim();
            Mp.LogTo(new Logger(() =>
            {
                queue.Put(1);
                Mp.LogTo(new Logger(static () => { }));
                called.Set();
            }));
            InChild.Run(static () => Mp.GetLogger().LogWarning("from the child"));
            called.Wait(Bounded.Time).ShouldBeTrue();
            queue.Get(Bounded.Time).ShouldBe(1);
        },
        ["reducer of a queue's item"] = static () =>
        {
            using var other = Mp.Queue<int>();
            using var queue = Mp.Queue<Speaker>();
            Mp.Configure(Mp.Options with { Reducers = [Reducer.For((Speaker speaker) => speaker.Speak(), static _ => new Speaker(null))] });
            queue.Put(new Speaker(() => other.Put(5)));
            other.Get(Bounded.Time).ShouldBe(5);
            queue.Get(Bounded.Time).ShouldNotBeNull();
        },
        ["reducer that waits while a pool sends"] = static () =>
        {
            ProcessPool? mine = null;
            Mp.Configure(Mp.Options with { Reducers = [Reducer.For((Speaker speaker) => speaker.Speak(), static _ => new Speaker(null))] });
            using var pool = Mp.Pool(1);
            mine = pool;
            Should.Throw<SerializationException>(() =>
                pool.ApplyAsync(static _ => 1, new Speaker(() => mine.Apply(static () => 1))).Get(Bounded.Time)).Message.ShouldContain("must not wait");
            pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        },
        ["token that a call of the program cancels"] = static () => WithPool(workers: 2, body: static (pool, called) =>
        {
            using var cancel = new CancellationTokenSource();
            using var registration = cancel.Token.Register(() => Use(pool, called));
            var task = pool.ApplyAsync(static token => token.WaitHandle.WaitOne(), cancellation: cancel.Token);
            using var second = cancel.Token.Register(() => Use(pool, called));
            cancel.Cancel();
            Should.Throw<OperationCanceledException>(() => task.Get(Bounded.Time));
        }),
        ["action of a barrier"] = static () =>
        {
            using var queue = Mp.Queue<int>();
            using var gate = Mp.Lock();
            using var barrier = Mp.Barrier(1, () =>
            {
                gate.Acquire(Bounded.Time).ShouldBeTrue();
                queue.Put(1);
                gate.Release();
            });
            barrier.Wait(Bounded.Time);
            queue.Get(Bounded.Time).ShouldBe(1);
        },
        ["finalizer"] = static () =>
        {
            using var queue = Mp.Queue<int>();
            var finalizer = new Finalizer(
                () =>
                {
                    _ = new Finalizer(() => queue.Put(2), exitPriority: 1);
                    queue.Put(1);
                }, exitPriority: 1);
            finalizer.Invoke().ShouldBeTrue();
            queue.Get(Bounded.Time).ShouldBe(1);
        },
        ["handler of an event of a manager's object"] = static () =>
        {
            using var manager = new SyncManager();
            BaseManager.Register<Managers.INode, Managers.Node>("Node");
            manager.Start();
            var node = manager.Create<Managers.INode>();
            using var list = manager.List<int>();
            using var called = new ManualResetEventSlim();
            node.Changed += (_, _) =>
            {
                list.Add(node.Add(1));
                called.Set();
            };
            node.Raise();
            called.Wait(Bounded.Time).ShouldBeTrue();
            list[0].ShouldBe(1);
        },
    };

    public static TheoryData<string> Members => [.. s_members.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void CodeOfTheProgram_ThatCallsTheLibrary_IsServed(string member) => InChild.Run(() => s_members[member]());

    private static void WithPool(Action<ProcessPool, ManualResetEventSlim> body, int workers = 1)
    {
        using var called = new ManualResetEventSlim();
        using var pool = Mp.Pool(workers);
        body(pool, called);
        called.Wait(Bounded.Time).ShouldBeTrue("the program's code has called the library and come back");
    }

    private static void Use(ProcessPool pool, ManualResetEventSlim called)
    {
        pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
        Put(called);
    }

    private static void Put(ManualResetEventSlim called)
    {
        using var queue = Mp.Queue<int>();
        queue.Put(1);
        queue.Get(Bounded.Time).ShouldBe(1);
        called.Set();
    }

    private static IEnumerable<int> Using(ProcessPool pool, ManualResetEventSlim called)
    {
        yield return 1;
        Use(pool, called);
        yield return 2;
    }

    private static async IAsyncEnumerable<int> UsingAsync(ProcessPool pool, ManualResetEventSlim called)
    {
        yield return 1;
        await Task.Yield();
        Use(pool, called);
        yield return 2;
    }

    private sealed class Speaker(Action? speak)
    {
        [NonSerialized]
        private readonly Action? _speak = speak;

        public int Speak()
        {
            _speak?.Invoke();
            return 1;
        }

        public override string ToString()
        {
            Speak();
            return "spoken";
        }
    }
}
