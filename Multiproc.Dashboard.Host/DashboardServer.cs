using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Serving;

namespace Multiproc.Dashboard.Host;

/// <summary>A web server with nothing but the dashboard of other programs.</summary>
internal static class DashboardServer
{
    /// <summary>Serves until SIGTERM, Ctrl+C, or until the token fires.</summary>
    /// <exception cref="IOException">The address cannot be listened at.</exception>
    public static async Task RunAsync(IPEndPoint at, int? pid, DashboardOptions options, CancellationToken stop)
    {
        bool isRemote = !IPAddress.IsLoopback(at.Address);
        options = (options with { AllowRemote = isRemote }).Checked();
        var access = new Access(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Multiproc.Dashboard.Host" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(at));
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.UseRouting();
            DashboardEndpoints.Map(app, "", new OtherPrograms(pid), access, options, app.Logger);
            await app.StartAsync(stop).ConfigureAwait(false);
            if (isRemote)
            {
                await Console.Error.WriteLineAsync(
                    $"multiproc-host: the dashboard listens at {at.Address}, without TLS: whoever reads the network sees what it shows.").ConfigureAwait(false);
            }

            await Console.Out.WriteLineAsync($"The dashboard is at {Addresses.Of(app.Services.GetRequiredService<IServer>(), "", access.Token)}")
                .ConfigureAwait(false);
            await app.WaitForShutdownAsync(stop).ConfigureAwait(false);
        }
    }
}
