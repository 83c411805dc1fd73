using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.TestKit;
using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Pool;

/// <summary>What is let go of: pools, arguments, results. Numbers in comments are those of the conformance list.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class ForgottenPoolTests : IDisposable
{
    private readonly List<string> _log = [];

    public void Dispose() => ProcessLog.Current.Reset();

    [Fact]
    public void RunningPool_Collected_WarnsAndItsWorkersLeave()
    {
        // PL-26
        Mp.LogTo(new Sink(_log));
        int worker = MakeAndForget();
        Await.Until("the warning is written", () => Collect() && Warnings() == 1);
        lock (_log)
        {
            _log.ShouldContain(static line => line.Contains("ProcessPool(1 workers, running)", StringComparison.Ordinal));
        }

        Await.Until($"worker {worker} has left", () => !Directory.Exists($"/proc/{worker}"));
    }

    [Fact]
    public void RunningPool_CollectedWithWorkUnderWay_FinishesIt()
    {
        // PL-26: who holds the result gets it
        Mp.LogTo(new Sink(_log));
        using var gate = Mp.Event();
        var result = BeginAndForget(gate);
        Await.Until("the warning is written", () => Collect() && Warnings() == 1);
        gate.Set();
        result.Get(Bounded.Time).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void ClosedPool_Collected_SaysNothing()
    {
        // PL-26
        Mp.LogTo(new Sink(_log));
        var closed = MakeCloseAndForget();
        Await.Until("the pool is collected", () => Collect() && !closed.IsAlive);
        GC.WaitForPendingFinalizers();
        Warnings().ShouldBe(0);
    }

    [Fact]
    public void ArgumentsAndResults_AfterTheCall_AreNotKeptAlive()
    {
        // PL-25
        using var pool = Mp.Pool(1);
        var (argument, result) = Call(pool);
        Await.Until("argument and result are collected here", () => Collect() && !argument.IsAlive && !result.IsAlive);
        Await.Until("the argument is collected in the worker", () => pool.ApplyAsync(static () => Collect() && !s_seen!.IsAlive).Get(Bounded.Time));
    }

    private static WeakReference? s_seen;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Argument, WeakReference Result) Call(ProcessPool pool)
    {
        var argument = new List<int> { 1, 2 };
        var result = pool.MapAsync(Keep, [argument]).Get(Bounded.Time)[0];
        result.ShouldBe([2, 1]);
        return (new WeakReference(argument), new WeakReference(result));
    }

    private static List<int> Keep(List<int> list)
    {
        s_seen = new WeakReference(list);
        return [.. Enumerable.Reverse(list)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int MakeAndForget()
    {
        var pool = Mp.Pool(1);
        return pool.ApplyAsync(static () => Environment.ProcessId).Get(Bounded.Time);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AsyncResult<int[]> BeginAndForget(SharedEvent gate) => Mp.Pool(1).MapAsync(x => gate.Wait(Bounded.Time) ? x : 0, [1, 2, 3]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeCloseAndForget()
    {
        var pool = Mp.Pool(1);
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
        return new WeakReference(pool);
    }

    private static bool Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return true;
    }

    private int Warnings()
    {
        lock (_log)
        {
            return _log.Count(static line => line.Contains("unclosed running multiprocessing pool", StringComparison.Ordinal));
        }
    }

    private sealed class Sink(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add(formatter(state, exception));
            }
        }
    }
}
