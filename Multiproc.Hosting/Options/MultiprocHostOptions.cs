namespace Multiproc;

/// <summary>Sets how a host starts and stops its pools and managers. Bound to the section <c>Multiproc</c> of the host's configuration.</summary>
/// <example>
/// <code>
/// builder.Services.AddMultiproc(options =&gt; options.DrainTimeout = TimeSpan.FromSeconds(10));
/// </code>
/// </example>
public sealed class MultiprocHostOptions
{
    /// <summary>
    /// How the workers of pools are started; null (the default) for the start method of the program. <see cref="Multiproc.StartMethod.InProcess"/> suits tests.
    /// </summary>
    public StartMethod? StartMethod { get; set; }

    /// <summary>
    /// How long running tasks have, from the moment in which the host begins to stop, before they are cancelled. Zero or more, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as the host waits; default 20 s. Together with <see cref="PoolOptions.StopGrace"/> it should be less
    /// than the host's <c>ShutdownTimeout</c>, which is 30 s unless it is changed. A longer time loses less work; a shorter one stops sooner.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether the log of the library, and that of its processes, is written to the host's loggers, with the category <c>Multiproc</c>; default true. The
    /// lowest level is the one that the host's filters let through when the host starts.
    /// </summary>
    public bool LogToHost { get; set; } = true;

    /// <summary>Settings of the library, which hold for the whole process; null (the default) leaves those in effect. See <see cref="Mp.Configure"/>.</summary>
    public MultiprocOptions? Settings { get; set; }
}
