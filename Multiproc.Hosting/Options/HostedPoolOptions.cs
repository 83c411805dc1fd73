namespace Multiproc;

/// <summary>
/// Sets up a pool that a host owns. Bound to the section <c>Multiproc:Pools:NAME</c> of the host's configuration, which overrides what code sets.
/// </summary>
/// <example>
/// <code>
/// builder.Services.AddMultiproc().AddPool("thumbs", pool =&gt; pool.Processes = 4);
/// </code>
/// </example>
public sealed class HostedPoolOptions
{
    /// <summary>The number of workers, from 1 to 4096; null (the default) for the number of processors that this process may use.</summary>
    public int? Processes { get; set; }

    /// <summary>The number of tasks after which a worker is replaced by a fresh one, from 1; null (the default) for never.</summary>
    public int? MaxTasksPerChild { get; set; }

    /// <summary>How the workers are started; null (the default) for <see cref="MultiprocHostOptions.StartMethod"/>.</summary>
    public StartMethod? StartMethod { get; set; }

    /// <summary>How long running tasks have when the host stops; null (the default) for <see cref="MultiprocHostOptions.DrainTimeout"/>.</summary>
    public TimeSpan? DrainTimeout { get; set; }

    /// <summary>Limits, retries and other settings of the pool; null (the default) for <see cref="MultiprocOptions.Pool"/> of the settings in effect.</summary>
    public PoolOptions? Pool { get; set; }

    /// <summary>
    /// The name of a section of the host's configuration that is sent to the workers, where <see cref="IWorkerStartup"/> gets it; null (the default) for none.
    /// Its values are in the memory of every worker, so name a section that has what the tasks need and no other secrets.
    /// </summary>
    public string? WorkerConfiguration { get; set; }

    /// <summary>Runs once in each worker before its first task, after its services were made; null (the default) for nothing.</summary>
    public Action? Initializer { get; set; }

    /// <summary>Runs in each worker that leaves normally, before its services are disposed of; null (the default) for nothing.</summary>
    public Action? Finalizer { get; set; }
}
