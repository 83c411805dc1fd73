using System.CommandLine;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>The options that all commands for clusters have.</summary>
internal static class CommonOptions
{
    public static Option<string> Name() => new("--name") { Description = "The name of the cluster.", DefaultValueFactory = _ => "multiproc" };

    public static Option<string> KeyFile() => new("--authkey-file")
    {
        Description = "A file with the key of the cluster, at least 16 bytes, readable only by its owner (mode 600). A line break at its end is ignored.",
        Required = true,
    };
}
