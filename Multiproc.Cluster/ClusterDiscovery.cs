using Akka.Actor;
using Akka.Discovery;
using Multiproc.Cluster.Admission;

namespace Multiproc;

/// <summary>
/// How a node finds others to join, where their addresses are not known beforehand. Nodes that find nobody begin a cluster; of those that do so together, the
/// storage chooses one, and the others join it. Addresses that are found must be those that nodes have as <see cref="ClusterOptions.Host"/>.
/// </summary>
/// <example>
/// <code>
/// var options = new ClusterOptions { Host = ip, Port = 4053, Discovery = ClusterDiscovery.Dns("jobs.internal", 4053), … };
/// </code>
/// </example>
public sealed class ClusterDiscovery
{
    /// <summary>The variable that <see cref="EnvironmentVariable"/> reads unless it is given another one.</summary>
    public const string DefaultVariable = "MULTIPROC_CLUSTER_SEEDS";

    private static readonly TimeSpan s_lookUp = TimeSpan.FromSeconds(5);

    private readonly string _text;
    private readonly Func<ActorSystem, JournalClaim, CancellationToken, Task<IReadOnlyList<string>>> _find;

    private ClusterDiscovery(string text, Func<ActorSystem, JournalClaim, CancellationToken, Task<IReadOnlyList<string>>> find) =>
        (_text, _find) = (text, find);

    /// <summary>Joins nodes that use the same storage: each has an entry there while it runs. Nothing else needs to be known.</summary>
    public static ClusterDiscovery Storage { get; } = new("storage", static (_, claim, cancellation) => claim.NodesAsync(cancellation));

    /// <summary>Joins the addresses that a name has in DNS, as a headless service of Kubernetes or Docker Compose, or a record with several addresses.
    /// Nodes have their IP addresses as <see cref="ClusterOptions.Host"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="port">The port of the nodes, the same at all addresses.</param>
    /// <returns>The discovery.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not from 1 to 65535.</exception>
    public static ClusterDiscovery Dns(string name, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return new ClusterDiscovery($"dns:{name}:{port}", (_, _, cancellation) => ResolveAsync(name, port, cancellation));
    }

    /// <summary>Joins the addresses of an environment variable, each "host:port", with commas between. Read again while nobody answers.</summary>
    /// <param name="variable">The variable.</param>
    /// <returns>The discovery.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static ClusterDiscovery EnvironmentVariable(string variable = DefaultVariable)
    {
        ArgumentException.ThrowIfNullOrEmpty(variable);
        return new ClusterDiscovery($"env:{variable}", (_, _, _) => Task.FromResult<IReadOnlyList<string>>(
            (Environment.GetEnvironmentVariable(variable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>
    /// Joins what a method of Akka.Discovery finds: "config", "aggregate", or one of a package that the program references, such as "kubernetes-api" of
    /// Akka.Discovery.KubernetesApi. All settings of the method, its class included, are given in <see cref="ClusterOptions.Hocon"/>.
    /// </summary>
    /// <param name="method">The method, which has a section <c>akka.discovery.METHOD</c>.</param>
    /// <param name="service">The name of the service to look up.</param>
    /// <param name="port">The port of nodes for which the method finds none; 0 when it finds all.</param>
    /// <returns>The discovery.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static ClusterDiscovery Akka(string method, string service, int port = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentException.ThrowIfNullOrEmpty(service);
        return new ClusterDiscovery($"akka:{method}:{service}", (system, _, _) => LookUpAsync(system, method, service, port));
    }

    /// <summary>Returns how nodes are found.</summary>
    /// <returns>For example "dns:jobs.internal:4053".</returns>
    public override string ToString() => _text;

    internal Task<IReadOnlyList<string>> FindAsync(ActorSystem system, JournalClaim claim, CancellationToken cancellation) =>
        _find(system, claim, cancellation);

    private static async Task<IReadOnlyList<string>> ResolveAsync(string name, int port, CancellationToken cancellation)
    {
        try
        {
            return [.. (await System.Net.Dns.GetHostAddressesAsync(name, cancellation).ConfigureAwait(false)).Select(each => $"{each}:{port}")];
        }
        catch (System.Net.Sockets.SocketException none) when (none.SocketErrorCode
            is System.Net.Sockets.SocketError.HostNotFound or System.Net.Sockets.SocketError.NoData or System.Net.Sockets.SocketError.TryAgain)
        {
            // No node is there yet: a headless service has no name before.
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> LookUpAsync(ActorSystem system, string method, string service, int port)
    {
        ServiceDiscovery discovery;
        try
        {
            discovery = Discovery.Get(system).LoadServiceDiscovery(method);
        }
        catch (Exception unknown) when (unknown is not OperationCanceledException)
        {
            throw new ArgumentException(
                $"Akka.Discovery has no method '{method}': reference the package that has it, and give its settings as akka.discovery.{method} "
                + $"in ClusterOptions.Hocon. {unknown.Message}",
                unknown);
        }

        try
        {
            var found = await discovery.Lookup(service, s_lookUp).ConfigureAwait(false);
            return [.. found.Addresses.Select(each => $"{each.Address?.ToString() ?? each.Host}:{each.Port ?? port}")];
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MultiprocException($"Looking up '{service}' by {method} of Akka.Discovery failed: {failure.GetBaseException().Message}.", failure);
        }
    }
}
