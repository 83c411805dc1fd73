using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Multiproc.Hosting.Configuration;
using Multiproc.Hosting.Workers;
using Multiproc.Processes.Logging;

namespace Multiproc.Hosting.Lifetime;

/// <summary>
/// Starts the pools and managers of a host, and knows those that run. The container owns each of them: it disposes of them before this object, which it made
/// first.
/// </summary>
internal sealed class HostedObjects : IDisposable
{
    /// <summary>A category that filters do not name: its level is that of services in workers, whose categories are not known here.</summary>
    private const string Unnamed = "Default";

    private readonly IServiceProvider _services;
    private readonly IConfiguration? _configuration;
    private readonly MultiprocHostOptions _options;
    private readonly IOptionsMonitor<HostedPoolOptions> _poolOptions;
    private readonly IOptionsMonitor<HostedManagerOptions> _managerOptions;
    private readonly ILogger _logger;

    /// <exception cref="OptionsValidationException">The options of the host are not valid.</exception>
    public HostedObjects(
        IServiceProvider services, IOptions<MultiprocHostOptions> options, IOptionsMonitor<HostedPoolOptions> poolOptions,
        IOptionsMonitor<HostedManagerOptions> managerOptions, ILoggerFactory loggers, IConfiguration? configuration = null)
    {
        (_services, _poolOptions, _managerOptions, _configuration) = (services, poolOptions, managerOptions, configuration);
        _options = options.Value;
        _logger = loggers.CreateLogger("Multiproc");
        if (_options.Settings is { } settings)
        {
            Mp.Configure(settings);
        }

        if (_options.LogToHost && LowestLevel([_logger, loggers.CreateLogger(Unnamed)]) is { } level)
        {
            ProcessLog.Current.To(_logger, level, loggers);
        }

        Context = ContextOf(_options.StartMethod);
    }

    public MultiprocContext Context { get; }

    public ConcurrentQueue<HostedPool> Pools { get; } = new();

    public ConcurrentQueue<HostedManager> Managers { get; } = new();

    /// <exception cref="OptionsValidationException">The options of the pool are not valid.</exception>
    /// <exception cref="ProcessStartException">A worker could not be started.</exception>
    public ProcessPool Start(PoolRegistration registration)
    {
        var options = _poolOptions.Get(registration.Name);
        var (initializer, finalizer) = registration.Begin is { } begin
            ? (begin(SentSettings(options.WorkerConfiguration), options.Initializer), new WorkerEnd(options.Finalizer).Run)
            : (options.Initializer, options.Finalizer);
        var context = options.StartMethod is { } method ? ContextOf(method) : Context;
        var pool = context.Pool(options.Processes, options.Pool, initializer, finalizer, options.MaxTasksPerChild);
        pool.Name = registration.Name;
        Pools.Enqueue(new HostedPool(registration.Name, pool, options.DrainTimeout ?? _options.DrainTimeout));
        return pool;
    }

    /// <exception cref="OptionsValidationException">The options of the manager are not valid.</exception>
    /// <exception cref="ProcessStartException">The process of the manager could not be started.</exception>
    /// <exception cref="ConnectionLostException">No server listens at the address.</exception>
    public BaseManager Start(ManagerRegistration registration)
    {
        var options = _managerOptions.Get(registration.Name);
        var manager = registration.Make(_services, options);
        if (options.Connect)
        {
            manager.Connect();
        }
        else
        {
            manager.Start();
        }

        Managers.Enqueue(new HostedManager(registration.Name, manager));
        return manager;
    }

    /// <summary>The host's loggers end with its container: later records must not reach them.</summary>
    public void Dispose() => ProcessLog.Current.Leave(_logger);

    private static MultiprocContext ContextOf(StartMethod? method) => method is { } known ? Mp.GetContext(known) : Mp.GetContext();

    /// <summary>The lowest level that one of the loggers takes: workers send no record below it.</summary>
    private static LogLevel? LowestLevel(ILogger[] loggers)
    {
        for (var level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            if (Array.Exists(loggers, each => each.IsEnabled(level)))
            {
                return level;
            }
        }

        return null;
    }

    private KeyValuePair<string, string?>[] SentSettings(string? section) => section is null || _configuration is null
        ? []
        : [.. _configuration.GetSection(section).AsEnumerable(makePathsRelative: true).Where(static each => each.Key.Length > 0)];
}
