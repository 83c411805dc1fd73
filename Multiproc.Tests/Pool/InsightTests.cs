using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiproc.Tests.Pool;

/// <summary>What a pool tells of itself.</summary>
public sealed class InsightTests
{
    [Fact]
    public void Insights_TellTimesAndTheSlowestTask()
    {
        using var pool = Mp.Pool(2, new PoolOptions { MeasureTasks = true });
        pool.MapWithin(Burn, [1, 60, 1, 1]);
        TestKit.Await.Until("both workers are ready", () => pool.Insights().Workers.All(static worker => worker.Start > TimeSpan.Zero));
        var insights = pool.Insights();
        insights.Workers.Count.ShouldBe(2);
        insights.Workers.Sum(static worker => worker.Tasks).ShouldBe(4);
        insights.Workers.Max(static worker => worker.Worked).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(50));
        insights.Workers.ShouldAllBe(static worker => worker.Pid > 0);
        insights.SlowestTasks.ShouldContain(static task => task.Index == 1 && task.Argument == "60" && task.Elapsed > TimeSpan.FromMilliseconds(50));
        insights.SlowestTasks.Select(static task => task.Elapsed).ShouldBeInOrder(SortDirection.Descending);
        insights.ToString().ShouldContain($"task {insights.SlowestTasks[0].Index} ({insights.SlowestTasks[0].Argument})");
    }

    [Fact]
    public void Insights_TinyChunks_AreAdvisedAgainst()
    {
        using var pool = Mp.Pool(1);
        pool.MapWithin(static x => x, Enumerable.Range(0, 3000), chunkSize: 1);
        pool.Insights().Advice.ShouldContain(static sentence => sentence.StartsWith("Chunks are too small", StringComparison.Ordinal));
        using var other = Mp.Pool(1);
        other.MapWithin(Burn, Enumerable.Repeat(1, 60), chunkSize: 1);
        other.Insights().Advice.ShouldBeEmpty();
    }

    [Fact]
    public void Advice_LargeChunksAndUnevenWork_SaysSo()
    {
        var busy = new WorkerInsight("PoolWorker-1", 1, default, default, default, TimeSpan.FromSeconds(20), 1000, 2);
        var idle = new WorkerInsight("PoolWorker-2", 2, default, default, default, TimeSpan.FromSeconds(2), 100, 1);
        Multiproc.Pool.PoolAdvice.From([busy, idle], TimeSpan.FromSeconds(15)).Single().ShouldStartWith("Chunks are too large");
        Multiproc.Pool.PoolAdvice.From([busy, busy], TimeSpan.FromSeconds(15)).ShouldBeEmpty();
    }

    [Fact]
    public void Advice_MoreSerializationThanWork_SaysSo()
    {
        var worker = new WorkerInsight("PoolWorker-1", 1, default, default, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 10, 10);
        Multiproc.Pool.PoolAdvice.From([worker], TimeSpan.FromSeconds(1)).Single().ShouldContain("serialization");
        Multiproc.Pool.PoolAdvice.From([], default).ShouldBeEmpty();
    }

    [Fact]
    public void Metrics_CountTasksFailuresAndDeaths()
    {
        var counted = new ConcurrentDictionary<string, long>();
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
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.AddOrUpdate(instrument.Name, value, (_, before) => before + value));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => counted.AddOrUpdate(instrument.Name, 1, static (_, before) => before + 1));
        listener.Start();
        using var pool = Mp.Pool(1);
        pool.MapFailure(static x => x == 3 ? throw new FormatException() : x, Enumerable.Range(0, 10));
        pool.MapFailure(static x => Exit(x), [1]);

        // Other pools may be counted, too.
        counted["multiproc.pool.tasks.done"].ShouldBeGreaterThanOrEqualTo(10);
        counted["multiproc.pool.tasks.failed"].ShouldBeGreaterThanOrEqualTo(2);
        counted["multiproc.pool.chunk.duration"].ShouldBeGreaterThanOrEqualTo(1);
        TestKit.Await.Until("the death is counted", () => counted.GetValueOrDefault("multiproc.pool.workers.died") >= 1);
    }

    [Fact]
    public void Spans_ContinueInTheWorkers()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Multiproc",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var pool = Mp.Pool(1);
        using var outer = new Activity("a test").Start();
        Activity.Current.ShouldBe(outer);
        string[] traces = pool.MapWithin(static _ => Activity.Current!.TraceId.ToHexString(), [1, 2]);
        traces.ShouldAllBe(trace => trace == outer.TraceId.ToHexString());
        TestKit.Await.Until("the call's span has ended", () => spans.Any(span => span.TraceId == outer.TraceId && span.OperationName == "multiproc.pool.map"));
        Activity.Current.ShouldBe(outer, "the call's span is not the caller's");
        pool.Apply(static () => Activity.Current?.TraceId.ToHexString()).ShouldBe(outer.TraceId.ToHexString());
    }

    [Fact]
    public void Workers_WithoutTracing_DoNotLoadIt()
    {
        using var pool = Mp.Pool(1);
        string[] loaded = pool.Apply(static () => AppDomain.CurrentDomain.GetAssemblies().Select(static each => each.GetName().Name!).ToArray());
        loaded.ShouldNotContain("System.Diagnostics.DiagnosticSource");
    }

    private static int Burn(int milliseconds)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun).TotalMilliseconds < milliseconds;)
        {
            Thread.SpinWait(20);
        }

        return milliseconds;
    }

    private static int Exit(int x)
    {
        Environment.Exit(1);
        return x;
    }
}
