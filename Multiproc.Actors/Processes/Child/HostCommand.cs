using System.Runtime.InteropServices;

namespace Multiproc.Processes;

/// <summary>
/// The command line of a child: <c>dotnet exec --runtimeconfig APP --depsfile APP Multiproc.Host.dll child</c>. So the child
/// has the app's own runtime, settings and dependencies, also when the app is run by a test runner.
/// </summary>
internal sealed record HostCommand(string Dotnet, string RuntimeConfig, string DepsFile, string Host)
{
    private static HostCommand? s_current;
    private static string? s_executable;

    /// <summary>Gets the command for children of this program; it is determined once.</summary>
    /// <exception cref="ProcessStartException">A file is missing; the message says which one and where it was expected.</exception>
    public static HostCommand Current => s_current ??= Find();

    /// <summary>Replaces dotnet, or, for a single-file program, its own executable, by another program.</summary>
    public static void SetExecutable(string path)
    {
        s_executable = path;
        s_current = null;
    }

    public string[] Arguments(string verb) => Host.Length > 0
        ? [Dotnet, "exec", "--runtimeconfig", RuntimeConfig, "--depsfile", DepsFile, Host, verb]
        : [Dotnet, FrozenApp.Mark, verb];

    private static HostCommand Find()
    {
        if (FrozenApp.IsFrozen)
        {
            return new HostCommand(Existing("the program itself", s_executable ?? Environment.ProcessPath!, "call Mp.SetExecutable"), "", "", Host: "");
        }

        string deps = FirstDepsFile();
        string config = string.Concat(deps.AsSpan(0, deps.Length - ".deps.json".Length), ".runtimeconfig.json");
        string host = Path.Combine(AppContext.BaseDirectory, "Multiproc.Host.dll");
        return new HostCommand(
            Existing("the dotnet program", s_executable ?? DotnetPath(), "install the .NET runtime or call Mp.SetExecutable"),
            Existing("the app's runtime settings", config, "build the app as an executable project"),
            deps,
            Existing("the program that children run", host, "reference the project or package Multiproc.Host"));
    }

    private static string FirstDepsFile()
    {
        // The list is separated by ';'; the app's own file comes first, then those of the frameworks.
        if (AppContext.GetData("APP_CONTEXT_DEPS_FILES") is string { Length: > 0 } list)
        {
            int end = list.IndexOf(';', StringComparison.Ordinal);
            string first = end < 0 ? list : list[..end];
            if (first.EndsWith(".deps.json", StringComparison.Ordinal))
            {
                return first;
            }
        }

        throw new ProcessStartException(
            "Cannot start processes: this program has no .deps.json file beside it, from which its children would read its dependencies. "
            + "Build it as an ordinary project.");
    }

    private static string DotnetPath()
    {
        if (Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet")
        {
            return path;
        }

        // The app was started by its own executable: its runtime is in ROOT/shared/NAME/VERSION/.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }

    private static string Existing(string what, string path, string advice) => File.Exists(path)
        ? path
        : throw new ProcessStartException($"Cannot start processes: {what} is not at {path}; {advice}.");
}
