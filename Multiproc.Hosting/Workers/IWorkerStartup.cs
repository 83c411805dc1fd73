using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Multiproc;

/// <summary>
/// Registers the services that the tasks of a pool use. An object of the class is made in each worker, which builds its own container: nothing of the host's
/// container is in a worker.
/// </summary>
/// <example>
/// <code>
/// public sealed class ImageServices : IWorkerStartup
/// {
///     public void ConfigureServices(IServiceCollection services, IConfiguration configuration) =&gt;
///         services.AddSingleton&lt;Codecs&gt;().AddScoped&lt;Thumbnailer&gt;();
/// }
/// </code>
/// </example>
public interface IWorkerStartup
{
    /// <summary>
    /// Registers services. There are an <see cref="IConfiguration"/> and logging already: a service's <c>ILogger</c> writes to the log of the program. Called
    /// once in each worker, before its first task; what it throws breaks the pool, as any initializer's exception does.
    /// </summary>
    /// <param name="services">The services of the worker.</param>
    /// <param name="configuration">The section that <see cref="HostedPoolOptions.WorkerConfiguration"/> names; empty when it names none.</param>
    void ConfigureServices(IServiceCollection services, IConfiguration configuration);
}
