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
        var context = ActivityContext.TryParse(job.Trace, null, isRemote: true, out var sent) ? sent : default;

        // Without a listener in this process, user code still sees the trace that it belongs to.
        using var span = PoolTracing.Source.StartActivity("multiproc.pool.task", ActivityKind.Consumer, context)
            ?? new Activity("multiproc.pool.task").SetParentId(context.TraceId, context.SpanId, context.TraceFlags).Start();
        span.SetTag("multiproc.task", task);
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
}
