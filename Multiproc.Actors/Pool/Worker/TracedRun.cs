using System.Diagnostics;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Runs a task inside a span that continues its caller's trace. A separate class, so that the tracing of .NET is loaded only when it is used.
/// </summary>
internal static class TracedRun
{
    public static void Run(WorkerJob job, long task, ref WireReader input, WireWriter output, CancellationToken token, ITaskClock? clock)
    {
        using var span = Begin(job.Trace!, task);
        try
        {
            job.Work.Run(ref input, output, token, clock);
        }
        catch (Exception failure)
        {
            span.SetStatus(ActivityStatusCode.Error, SentFailure.MessageOf(failure));
            throw;
        }
    }

    public static async Task RunAsync(string trace, IAsyncWork work, ConcurrentTask task, ReadOnlyMemory<byte> input, WireWriter output, ITaskClock? clock)
    {
        using var span = Begin(trace, task.Task);
        try
        {
            await work.RunAsync(input, output, task.Token, clock).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            span.SetStatus(ActivityStatusCode.Error, SentFailure.MessageOf(failure));
            throw;
        }
    }

    private static Activity Begin(string trace, long task)
    {
        var context = ActivityContext.TryParse(trace, null, isRemote: true, out var sent) ? sent : default;

        // Without a listener in this process, user code still sees the trace that it belongs to.
        var span = PoolTracing.Source.StartActivity("multiproc.pool.task", ActivityKind.Consumer, context)
            ?? new Activity("multiproc.pool.task").SetParentId(context.TraceId, context.SpanId, context.TraceFlags).Start();
        return span.SetTag("multiproc.task", task);
    }
}
