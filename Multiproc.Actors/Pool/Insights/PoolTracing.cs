using System.Diagnostics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>Spans of the calls of a pool, and of their tasks in the workers.</summary>
internal static class PoolTracing
{
    public static ActivitySource Source { get; } = new("Multiproc");

    /// <summary>A span for a call when somebody listens; its context, or that of the caller's own span, goes with the work.</summary>
    public static Activity? Begin(string name, out string? context)
    {
        var before = Activity.Current;
        var span = Source.HasListeners() ? Source.StartActivity(name, ActivityKind.Producer) : null;
        context = (span ?? before) is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

        // It ends on another thread: what the caller does next is not part of it.
        if (span is not null)
        {
            Activity.Current = before;
        }

        return span;
    }

    /// <summary>Ends a span on a thread that has its own.</summary>
    public static void End(Activity span)
    {
        var before = Activity.Current;

        // Listeners are the program's code, and this thread delivers messages.
        UserCode.Run("A listener of the spans of a pool", span.Dispose);
        Activity.Current = before;
    }
}
