namespace Multiproc.Hosting.Workers;

/// <summary>A function with a service, as a function of a pool: sent to a worker with what it captures, and called there.</summary>
internal sealed class ServiceCall<TService, TResult>(Func<TService, CancellationToken, TResult> function)
    where TService : notnull
{
    public TResult Run(CancellationToken token) => WorkerServices.InScope((TService service) => function(service, token));
}

/// <summary>An asynchronous function with a service. The thread of the worker waits for it, since it has nothing else to do.</summary>
internal sealed class AwaitedServiceCall<TService, TResult>(Func<TService, CancellationToken, Task<TResult>> function)
    where TService : notnull
{
    public TResult Run(CancellationToken token) => WorkerServices.InScope((TService service) => function(service, token).GetAwaiter().GetResult());
}

internal sealed class ServiceMap<TService, TInput, TResult>(Func<TService, TInput, TResult> function)
    where TService : notnull
{
    public TResult Run(TInput input) => WorkerServices.InScope((TService service) => function(service, input));
}

internal sealed class AwaitedServiceMap<TService, TInput, TResult>(Func<TService, TInput, CancellationToken, Task<TResult>> function)
    where TService : notnull
{
    public TResult Run(TInput input, CancellationToken token) =>
        WorkerServices.InScope((TService service) => function(service, input, token).GetAwaiter().GetResult());
}
