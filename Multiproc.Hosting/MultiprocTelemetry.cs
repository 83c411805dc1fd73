namespace Multiproc;

/// <summary>The names under which the library publishes metrics and spans, for OpenTelemetry and other listeners.</summary>
/// <example>
/// <code>
/// builder.Services.AddOpenTelemetry()
///     .WithMetrics(metrics =&gt; metrics.AddMeter(MultiprocTelemetry.MeterName))
///     .WithTracing(tracing =&gt; tracing.AddSource(MultiprocTelemetry.ActivitySourceName));
/// </code>
/// </example>
public static class MultiprocTelemetry
{
    /// <summary>The meter of all pools of a process; docs/hosting.md lists its instruments.</summary>
    public const string MeterName = "Multiproc";

    /// <summary>The source of the spans of a pool's calls, and of its tasks in the workers.</summary>
    public const string ActivitySourceName = "Multiproc";
}
