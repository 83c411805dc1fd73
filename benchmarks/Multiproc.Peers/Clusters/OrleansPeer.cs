using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Multiproc.Peers.Calls;

namespace Multiproc.Peers.Clusters;

/// <summary>A grain of Orleans in the other one of two silos.</summary>
internal sealed class OrleansPeer : IAsyncDisposable
{
    public const string Kind = "orleans";
    public const string What = "call of a user's object";

    private readonly IHost _silo;
    private readonly ServedProcess _other;
    private readonly ICounterGrain _grain;

    private OrleansPeer(IHost silo, ServedProcess other, ICounterGrain grain) => (_silo, _other, _grain) = (silo, other, grain);

    public static async Task<OrleansPeer> StartAsync()
    {
        int first = FreePort();
        var silo = MakeSilo(first, FreePort(), first);
        await silo.StartAsync().ConfigureAwait(false);
        var other = new ServedProcess(Kind, $"{first}");
        await other.ReadyAsync().ConfigureAwait(false);
        var grains = silo.Services.GetRequiredService<IGrainFactory>();
        for (int key = 0; ; key++)
        {
            var grain = grains.GetGrain<ICounterGrain>(key);
            if (await grain.ProcessAsync().ConfigureAwait(false) != Environment.ProcessId)
            {
                return new OrleansPeer(silo, other, grain);
            }
        }
    }

    public static async Task ServeAsync(string primary)
    {
        using var silo = MakeSilo(FreePort(), FreePort(), int.Parse(primary, System.Globalization.CultureInfo.InvariantCulture));
        await silo.StartAsync().ConfigureAwait(false);
        await ServedProcess.ServeUntilEndAsync().ConfigureAwait(false);
        await silo.StopAsync().ConfigureAwait(false);
    }

    public PeerRow Row(int callers) => new(What, "Orleans, other silo", callers, _ => _grain.AddAsync(1));

    public async ValueTask DisposeAsync()
    {
        _other.Dispose();
        await _silo.StopAsync().ConfigureAwait(false);
        _silo.Dispose();
    }

    private static IHost MakeSilo(int port, int gateway, int primary) => Microsoft.Extensions.Hosting.Host.CreateDefaultBuilder()
        .ConfigureLogging(static logging => logging.ClearProviders())
        .UseOrleans(orleans => orleans
            .UseLocalhostClustering(port, gateway, new IPEndPoint(IPAddress.Loopback, primary))
            .Configure<Orleans.Configuration.ClusterOptions>(static options => options.ClusterId = options.ServiceId = "peers"))
        .Build();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public interface ICounterGrain : IGrainWithIntegerKey
    {
        Task<long> AddAsync(long number);

        Task<int> ProcessAsync();
    }

    [Orleans.Placement.RandomPlacement]
    public sealed class CounterGrain : Grain, ICounterGrain
    {
        private long _total;

        public Task<long> AddAsync(long number) => Task.FromResult(_total += number);

        public Task<int> ProcessAsync() => Task.FromResult(Environment.ProcessId);
    }
}
