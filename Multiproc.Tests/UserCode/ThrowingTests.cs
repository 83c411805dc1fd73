using System.Collections;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Multiproc.States;
using Multiproc.Tests.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.UserCode;

/// <summary>
/// Code of the program that the library calls, and that throws: told on stderr or in the result, and everything else goes on. Each runs in a process of its
/// own, which an exception that nobody catches would end.
/// </summary>
public sealed class ThrowingTests
{
    private const string Boom = "boom of the program";

    private static readonly Dictionary<string, (string? Told, Action Body)> s_members = new()
    {
        ["progress of Map"] = ("A progress handler of a pool failed", static () => InPool(static pool =>
            pool.Map(
                static x => x, Enumerable.Range(0, 10), progress: new Handler(static _ => throw new InvalidOperationException(Boom))).Length.ShouldBe(10))),
        ["progress of Imap"] = ("A progress handler of a pool failed", static () => InPool(static pool =>
            pool.Imap(
                static x => x, Enumerable.Range(0, 10), progress: new Handler(static _ => throw new InvalidOperationException(Boom))).Count().ShouldBe(10))),
        ["progress with a mute exception"] = ("A progress handler of a pool failed", static () => InPool(static pool =>
            pool.Map(static x => x, Enumerable.Range(0, 10), progress: new Handler(static _ => throw new MuteException())).Length.ShouldBe(10))),
        ["callback"] = ("A callback of a pool failed", static () => InPool(static pool =>
            pool.ApplyAsync(static () => 5, callback: static _ => throw new InvalidOperationException(Boom)).Get(Bounded.Time).ShouldBe(5))),
        ["callback with a mute exception"] = ("A callback of a pool failed", static () => InPool(static pool =>
            pool.ApplyAsync(static () => 5, callback: static _ => throw new MuteException()).Get(Bounded.Time).ShouldBe(5))),
        ["error callback"] = ("A callback of a pool failed", static () => InPool(static pool =>
            Should.Throw<FormatException>(() =>
                pool.ApplyAsync<int>(
                    static () => throw new FormatException(), errorCallback: static _ => throw new InvalidOperationException(Boom)).Get(Bounded.Time)))),
        ["OnWorkerDeath"] = ("A callback of a pool failed", static () => InPool(
            static pool => Should.Throw<WorkerDiedException>(() => pool.ApplyAsync(static () => Environment.Exit(3)).Get(Bounded.Time)),
            new PoolOptions { OnWorkerDeath = static _ => throw new InvalidOperationException(Boom) })),
        ["task with a mute exception"] = (null, static () => InPool(static pool =>
            Should.Throw<Exception>(() => pool.ApplyAsync<int>(static () => throw new MuteException()).Get(Bounded.Time)))),
        ["input's MoveNext"] = (null, static () => InPool(static pool => Failure(pool, new Inputs(Throws.MoveNext)).ShouldBe(Boom))),
        ["input's Current"] = (null, static () => InPool(static pool => Failure(pool, new Inputs(Throws.Current)).ShouldBe(Boom))),
        ["input's Dispose at its end"] = (null, static () => InPool(static pool => Failure(pool, new Inputs(Throws.Dispose)).ShouldBe(Boom))),
        ["input's Dispose after its failure"] = (
            null, static () => InPool(static pool => Failure(pool, new Inputs(Throws.MoveNext | Throws.Dispose)).ShouldBe(Boom))),
        ["input's Dispose when results are let go"] = (null, static () => InPool(static pool =>
        {
            var results = pool.Imap(static x => x, new Inputs(Throws.Dispose, count: 100_000));
            results.MoveNext().ShouldBeTrue();
            Should.Throw<InvalidOperationException>(results.Dispose).Message.ShouldBe(Boom);
        })),
        ["asynchronous input"] = (null, static () => InPool(static pool =>
            Should.Throw<InvalidOperationException>(() => pool.Imap(static x => x, Failing()).Count()).Message.ShouldBe(Boom))),
        ["token callback of an asynchronous input"] = ("A callback for the end of the input of an Imap failed", static () => InPool(static pool =>
        {
            var results = pool.Imap(static x => x, Endless());
            results.MoveNext().ShouldBeTrue();
            results.Dispose();
        })),
        ["ToString of a dead worker's argument"] = (null, static () => InPool(static pool =>
            Should.Throw<WorkerDiedException>(() =>
                pool.ApplyAsync(static _ => Environment.Exit(3), new Mute()).Get(Bounded.Time)).Argument.ShouldContain("whose text is not available"))),
        ["hash code of a key that arrives as a result"] = (null, static () => InPool(static pool =>
            Should.Throw<SerializationException>(() =>
                pool.ApplyAsync(static () =>
                    new Dictionary<Touchy, int> { [new Touchy(Environment.ProcessId)] = 1 }).Get(Bounded.Time)).Message.ShouldContain(Boom))),
        ["hash code of a key that arrives as an argument"] = (null, static () => InPool(static pool =>
            Should.Throw<SerializationException>(() =>
                pool.ApplyAsync(static keys => keys.Count, new HashSet<Touchy> { new(Environment.ProcessId) }).Get(Bounded.Time)))),
        ["reducer, sending"] = (null,
            static () => WithReducer(static (Reduced _) => throw new InvalidOperationException(Boom), static sent => new Reduced(sent), static pool =>
            Should.Throw<Exception>(() => pool.ApplyAsync(static value => value.Number, new Reduced(1)).Get(Bounded.Time)).Message.ShouldContain(Boom))),
        ["reducer, receiving in the worker"] = (null,
            static () => WithReducer(static (Reduced value) => value.Number, static _ => throw new InvalidOperationException(Boom), static pool =>
            Should.Throw<Exception>(() => pool.ApplyAsync(static value => value.Number, new Reduced(1)).Get(Bounded.Time)).Message.ShouldContain(Boom))),
        ["reducer, receiving a result"] = (null,
            static () => WithReducer(static (Reduced value) => value.Number, static _ => throw new FileNotFoundException(Boom), static pool =>
            Should.Throw<Exception>(() => pool.ApplyAsync(static () => new Reduced(1)).Get(Bounded.Time)).Message.ShouldContain(Boom))),
        ["initializer of a pool"] = (null, static () =>
        {
            using var pool = Mp.Pool(1, initializer: static () => throw new InvalidOperationException(Boom));
            Should.Throw<ProcessStartException>(() => pool.ApplyAsync(static () => 1).Get(Bounded.Time)).Message.ShouldContain(Boom);
        }),
        ["initializer of a pool with a mute exception"] = (null, static () =>
        {
            using var pool = Mp.Pool(1, initializer: static () => throw new MuteException());
            Should.Throw<ProcessStartException>(() => pool.ApplyAsync(static () => 1).Get(Bounded.Time));
        }),
        ["finalizer of a pool"] = (null, static () =>
        {
            using var pool = Mp.Pool(1, finalizer: static () => throw new InvalidOperationException(Boom));
            pool.Apply(static () => 1).ShouldBe(1);
            pool.Close();
            pool.Join(Bounded.Time).ShouldBeTrue();
        }),
        ["token callback of a task"] = (null, static () => InPool(static pool =>
        {
            using var cancel = new CancellationTokenSource();
            using var begun = Mp.Event();
            var task = pool.ApplyAsync(
                static (begun, token) =>
                {
                    _ = token.Register(static () => throw new InvalidOperationException(Boom));
                    begun.Set();
                    token.WaitHandle.WaitOne();
                    return 1;
                }, begun, cancellation: cancel.Token);
            begun.Wait(Bounded.Time).ShouldBeTrue();
            cancel.Cancel();
            Should.Throw<OperationCanceledException>(() => task.Get(Bounded.Time));
        })),
        ["token callback of a process"] = (null, static () =>
        {
            using var begun = Mp.Event();
            using var process = Mp.Process(
                static (begun, token) =>
                {
                    _ = token.Register(static () => throw new MuteException());
                    begun.Set();
                    token.WaitHandle.WaitOne();
                }, begun);
            process.Start();
            begun.Wait(Bounded.Time).ShouldBeTrue();
            process.Terminate();
            process.Join(Bounded.Time).ShouldBeTrue();
            process.ExitCode.ShouldBe(-15);
        }),
        ["target with a mute exception"] = (null, static () =>
        {
            using var process = Mp.Process(static () => throw new MuteException(), options: new ProcessOptions { KeepStderr = true });
            process.Start();
            process.Join(Bounded.Time).ShouldBeTrue();
            process.ExitCode.ShouldBe(1);
            process.StderrTail().ShouldContain(nameof(MuteException));
        }),
        ["logger, of a child's record"] = ("A log record was lost", static () =>
        {
            Mp.LogTo(new Logger(static () => throw new InvalidOperationException(Boom)), LogLevel.Debug);
            InChild.Run(static () => Mp.GetLogger().LogWarning("from the child"));
        }),
        ["logger, of a death"] = ("A log record was lost", static () =>
        {
            Mp.LogTo(new Logger(static () => throw new MuteException()), LogLevel.Warning);
            using var process = Mp.Process(static () => Environment.Exit(3));
            process.Start();
            process.Join(Bounded.Time).ShouldBeTrue("the end of the child is told although the logger throws");
            process.ExitCode.ShouldBe(3);
        }),
        ["logger, of the program's own record"] = ("A log record was lost", static () =>
        {
            Mp.LogTo(new Logger(static () => throw new InvalidOperationException(Boom)));
            Mp.GetLogger().LogWarning("of mine");
        }),
        ["listener of the meter"] = ("A listener of the meter of the pools failed", static () =>
        {
            using var listener = new MeterListener
            {
                InstrumentPublished = static (instrument, listener) =>
                {
                    if (instrument.Meter.Name == "Multiproc")
                    {
                        listener.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException(Boom));
            listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new InvalidOperationException(Boom));
            listener.Start();
            InPool(static pool => pool.Map(static x => x, Enumerable.Range(0, 10)).Length.ShouldBe(10));
        }),
        ["listener of spans"] = ("A listener of the spans of a pool failed", static () =>
        {
            using var listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == "Multiproc",
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = static _ => throw new InvalidOperationException(Boom),
            };
            ActivitySource.AddActivityListener(listener);
            InPool(static pool => pool.Map(static x => x, Enumerable.Range(0, 10)).Length.ShouldBe(10));
        }),
        ["finalizers"] = (null, static () =>
        {
            using var told = Mp.Queue<int>();
            using var process = Mp.Process(static told =>
            {
                _ = new Finalizer(() => told.Put(1), exitPriority: 1);
                _ = new Finalizer(static () => throw new MuteException(), exitPriority: 2);
                _ = new Finalizer(() => told.Put(3), exitPriority: 3);
            }, told);
            process.Start();
            process.Join(Bounded.Time).ShouldBeTrue();
            process.ExitCode.ShouldBe(0);
            (told.Get(Bounded.Time), told.Get(Bounded.Time)).ShouldBe((3, 1));
        }),
        ["action of a barrier"] = (null, static () =>
        {
            using var barrier = Mp.Barrier(1, static () => throw new InvalidOperationException(Boom));
            Should.Throw<InvalidOperationException>(() => barrier.Wait()).Message.ShouldBe(Boom);
            barrier.Broken.ShouldBeTrue();
        }),
        ["predicate of a condition"] = (null, static () =>
        {
            using var condition = Mp.Condition();
            condition.Acquire();
            Should.Throw<InvalidOperationException>(() => condition.WaitFor(static () => throw new InvalidOperationException(Boom))).Message.ShouldBe(Boom);
            condition.Release();
        }),
        ["stderr of the program's own"] = (null, static () =>
        {
            Console.SetError(new Broken());
            InPool(static pool =>
                pool.ApplyAsync(static () => 5, callback: static _ => throw new InvalidOperationException(Boom)).Get(Bounded.Time).ShouldBe(5));
        }),
    };

    public static TheoryData<string> Members => [.. s_members.Keys];

    [Theory]
    [MemberData(nameof(Members))]
    public void CodeOfTheProgram_ThatThrows_IsTold_AndTheRestGoesOn(string member) => InChild.Run(() => Run(member));

    private static void Run(string member)
    {
        var (told, body) = s_members[member];
        var ear = Ear.Open();
        body();
        if (told is not null)
        {
            ear.AwaitText(told);
        }
    }

    private static void InPool(Action<ProcessPool> body, PoolOptions? options = null)
    {
        using var pool = Mp.Pool(1, options);
        body(pool);
        pool.ApplyAsync(static () => 7).Get(Bounded.Time).ShouldBe(7, "the pool goes on");
    }

    private static void WithReducer(Func<Reduced, int> reduce, Func<int, Reduced> rebuild, Action<ProcessPool> body)
    {
        Mp.Configure(Mp.Options with { Reducers = [Reducer.For(reduce, rebuild)] });
        InPool(body);
    }

    private static string Failure(ProcessPool pool, IEnumerable<int> inputs) =>
        Should.Throw<InvalidOperationException>(() => Bounded.Run("the results end", () => pool.Imap(static x => x, inputs).Count())).Message;

    private static async IAsyncEnumerable<int> Failing()
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException(Boom);
    }

    private static async IAsyncEnumerable<int> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken end = default)
    {
        // Never unregistered: a reader that sees the end before the callback ran would take it away.
        _ = end.Register(static () => throw new InvalidOperationException(Boom));
        while (!end.IsCancellationRequested)
        {
            yield return 1;
            await Task.Yield();
        }
    }

    [Flags]
    private enum Throws
    {
        MoveNext = 1,
        Current = 2,
        Dispose = 4,
    }

    /// <summary>A collection, so that it is read on the thread that takes results.</summary>
    private sealed class Inputs(Throws throws, int count = 5) : IReadOnlyCollection<int>, IEnumerator<int>
    {
        private int _place;

        public int Count => count;

        public int Current => throws.HasFlag(Throws.Current) && _place > 2 ? throw new InvalidOperationException(Boom) : _place;

        object IEnumerator.Current => Current;

        public IEnumerator<int> GetEnumerator() => this;

        IEnumerator IEnumerable.GetEnumerator() => this;

        public bool MoveNext() => throws.HasFlag(Throws.MoveNext) && _place == 2 ? throw new InvalidOperationException(Boom) : _place++ < Count;

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            if (throws.HasFlag(Throws.Dispose))
            {
                throw new InvalidOperationException(throws.HasFlag(Throws.MoveNext) ? "boom of the disposal" : Boom);
            }
        }
    }

    private sealed class Mute
    {
        public override string ToString() => throw new MuteException();
    }

    /// <summary>A key that cannot be hashed in another process than the one that made it.</summary>
    private sealed record Touchy(int Node)
    {
        public bool Equals(Touchy? other) => other?.Node == Node;

        public override int GetHashCode() => Node == Environment.ProcessId ? 1 : throw new InvalidOperationException(Boom);
    }

    private sealed class Reduced(int number)
    {
        public int Number => number;
    }

    private sealed class Broken : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new InvalidOperationException(Boom);
    }
}
