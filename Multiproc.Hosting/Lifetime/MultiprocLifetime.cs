using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiproc.Hosting.Configuration;

namespace Multiproc.Hosting.Lifetime;

/// <summary>
/// Starts pools and managers before the other services of the host, and ends them after these. Takes them from the container when the host starts, not before:
/// options that are not valid shall be told together.
/// </summary>
internal sealed class MultiprocLifetime(IServiceProvider services, Registrations registrations, TimeProvider time, ILoggerFactory loggers)
    : IHostedLifecycleService, IDisposable
{
    private readonly ILogger _log = loggers.CreateLogger("Multiproc.Hosting");
    private readonly TaskCompletionSource _othersStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _hurry = new();
    private Task _drained = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var manager in registrations.Managers.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = services.GetRequiredKeyedService(manager.Service, manager.Name);
        }

        foreach (string pool in registrations.Pools.Keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _ = services.GetRequiredKeyedService<ProcessPool>(pool);
        }

        // Also without any of them: settings and logging are of the whole process.
        _ = services.GetRequiredService<HostedObjects>();
        HostLog.Started(_log, registrations.Pools.Count, registrations.Managers.Count);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The time of the pools begins now. Those that wait for a task would else hold up the host until it gives up.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        HostLog.Draining(_log);
        var pools = services.GetRequiredService<HostedObjects>().Pools;
        _drained = Task.WhenAll(pools.Select(pool => pool.DrainAsync(_othersStopped.Task, time, _log, _hurry.Token)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the pools, which have a bound of their own, and then ends the managers, which tasks may use until the end.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        _othersStopped.TrySetResult();
        await using (cancellationToken.Register(static hurry => ((CancellationTokenSource)hurry!).Cancel(), _hurry).ConfigureAwait(false))
        {
            await _drained.ConfigureAwait(false);
        }

        await Task.WhenAll(services.GetRequiredService<HostedObjects>().Managers
            .Select(static each => each.Manager.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    public void Dispose() => _hurry.Dispose();
}
