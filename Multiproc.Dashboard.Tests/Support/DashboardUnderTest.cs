using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Serving;

namespace Multiproc.Dashboard.Tests.Support;

/// <summary>A web server on a free port of this machine with a dashboard in it, and a client that keeps cookies.</summary>
internal sealed class DashboardUnderTest : IAsyncDisposable
{
    public const string Token = "a token of a test";

    private readonly WebApplication _app;

    private DashboardUnderTest(WebApplication app, HttpClient client, string pattern)
    {
        _app = app;
        Client = client;
        Page = new Uri(new Uri(app.Urls.Single()), $"{pattern.Trim('/')}/".TrimStart('/'));
        client.BaseAddress = Page;
    }

    public HttpClient Client { get; }

    /// <summary>The address of the page.</summary>
    public Uri Page { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<DashboardUnderTest> Start(IProgramSource source, DashboardOptions? options = null, string pattern = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static server => server.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        options ??= new DashboardOptions { Token = Token };
        DashboardEndpoints.Map(app, pattern, source, new Access(options.Checked()), options, NullLogger.Instance);
        await app.StartAsync();
        var handler = new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false };
        return new DashboardUnderTest(app, new HttpClient(handler) { Timeout = Until.Bound }, pattern);
    }

    public Task<HttpResponseMessage> Login(string token = Token) =>
        Client.PostAsync("login", new StringContent($$"""{"token":"{{token}}"}""", Encoding.UTF8, "application/json"));

    /// <summary>Asks for the events, without reading them.</summary>
    public Task<HttpResponseMessage> Events(CancellationToken cancellation = default) =>
        Client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, cancellation);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var bound = new CancellationTokenSource(Until.Bound);
        await _app.StopAsync(bound.Token);
        await _app.DisposeAsync();
    }
}
