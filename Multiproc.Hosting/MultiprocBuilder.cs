using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Multiproc.Hosting.Configuration;
using Multiproc.Hosting.Lifetime;
using Multiproc.Hosting.Workers;

namespace Multiproc;

/// <summary>Adds pools and managers to a host. Returned by <c>services.AddMultiproc()</c>.</summary>
/// <example>
/// <code>
/// builder.Services.AddMultiproc().AddPool&lt;ImageServices&gt;("thumbs").AddManager("state");
/// </code>
/// </example>
public sealed class MultiprocBuilder
{
    private readonly Registrations _registrations;

    internal MultiprocBuilder(IServiceCollection services, Registrations registrations)
    {
        Services = services;
        _registrations = registrations;
    }

    /// <summary>Gets the services of the host.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Adds a pool: a singleton <see cref="ProcessPool"/> with the name as its key, as in <c>[FromKeyedServices("thumbs")] ProcessPool pool</c>. Its workers
    /// start when the host starts, or before if somebody asks for the pool; the host closes and disposes of it.
    /// </summary>
    /// <param name="name">The name; the options are those of the section <c>Multiproc:Pools:NAME</c>.</param>
    /// <param name="configure">Sets options, which that section overrides; null (the default) for none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, contains a colon, or is taken.</exception>
    public MultiprocBuilder AddPool(string name, Action<HostedPoolOptions>? configure = null) => Add(new PoolRegistration(Checked(name), null), configure);

    /// <summary>
    /// Adds a pool whose workers have services of their own: <typeparamref name="TStartup"/> registers them, once in each worker, and
    /// <see cref="ServicePool{TService}"/> gives each task a scope of them.
    /// </summary>
    /// <typeparam name="TStartup">Registers the services of a worker; made in each worker by its constructor.</typeparam>
    /// <param name="name">The name; the options are those of the section <c>Multiproc:Pools:NAME</c>.</param>
    /// <param name="configure">Sets options, which that section overrides; null (the default) for none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, contains a colon, or is taken.</exception>
    public MultiprocBuilder AddPool<TStartup>(string name, Action<HostedPoolOptions>? configure = null)
        where TStartup : class, IWorkerStartup, new() =>
        Add(new PoolRegistration(Checked(name), static (settings, then) => new WorkerBegin<TStartup>(settings, then).Run), configure);

    /// <summary>
    /// Adds a manager: a singleton <see cref="SyncManager"/> with the name as its key. Its process starts when the host starts, or before if somebody asks for
    /// it, and ends when all pools of the host have ended.
    /// </summary>
    /// <param name="name">The name; the options are those of the section <c>Multiproc:Managers:NAME</c>.</param>
    /// <param name="configure">Sets options, which that section overrides; null (the default) for none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, contains a colon, or is taken.</exception>
    public MultiprocBuilder AddManager(string name, Action<HostedManagerOptions>? configure = null) =>
        AddManager(name, static (_, options) => new SyncManager(ManagerPlaces.Parse(options.Address), options.AuthKey), configure);

    /// <summary>Adds a manager of a class of the program, which has types of its own.</summary>
    /// <typeparam name="TManager">The class, and the type of the service.</typeparam>
    /// <param name="name">The name; the options are those of the section <c>Multiproc:Managers:NAME</c>.</param>
    /// <param name="make">Makes a manager that is neither started nor connected, which the host does.</param>
    /// <param name="configure">Sets options, which that section overrides; null (the default) for none.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="make"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, contains a colon, or is taken.</exception>
    public MultiprocBuilder AddManager<TManager>(
        string name, Func<IServiceProvider, HostedManagerOptions, TManager> make, Action<HostedManagerOptions>? configure = null)
        where TManager : BaseManager
    {
        ArgumentNullException.ThrowIfNull(make);
        _registrations.Managers.Add(Checked(name), new ManagerRegistration(name, typeof(TManager), make));
        var options = Services.AddOptions<HostedManagerOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options.PostConfigure<IServiceProvider>((read, provider) => Sections.Read(provider.GetService<IConfiguration>(), name, read));
        Services.AddKeyedSingleton(name, (provider, _) => (TManager)provider.GetRequiredService<HostedObjects>().Start(_registrations.Managers[name]));
        return this;
    }

    private MultiprocBuilder Add(PoolRegistration registration, Action<HostedPoolOptions>? configure)
    {
        string name = registration.Name;
        _registrations.Pools.Add(name, registration);
        var options = Services.AddOptions<HostedPoolOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options.PostConfigure<IServiceProvider>((read, provider) => Sections.Read(provider.GetService<IConfiguration>(), name, read));
        Services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<HostedObjects>().Start(registration));
        return this;
    }

    private string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' cannot be a name: a colon separates the sections of a configuration.", nameof(name));
        }

        return _registrations.Pools.ContainsKey(name) || _registrations.Managers.ContainsKey(name)
            ? throw new ArgumentException($"The name '{name}' is taken: each pool and each manager of a host has a name of its own.", nameof(name))
            : name;
    }
}
