using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Multiproc.Hosting.Workers;

/// <summary>
/// The services of a worker. A worker runs its initializer, its tasks and its finalizer on one thread, and workers of other pools may be threads of the same
/// process: so the container belongs to the thread.
/// </summary>
internal static class WorkerServices
{
    [ThreadStatic]
    private static ServiceProvider? t_services;

    public static void Begin(IWorkerStartup startup, KeyValuePair<string, string?>[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new WorkerLoggers()));
        startup.ConfigureServices(services, configuration);
        t_services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    /// <summary>Disposes of the services, of asynchronous ones too; the worker has nothing else to do meanwhile.</summary>
    public static void End()
    {
        if (t_services is { } services)
        {
            t_services = null;
            services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Calls a function with a service out of a scope of its own.</summary>
    /// <exception cref="InvalidOperationException">The worker has no services, or none of that type.</exception>
    public static TResult InScope<TService, TResult>(Func<TService, TResult> call)
        where TService : notnull
    {
        var services = t_services ?? throw new InvalidOperationException(
            $"This worker has no services, so it cannot give a task its {typeof(TService)}. Add the pool with AddPool<TStartup>(name), where TStartup "
            + "registers the services of the workers.");
        var scope = services.CreateAsyncScope();
        try
        {
            return call(scope.ServiceProvider.GetRequiredService<TService>());
        }
        finally
        {
            var disposal = scope.DisposeAsync();
            if (!disposal.IsCompletedSuccessfully)
            {
                disposal.AsTask().GetAwaiter().GetResult();
            }
        }
    }
}

/// <summary>The initializer of a worker that has services. It is sent to the worker, with its fields.</summary>
internal sealed class WorkerBegin<TStartup>(KeyValuePair<string, string?>[] settings, Action? then)
    where TStartup : class, IWorkerStartup, new()
{
    public void Run()
    {
        WorkerServices.Begin(new TStartup(), settings);
        then?.Invoke();
    }
}

/// <summary>The finalizer of a worker that has services.</summary>
internal sealed class WorkerEnd(Action? first)
{
    public void Run()
    {
        try
        {
            first?.Invoke();
        }
        finally
        {
            WorkerServices.End();
        }
    }
}
