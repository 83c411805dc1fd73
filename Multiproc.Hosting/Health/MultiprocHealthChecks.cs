using Microsoft.Extensions.Diagnostics.HealthChecks;
using Multiproc.Hosting.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of pools and managers to the health checks of a host.</summary>
public static class MultiprocHealthChecks
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds a check of all pools and managers of the host. Unhealthy: a pool is broken or closed, or a manager is gone or does not answer. Degraded: a pool has
    /// no worker at the moment, or shared memory is nearly full.
    /// </summary>
    /// <param name="builder">The health checks of the host.</param>
    /// <param name="name">The name of the check; default <c>multiproc</c>.</param>
    /// <param name="failureStatus">What is reported in place of unhealthy; null (the default) for unhealthy.</param>
    /// <param name="tags">Tags, by which endpoints choose checks; null (the default) for none.</param>
    /// <param name="timeout">How long managers have to answer; null (the default) for 5 s.</param>
    /// <param name="minimumSharedMemory">How many bytes must be free in /dev/shm; default 64 MiB, 0 for no such check. Linux only.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="minimumSharedMemory"/> is negative.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddHealthChecks().AddMultiproc();
    /// app.MapHealthChecks("/health");
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddMultiproc(
        this IHealthChecksBuilder builder, string name = "multiproc", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null,
        TimeSpan? timeout = null, long minimumSharedMemory = 64L << 20)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumSharedMemory);
        return builder.Add(new HealthCheckRegistration(
            name, services => ActivatorUtilities.CreateInstance<MultiprocHealthCheck>(services, new SharedMemoryRoom(minimumSharedMemory)), failureStatus, tags,
            timeout ?? s_bound));
    }
}
