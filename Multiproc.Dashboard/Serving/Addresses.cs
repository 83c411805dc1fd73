using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Multiproc.Dashboard.Serving;

/// <summary>The addresses that a person opens the dashboard by.</summary>
internal static class Addresses
{
    /// <summary>The token stands behind the '#', which browsers do not send and servers do not log.</summary>
    public static string Of(IServer server, string pattern, string token) => string.Join(
        " and ",
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(address =>
            $"{Reachable(address)}/{Joined(pattern)}#{Uri.EscapeDataString(token)}"));

    /// <summary>What listens at all addresses is opened by that of this machine.</summary>
    private static string Reachable(string address) => address.TrimEnd('/').Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
        .Replace("://[::]", "://localhost", StringComparison.Ordinal).Replace("://*", "://localhost", StringComparison.Ordinal)
        .Replace("://+", "://localhost", StringComparison.Ordinal);

    private static string Joined(string pattern) => pattern.Trim('/') is { Length: > 0 } path ? $"{path}/" : "";
}
