using System.Runtime.Loader;

namespace Multiproc.Host.Commands;

/// <summary>
/// Runs a command that a user typed. The parser of command lines is a resource of this assembly, since the host lies beside each program that uses the
/// library: as a dependency it would be one of every such program, which may want another version.
/// </summary>
internal static class UserCommand
{
    private const string Parser = "System.CommandLine";

    public static int Run(string[] args)
    {
        AssemblyLoadContext.Default.Resolving += static (context, wanted) =>
        {
            if (wanted.Name != Parser)
            {
                return null;
            }

            using var assembly = typeof(UserCommand).Assembly.GetManifestResourceStream($"{Parser}.dll")!;
            return context.LoadFromStream(assembly);
        };
        return args switch
        {
            ["dashboard", ..] => DashboardProgram.Run(),
            ["node" or "cluster" or "torture" or "top" or "stack" or "dump" or "torture-burn" or "torture-small-memory", ..] => ClusterProgram.Run(args),
            _ => CommandLine.Run(args),
        };
    }
}
