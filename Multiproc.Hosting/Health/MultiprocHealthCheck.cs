using Microsoft.Extensions.Diagnostics.HealthChecks;
using Multiproc.Hosting.Lifetime;

namespace Multiproc.Hosting.Health;

/// <summary>Looks at the pools and managers of a host, and at the room for shared memory.</summary>
internal sealed class MultiprocHealthCheck(HostedObjects objects, SharedMemoryRoom room) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new List<Finding>(objects.Pools.Select(Of));
        findings.AddRange(await Task.WhenAll(objects.Managers.Select(manager => OfAsync(manager, cancellationToken))).ConfigureAwait(false));
        long? free = SharedMemoryRoom.Free;
        string? full = room.Problem(free);
        findings.Add(new Finding("sharedMemoryFree", (object?)free ?? "no /dev/shm", full is null ? null : HealthStatus.Degraded, full));

        var worst = findings.Min(static each => each.Status) ?? HealthStatus.Healthy;
        var data = findings.ToDictionary(static each => each.Key, static each => each.Value);
        string problems = string.Join(" ", findings.Select(static each => each.Problem).OfType<string>());
        return new HealthCheckResult(
            worst == HealthStatus.Unhealthy ? context.Registration.FailureStatus : worst, problems.Length == 0 ? null : problems, null, data);
    }

    private static Finding Of(HostedPool hosted)
    {
        var pool = hosted.Pool;
        string key = $"pool:{hosted.Name}";
        if (pool.Broken is { } broken)
        {
            return new Finding(
                key, "broken", HealthStatus.Unhealthy, $"The pool '{hosted.Name}' is broken, and only a restart of the program helps: {broken.Message}");
        }

        if (pool.IsClosed)
        {
            return new Finding(key, "closed", HealthStatus.Unhealthy, $"The pool '{hosted.Name}' is closed: the host is stopping.");
        }

        int workers = pool.WorkerPids.Count;
        return new Finding(
            key, $"{workers} of {pool.Size} workers", workers == 0 ? HealthStatus.Degraded : null,
            workers == 0 ? $"The pool '{hosted.Name}' has no worker at the moment; it is starting some." : null);
    }

    private static async Task<Finding> OfAsync(HostedManager hosted, CancellationToken cancellation)
    {
        string key = $"manager:{hosted.Name}";
        try
        {
            return new Finding(key, $"{await hosted.CountAsync(cancellation).ConfigureAwait(false)} objects", null, null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new Finding(
                key, "silent", HealthStatus.Unhealthy, $"The manager '{hosted.Name}' did not answer in time: its process is stopped or overloaded.");
        }
        catch (Exception gone) when (gone is MultiprocException or InvalidOperationException)
        {
            return new Finding(key, "gone", HealthStatus.Unhealthy, $"The manager '{hosted.Name}' is gone, with its objects: {gone.Message}");
        }
    }

    private sealed record Finding(string Key, object Value, HealthStatus? Status, string? Problem);
}
