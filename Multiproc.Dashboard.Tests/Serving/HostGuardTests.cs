using System.Net;
using Microsoft.AspNetCore.Http;
using Multiproc.Dashboard.Serving;

namespace Multiproc.Dashboard.Tests.Serving;

/// <summary>Requests that the dashboard answers, by where they come from and by the name they were sent to.</summary>
public sealed class HostGuardTests
{
    private static readonly DashboardOptions s_default = new();
    private static readonly DashboardOptions s_remote = new() { AllowRemote = true, AllowedHosts = ["jobs.example.org"] };

    [Theory]
    [InlineData("localhost", "127.0.0.1", true)]
    [InlineData("localhost:8080", "::1", true)]
    [InlineData("127.0.0.1:8080", "::ffff:127.0.0.1", true)]
    [InlineData("[::1]:8080", "::1", true)]
    [InlineData("localhost", "10.0.0.7", false)]
    [InlineData("localhost", "::ffff:10.0.0.7", false)]
    [InlineData("attacker.example", "127.0.0.1", false)]
    [InlineData("localhost.attacker.example", "127.0.0.1", false)]
    [InlineData("127.0.0.1.attacker.example", "127.0.0.1", false)]
    [InlineData("", "127.0.0.1", false)]
    public void Request_ByDefault_IsOfThisMachineAndByItsName(string host, string remote, bool isAnswered) =>
        (Refusal(s_default, host, remote) is null).ShouldBe(isAnswered);

    [Theory]
    [InlineData("jobs.example.org", true)]
    [InlineData("JOBS.example.org:443", true)]
    [InlineData("other.example.org", false)]
    public void Request_FromAnotherMachine_IsAnsweredByTheNamesThatAreAllowed(string host, bool isAnswered) =>
        (Refusal(s_remote, host, "10.0.0.7") is null).ShouldBe(isAnswered);

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    public void Request_ThatAProxyOfThisMachinePassesOn_IsOneFromElsewhere(string header)
    {
        Refusal(s_default, "localhost", "127.0.0.1", (header, "10.0.0.7")).ShouldNotBeNull();
        Refusal(s_remote, "localhost", "127.0.0.1", (header, "10.0.0.7")).ShouldBeNull();
    }

    [Theory]
    [InlineData("cross-site", "cors", false)]
    [InlineData("same-site", "no-cors", false)]
    [InlineData("same-origin", "cors", true)]
    [InlineData("none", "navigate", true)]
    [InlineData("cross-site", "navigate", true)] // A link to the page, which has no data in it.
    public void Request_OfAnotherSite_IsRefused(string site, string mode, bool isAnswered) =>
        (Refusal(s_default, "localhost", "127.0.0.1", ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode)) is null).ShouldBe(isAnswered);

    private static string? Refusal(DashboardOptions options, string host, string remote, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Host = new HostString(host);
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return new HostGuard(options).Refusal(context);
    }
}
