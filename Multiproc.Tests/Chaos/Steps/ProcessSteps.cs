using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>Deaths of workers of pools, and of processes in their beginning and end.</summary>
internal static class ProcessSteps
{
    public static IEnumerable<Step> All =>
    [
        new("`Pool.Map`, the results of a chunk", "result: staged", "results that are staged count; only the task that ran is lost, or runs again", Result),
        new("`Pool.Map`, the results of a chunk", "result: sent", "the results count; only the task that ran is lost, or runs again", Result),
        new("start of a process", "start: begun", "exit code -9; the target has not run", static step => Run(step, runs: 0)),
        new("end of a process", "end: returned", "exit code -9; the target has run", static step => Run(step, runs: 1)),
        new("`Terminate`", "terminate: received", "exit code -9; `Join` ends", Terminate),
    ];

    /// <summary>Every worker dies so at its first result, and the tasks are such that may be repeated.</summary>
    private static void Result(string step)
    {
        const int Tasks = 4;
        using var runs = Mp.RawArray<int>(Tasks);
        using var pool = Mp.Pool(1, new PoolOptions { Process = At(step), StartAttempts = 100, Retries = 100 });
        var results = pool.MapAsync(Counted(runs), Enumerable.Range(0, Tasks), chunkSize: Tasks, options: new TaskOptions { Idempotent = true });
        results.Get(InChild.Bound).ShouldBe(Enumerable.Range(1, Tasks));
        runs[0].ShouldBe(1, "its result was staged when its worker died");
        pool.Terminate();
        pool.Join(InChild.Bound).ShouldBeTrue();
    }

    private static Func<int, int> Counted(SharedArray<int> runs) => n =>
    {
        runs.Increment(n);
        return n + 1;
    };

    private static void Run(string step, int runs)
    {
        using var ran = Mp.RawValue(0);
        using var process = Mp.Process(static value => { value.Increment(); }, ran, options: At(step));
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-Signals.Kill);
        ran.Value.ShouldBe(runs);
    }

    private static void Terminate(string step)
    {
        using var runs = Mp.Event();
        using var process = Mp.Process(
            static there =>
            {
                there.Set();
                Thread.CurrentThread.Join();
            }, runs, options: At(step));
        process.Start();
        runs.Wait(InChild.Bound).ShouldBeTrue("the process runs");
        process.Terminate();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(-Signals.Kill);
    }

    private static ProcessOptions At(string step) => new() { Environment = new Dictionary<string, string?> { [FaultPoint.Variable] = step } };
}
