using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiproc.Dashboard;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Serving;

namespace Multiproc;

/// <summary>Adds the dashboard of Multiproc to a web application.</summary>
public static class MultiprocDashboard
{
    /// <summary>
    /// Serves a page that shows this program in a browser: its processes, pools, queues, locks, deadlocks and cluster, once per second. It is read-only, for
    /// browsers of this machine, and opened by a token; <see cref="DashboardOptions"/> says how to change that. The program is looked at only while a browser
    /// is connected, and for five minutes after.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path of the page; "/multiproc" by default.</param>
    /// <param name="options">The options; null (the default) for all defaults.</param>
    /// <returns>The endpoints, for conventions such as RequireAuthorization.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or contradicts another.</exception>
    /// <example>
    /// <code>
    /// var app = builder.Build();
    /// app.MapMultiproc();
    /// app.Run();
    /// </code>
    /// </example>
    public static IEndpointConventionBuilder MapMultiproc(
        this IEndpointRouteBuilder endpoints, string pattern = "/multiproc", DashboardOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        options = (options ?? new()).Checked();
        var services = endpoints.ServiceProvider;
        var access = new Access(options);
        if (access is { IsRandom: true } && services.GetService<IServer>() is { } server && services.GetService<IHostApplicationLifetime>() is { } lifetime)
        {
            var log = Log(services);
            lifetime.ApplicationStarted.Register(() => DashboardLog.Open(log, Addresses.Of(server, pattern, access.Token)));
        }

        return DashboardEndpoints.Map(endpoints, pattern, new OwnProgram(), access, options, Log(services));
    }

    private static ILogger Log(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger("Multiproc.Dashboard");
}
