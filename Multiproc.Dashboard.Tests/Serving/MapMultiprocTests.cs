using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Multiproc.Dashboard.Tests.Support;

namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>The dashboard in a web application, by its public door.</summary>
public sealed class MapMultiprocTests
{
    private const string Operator = "X-Operator";
    private const string Opened = "The dashboard of Multiproc is at ";

    [Fact]
    public async Task Address_InTheLogOfAnApplication_OpensItsOwnDashboard()
    {
        var log = new KeptLog();
        await using var app = Application(log);
        app.MapMultiproc();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(log.Lines.Single(static line => line.StartsWith(Opened, StringComparison.Ordinal))[Opened.Length..]);
        address.AbsolutePath.ShouldBe("/multiproc/");
        using var client = new HttpClient();
        client.BaseAddress = address;
        using var token = new StringContent($$"""{"token":"{{address.Fragment[1..]}}"}""", Encoding.UTF8, "application/json");
        (await client.PostAsync("login", token)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await FirstEvent(client)).ShouldContain($"\"pid\":{Environment.ProcessId}");
        log.Lines.ShouldAllBe(static line => !line.Contains("refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_ThatTheApplicationHasSet_IsNotLogged()
    {
        var log = new KeptLog();
        await using var app = Application(log);
        app.MapMultiproc(options: new DashboardOptions { Token = DashboardUnderTest.Token });
        await app.StartAsync(TestContext.Current.CancellationToken);
        log.Lines.ShouldNotBeEmpty();
        log.Lines.ShouldAllBe(static line =>
            !line.Contains(DashboardUnderTest.Token, StringComparison.Ordinal) && !line.StartsWith(Opened, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Authorization_OfTheApplication_DecidesWhoMayLook()
    {
        await using var app = Application(new KeptLog(), static services => services.AddAuthorizationBuilder().AddPolicy(
            "operators", static policy => policy.RequireAssertion(static context =>
                context.Resource is HttpContext { Request.Headers: var headers } && headers.ContainsKey(Operator))));
        app.UseAuthorization();
        app.MapMultiproc(options: new DashboardOptions { UsesAuthorization = true }).RequireAuthorization("operators");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        client.BaseAddress = new Uri($"{app.Urls.Single()}/multiproc/");
        (await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead)).IsSuccessStatusCode.ShouldBeFalse();
        client.DefaultRequestHeaders.Add(Operator, "yes");
        (await FirstEvent(client)).ShouldContain($"\"pid\":{Environment.ProcessId}");
    }

    private static WebApplication Application(KeptLog log, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(static server => server.Listen(IPAddress.Loopback, 0));
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task<string> FirstEvent(HttpClient client)
    {
        using var answer = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        return await Until.Found(
            "an event", async () => await reader.ReadLineAsync() is { } line && line.StartsWith("data: ", StringComparison.Ordinal) ? line : null);
    }

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
