using System.Globalization;
using System.Text;
using Multiproc.Host.Commands;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Interprets the arguments of the node command.</summary>
internal static class NodeArguments
{
    /// <summary>The folder for code of other nodes, unless another is given: of this user, and kept when the node ends.</summary>
    public static string CodeFolder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "multiproc", "code");

    /// <exception cref="ArgumentException">The text is no storage.</exception>
    /// <exception cref="IOException">The file of the connection string cannot be read, or other users can read it.</exception>
    public static ClusterStorage ParseStorage(string text) => text.Split(':', 2) switch
    {
        ["sqlite", { Length: > 0 } path] => ClusterStorage.Sqlite(path),
        ["postgresql", { Length: > 0 } file] => ClusterStorage.PostgreSql(Encoding.UTF8.GetString(KeyFile.Read(file))),
        _ => throw new ArgumentException($"'{text}' is no storage: write sqlite:PATH, or postgresql:FILE with a file that has the connection string."),
    };

    /// <exception cref="ArgumentException">The text is no way to find nodes.</exception>
    public static ClusterDiscovery ParseDiscovery(string text) => text.Split(':') switch
    {
        ["storage"] => ClusterDiscovery.Storage,
        ["dns", { Length: > 0 } name, var port] => ClusterDiscovery.Dns(name, ParsePort(port)),
        ["env"] => ClusterDiscovery.EnvironmentVariable(),
        ["env", { Length: > 0 } variable] => ClusterDiscovery.EnvironmentVariable(variable),
        ["akka", { Length: > 0 } method, { Length: > 0 } service] => ClusterDiscovery.Akka(method, service),
        ["akka", { Length: > 0 } method, { Length: > 0 } service, var port] => ClusterDiscovery.Akka(method, service, ParsePort(port)),
        _ => throw new ArgumentException(
            $"'{text}' is no way to find nodes: write storage, dns:NAME:PORT, env, env:VARIABLE, akka:METHOD:SERVICE or akka:METHOD:SERVICE:PORT."),
    };

    private static int ParsePort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0
        ? port
        : throw new ArgumentException($"'{text}' is no port: write a number from 1 to 65535.");
}
