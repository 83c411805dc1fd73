using Microsoft.Extensions.Logging;

namespace Multiproc.Hosting.Lifetime;

/// <summary>What the lifetime of a host's pools logs. The numbers never change their meaning.</summary>
internal static partial class HostLog
{
    public static void Ending(ILogger log, string pool, IReadOnlyList<int> workers)
    {
        if (log.IsEnabled(LogLevel.Warning))
        {
            WorkersEnded(log, pool, string.Join(", ", workers));
        }
    }

    public static void Cancelling(ILogger log, string pool, TimeSpan drainTimeout, bool hurried) =>
        Cancelled(log, pool, hurried ? "the host does not wait any longer" : $"its {drainTimeout.TotalSeconds:0.###} s to drain are over");

    [LoggerMessage(7101, LogLevel.Information, "Started {Pools} pools and {Managers} managers")]
    public static partial void Started(ILogger log, int pools, int managers);

    [LoggerMessage(7102, LogLevel.Information, "The pools drain: running tasks are awaited")]
    public static partial void Draining(ILogger log);

    [LoggerMessage(7103, LogLevel.Warning, "The running tasks of the pool {Pool} are cancelled, since {Reason}")]
    private static partial void Cancelled(ILogger log, string pool, string reason);

    [LoggerMessage(7104, LogLevel.Warning, "Workers of the pool {Pool} did not end within their grace and are killed: {Workers}")]
    private static partial void WorkersEnded(ILogger log, string pool, string workers);
}
