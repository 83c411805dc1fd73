using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Multiproc;
using Multiproc.Hosting.Configuration;
using Multiproc.Hosting.Lifetime;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Multiproc to the services of a host.</summary>
public static class MultiprocServices
{
    /// <summary>
    /// Adds what pools and managers of a host have in common. They start with the host, in the order in which they are needed, and stop after all other hosted
    /// services. May be called again, with further settings.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">
    /// Sets options; null (the default) for none. The section <c>Multiproc</c> of the configuration overrides what it sets, so that values can be changed where
    /// the program runs.
    /// </param>
    /// <returns>A builder that adds pools and managers.</returns>
    /// <exception cref="ArgumentNullException">The services are null.</exception>
    /// <example>
    /// <code>
    /// builder.Services.AddMultiproc().AddPool("thumbs", pool =&gt; pool.Processes = 4).AddManager("state");
    /// </code>
    /// </example>
    public static MultiprocBuilder AddMultiproc(this IServiceCollection services, Action<MultiprocHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var registrations = (Registrations?)services.FirstOrDefault(static each => each.ServiceType == typeof(Registrations))?.ImplementationInstance;
        if (registrations is null)
        {
            registrations = new Registrations();
            services.AddSingleton(registrations);
            services.AddOptions<MultiprocHostOptions>().ValidateOnStart().PostConfigure<IServiceProvider>(
                static (options, provider) => Sections.Read(provider.GetService<IConfiguration>(), options));
            services.AddSingleton<IValidateOptions<MultiprocHostOptions>, HostOptionsCheck>();
            services.AddSingleton<IValidateOptions<HostedPoolOptions>, PoolOptionsCheck>();
            services.AddSingleton<IValidateOptions<HostedManagerOptions>, ManagerOptionsCheck>();
            services.AddLogging();
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<HostedObjects>();
            services.TryAddSingleton(static provider => provider.GetRequiredService<HostedObjects>().Context);
            services.AddHostedService<MultiprocLifetime>();
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return new MultiprocBuilder(services, registrations);
    }
}
