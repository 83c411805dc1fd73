using System.Reflection;
using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.TestKit;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Numbers and names of log events: filters and alarms of programs rely on them.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class LogEventTests : IDisposable
{
    private readonly List<(LogLevel Level, EventId Event, string Text)> _records = [];

    public void Dispose() => ProcessLog.Current.Reset();

    [Fact]
    public void Events_HaveTheNumbersAndNamesThatTheyWereGiven() =>
        All().ToDictionary(static each => each.Id, static each => each.Name).ShouldBe(new Dictionary<int, string?>
        {
            [7001] = "ProcessEnded",
            [7002] = "ProcessFailed",
            [7003] = "WarmProcessReplaced",
            [7004] = "PoolNotClosed",
            [7005] = "PoolBroken",
            [7006] = "DeadlockFound",
            [7007] = "ActorSystem",
            [7010] = "PoolOnNode",
            [7011] = "PythonCallFailed",
            [7012] = "ViewNotOpened",
            [7015] = "ProgramUpdated",
        }, ignoreOrder: true);

    [Fact]
    public void Events_AreListedInTheDocs()
    {
        string page = File.ReadAllText(Repository.Path("docs", "user-code.md"));
        foreach (var each in All())
        {
            page.ShouldContain($"| {each.Id} | `{each.Name}` |");
        }
    }

    [Fact]
    public void Records_OfTheLibrary_CarryThem()
    {
        Mp.LogTo(new Recorder(_records), LogLevel.Debug);
        Run(static () => { });
        Run(static () => Environment.Exit(3));
        Records().ShouldContain(each => each.Event.Id == 7001 && each.Event.Name == "ProcessEnded" && each.Level == LogLevel.Debug);
        Records().ShouldContain(each => each.Event.Id == 7002 && each.Event.Name == "ProcessFailed" && each.Level == LogLevel.Warning);
        Records().ShouldNotContain(each => each.Event.Id == 0, "every record of the library has a number");
    }

    [Fact]
    public void Records_OfAChildsOwn_KeepTheirNumberAndName()
    {
        Mp.LogTo(new Recorder(_records));
        Run(static () => Mp.GetLogger().LogWarning(new EventId(42, "Mine"), "from the child"));
        Records().ShouldContain(each => each.Event.Id == 42 && each.Event.Name == "Mine");
    }

    [Theory]
    [InlineData("a cancelled task without a token")]
    [InlineData("a cancelled task")]
    [InlineData("a task whose time is over")]
    [InlineData("a terminated pool")]
    [InlineData("a pool that has retired workers")]
    [InlineData("a terminated process")]
    [InlineData("a killed process")]
    [InlineData("a disposed process")]
    [InlineData("an interrupted process")]
    [InlineData("an interrupted process that observes it")]
    [InlineData("a manager that is shut down")]
    public void Endings_ThatWereAskedFor_AreNoWarning(string ending)
    {
        Mp.LogTo(new Recorder(_records), LogLevel.Debug);
        End(ending);
        Await.Until("the end of a process is logged", () => Records().Any(static each => each.Event.Id is 7001 or 7002));
        Records().ShouldNotContain(each => each.Level >= LogLevel.Warning);
    }

    private static void End(string ending)
    {
        switch (ending)
        {
            case "a cancelled task without a token":
                Cancel(static begun =>
                {
                    begun.Set();
                    new ManualResetEventSlim().Wait();
                    return 1;
                });
                break;
            case "a cancelled task":
                using (var pool = Mp.Pool(1, new PoolOptions { StopGrace = TimeSpan.Zero }))
                using (var begun = Mp.Event())
                using (var cancel = new CancellationTokenSource())
                {
                    var task = pool.ApplyAsync(static (begun, token) =>
                    {
                        begun.Set();
                        new ManualResetEventSlim().Wait(CancellationToken.None);
                        return token.IsCancellationRequested;
                    }, begun, cancellation: cancel.Token);
                    Stop(pool, begun, cancel, task);
                }

                break;
            case "a task whose time is over":
                using (var pool = Mp.Pool(1, new PoolOptions { TaskTimeout = TimeSpan.FromMilliseconds(50), StopGrace = TimeSpan.Zero }))
                {
                    Should.Throw<MultiprocTimeoutException>(() => pool.ApplyAsync(static () => new ManualResetEventSlim().Wait(-1)).Get(Bounded.Time));
                    pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
                }

                break;
            case "a terminated pool":
                using (var pool = Mp.Pool(1))
                {
                    pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7);
                    pool.Terminate();
                    pool.Join(Bounded.Time).ShouldBeTrue();
                }

                break;
            case "a pool that has retired workers":
                using (var pool = Mp.Pool(1, maxTasksPerChild: 1))
                {
                    pool.MapAsync(static x => x, [1, 2, 3], chunkSize: 1).Get(Bounded.Time).ShouldBe([1, 2, 3]);
                }

                break;
            case "a terminated process":
                Interfere(static process => process.Terminate());
                break;
            case "a killed process":
                Interfere(static process => process.Kill());
                break;
            case "a disposed process":
                Interfere(static process => process.Dispose(), joins: false);
                break;
            case "an interrupted process":
                Interfere(static process => process.Interrupt());
                break;
            case "an interrupted process that observes it":
                using (var begun = Mp.Event())
                using (var process = Mp.Process(static (begun, token) =>
                {
                    begun.Set();
                    token.WaitHandle.WaitOne();
                    token.ThrowIfCancellationRequested();
                }, begun))
                {
                    process.Start();
                    begun.Wait(Bounded.Time).ShouldBeTrue();
                    process.Interrupt();
                    process.Join(Bounded.Time).ShouldBeTrue();
                }

                break;
            case "a manager that is shut down":
                using (var manager = Mp.Manager())
                {
                    manager.List<int>([1]).Count.ShouldBe(1);
                }

                break;
        }
    }

    private static void Cancel(Func<SharedEvent, int> task)
    {
        using var pool = Mp.Pool(1, new PoolOptions { StopGrace = TimeSpan.Zero });
        using var begun = Mp.Event();
        using var cancel = new CancellationTokenSource();
        Stop(pool, begun, cancel, pool.ApplyAsync(task, begun, cancellation: cancel.Token));
    }

    private static void Stop<T>(ProcessPool pool, SharedEvent begun, CancellationTokenSource cancel, AsyncResult<T> task)
    {
        begun.Wait(Bounded.Time).ShouldBeTrue();
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => task.Get(Bounded.Time));
        pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7, "another worker takes its place");
    }

    private static void Interfere(Action<ChildProcess> end, bool joins = true)
    {
        using var begun = Mp.Event();
        var process = Mp.Process(static begun =>
        {
            begun.Set();
            new ManualResetEventSlim().Wait();
        }, begun);
        process.Start();
        begun.Wait(Bounded.Time).ShouldBeTrue();
        end(process);
        if (joins)
        {
            process.Join(Bounded.Time).ShouldBeTrue();
            process.Dispose();
        }
    }

    private static void Run(Action body)
    {
        using var process = Mp.Process(body);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    private static IEnumerable<EventId> All() =>
        typeof(LogEvents).GetProperties(BindingFlags.Static | BindingFlags.Public).Select(static each => (EventId)each.GetValue(null)!);

    private List<(LogLevel Level, EventId Event, string Text)> Records()
    {
        lock (_records)
        {
            return [.. _records];
        }
    }

    private sealed class Recorder(List<(LogLevel Level, EventId Event, string Text)> records) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (records)
            {
                records.Add((logLevel, eventId, formatter(state, exception)));
            }
        }
    }
}
