using System.Diagnostics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>Creates spans for the calls of a pool and for their tasks in the workers.</summary>
internal static class PoolTracing
{
    public static ActivitySource Source { get; } = new("Multiproc");

    /// <summary>Starts a span for a call if there is a listener. Its context, or that of the caller's own span, is sent with the work.</summary>
    public static Activity? Begin(string name, out string? context)
    {
        var before = Activity.Current;
        var span = Source.HasListeners() ? Source.StartActivity(name, ActivityKind.Producer) : null;
        context = (span ?? before) is { IdFormat: ActivityIdFormat.W3C } current ? current.Id : null;

        // The span ends on another thread, and what the caller does next is not part of it.
        if (span is not null)
        {
            Activity.Current = before;
        }

        return span;
    }

    /// <summary>Ends a span on a thread that has a current span of its own.</summary>
    public static void End(Activity span)
    {
        var before = Activity.Current;

        // Listeners are code of the program, and this thread delivers messages.
        UserCode.Run("A listener of the spans of a pool", span.Dispose);
        Activity.Current = before;
    }
}
