using System.Diagnostics;

namespace Multiproc.Pool;

/// <summary>Spans of the calls of a pool, and of their tasks in the workers.</summary>
internal static class PoolTracing
{
    public static ActivitySource Source { get; } = new("Multiproc");

    /// <summary>A span for a call when somebody listens; its context, or that of the caller's own span, goes with the work.</summary>
    public static Activity? Begin(string name, out string? context)
    {
        var span = Source.HasListeners() ? Source.StartActivity(name, ActivityKind.Producer) : null;
        context = (span ?? Activity.Current) is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;
        return span;
    }
}
