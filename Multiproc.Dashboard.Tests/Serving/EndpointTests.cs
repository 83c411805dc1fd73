using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;

namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>The requests that the dashboard answers, over HTTP.</summary>
public sealed class EndpointTests
{
    private static readonly string[] s_files = ["", "dashboard.css", "dashboard.js", "icon.svg"];

    private readonly FixedSource _source = new(new Sight(4711, Views.Program(4711, Views.Process(4711, name: "<script>"))));

    [Fact]
    public async Task Data_WithoutTheToken_IsRefused()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source);
        (await dashboard.Events()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await dashboard.Client.GetAsync("session")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await dashboard.Login("another token")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await dashboard.Events()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _source.Looks.ShouldBe(0, "nobody was there who may see anything");
    }

    [Fact]
    public async Task Login_WithTheToken_GivesASessionThatNoScriptAndNoOtherSiteHas()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source, pattern: "/ops/multiproc");
        using var answer = await dashboard.Login();
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        string cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().ToLowerInvariant();
        cookie.ShouldContain("; httponly");
        cookie.ShouldContain("; samesite=strict");
        cookie.ShouldContain("; path=/ops/multiproc");
        cookie.ShouldNotContain(DashboardUnderTest.Token);
        (await dashboard.Client.GetAsync("session")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Events_AfterLogin_TellWhatTheProgramTells()
    {
        await using var dashboard = await DashboardUnderTest.Start(
            _source, new DashboardOptions { Token = DashboardUnderTest.Token, Interval = TimeSpan.FromMilliseconds(100) });
        await dashboard.Login();
        using var answer = await dashboard.Events();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        for (int event_ = 1; event_ <= 2; event_++)
        {
            (await reader.ReadLineAsync())!.ShouldBe($"id: {event_}");
            string data = (await reader.ReadLineAsync())!;
            data.ShouldStartWith("data: {");
            data.ShouldNotContain("<script>", Case.Insensitive, "JSON does not need markup either");
            using var json = JsonDocument.Parse(data["data: ".Length..]);
            json.RootElement.GetProperty("programs")[0].GetProperty("view").GetProperty("processes")[0].GetProperty("name").GetString().ShouldBe("<script>");
            (await reader.ReadLineAsync()).ShouldBe("");
        }
    }

    [Fact]
    public async Task Viewers_MoreThanAllowed_AreToldToTryLater()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source, new DashboardOptions { Token = DashboardUnderTest.Token, MaxViewers = 1 });
        await dashboard.Login();
        var first = await dashboard.Events();
        (await dashboard.Events()).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await dashboard.Client.GetAsync("session")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        first.Dispose();
        await Until.Found("a place that a viewer has left", async () =>
        {
            var next = await dashboard.Events();
            return next.StatusCode == HttpStatusCode.OK ? next : null;
        });
    }

    [Fact]
    public async Task Viewer_ThatIsConnected_DoesNotHoldUpTheEndOfTheProgram()
    {
        var dashboard = await DashboardUnderTest.Start(_source);
        await dashboard.Login();
        using var answer = await dashboard.Events();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldNotBeNull();
        await dashboard.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Page_IsOfItselfOnly_AndHasNoInlineScript()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source, pattern: "/multiproc");
        using var withoutSlash = await dashboard.Client.GetAsync(new Uri(dashboard.Page.ToString().TrimEnd('/')));
        withoutSlash.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        withoutSlash.Headers.Location!.ToString().ShouldBe("/multiproc/");
        foreach (string file in s_files)
        {
            using var answer = await dashboard.Client.GetAsync(file);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldNotContain("unsafe");
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            string text = await answer.Content.ReadAsStringAsync();
            text.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal)
                .ShouldNotContain("http", Case.Sensitive, $"{file} needs nothing from elsewhere");
            text.ShouldNotContain("innerHTML");
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", """{"token":"a token of a test"}""", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", """{"token":"a token of a test"}""", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "{", HttpStatusCode.Unauthorized)]
    [InlineData("application/json", "[1]", HttpStatusCode.Unauthorized)]
    [InlineData("application/json", """{"token":1}""", HttpStatusCode.Unauthorized)]
    public async Task Login_InAnotherForm_IsRefused(string type, string body, HttpStatusCode status)
    {
        await using var dashboard = await DashboardUnderTest.Start(_source);
        (await dashboard.Client.PostAsync("login", new StringContent(body, Encoding.UTF8, type))).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Login_OfManyBytes_IsRefusedUnread()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source);
        (await dashboard.Login(new string('x', 5000))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Name_OfSomebodyElse_GetsNothing()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source);
        using var request = new HttpRequestMessage(HttpMethod.Get, "") { Headers = { Host = "attacker.example" } };
        using var answer = await dashboard.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("AllowedHosts");
    }

    [Fact]
    public async Task Requests_ThatCouldChangeSomething_AreTheLoginOnly()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source);
        var writes = dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static each => each.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Any(static method => method != "GET"))
            .Select(static each => each.RoutePattern.RawText!.Trim('/'));
        writes.ShouldBe(["login"]);
    }

    [Fact]
    public async Task Authorization_LeftToAnApplicationThatRequiresNone_RefusesAll()
    {
        await using var dashboard = await DashboardUnderTest.Start(_source, new DashboardOptions { UsesAuthorization = true });
        (await dashboard.Events()).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await dashboard.Login("")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
