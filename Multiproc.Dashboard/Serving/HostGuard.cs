using System.Net;
using Microsoft.AspNetCore.Http;

namespace Multiproc.Dashboard.Serving;

/// <summary>Refuses requests that come from where the dashboard is not served to, or that another site has made a browser send.</summary>
/// <param name="options">The options of the dashboard.</param>
internal sealed class HostGuard(DashboardOptions options)
{
    /// <summary>A proxy on this machine says by these that it speaks for somebody elsewhere.</summary>
    private static readonly string[] s_forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"];

    /// <returns>Why the request is refused; null if it is not.</returns>
    public string? Refusal(HttpContext context)
    {
        var request = context.Request;
        if (!options.AllowRemote && (IsRemote(context.Connection.RemoteIpAddress) || Array.Exists(s_forwarded, request.Headers.ContainsKey)))
        {
            return "The dashboard is for browsers of its own machine: use an SSH tunnel, or set DashboardOptions.AllowRemote.";
        }

        if (!IsOwnName(request.Host.Host))
        {
            return "The dashboard is not served by this name: use localhost, or add the name to DashboardOptions.AllowedHosts.";
        }

        // A browser that says nothing of it is old, or no browser.
        bool opensPage = request.Headers["Sec-Fetch-Mode"] == "navigate" && HttpMethods.IsGet(request.Method);
        return !opensPage && request.Headers["Sec-Fetch-Site"].ToString() is ("cross-site" or "same-site")
            ? "The dashboard does not answer requests of other sites."
            : null;
    }

    /// <summary>A connection without an address is one of a Unix socket or of a test.</summary>
    private static bool IsRemote(IPAddress? address) =>
        address is not null && !IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private bool IsOwnName(string name) => name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
        || options.AllowedHosts.Contains(name, StringComparer.OrdinalIgnoreCase);
}
