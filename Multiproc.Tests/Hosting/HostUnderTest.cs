using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Multiproc.Tests.Hosting;

/// <summary>A generic host with nothing in it but what a test adds.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly IHost _host;

    public HostUnderTest(Action<IServiceCollection> add, params (string Key, string? Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(static each => KeyValuePair.Create(each.Key, each.Value)));
        add(builder.Services);
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public ProcessPool Pool(string name) => Services.GetRequiredKeyedService<ProcessPool>(name);

    public async Task<HostUnderTest> StartedAsync()
    {
        await _host.StartAsync().WaitAsync(Bound);
        return this;
    }

    /// <param name="hurry">The token that the host passes on: when it fires, the host does not wait any longer.</param>
    public Task StopAsync(CancellationToken hurry = default) => _host.StopAsync(hurry).WaitAsync(Bound, CancellationToken.None);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
