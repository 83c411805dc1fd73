using System.Runtime.InteropServices;

namespace Multiproc.Processes;

/// <summary>
/// The command line of a child: <c>dotnet exec --runtimeconfig APP --depsfile APP Multiproc.Host.dll child</c>. So the child
/// has the app's own runtime, settings and dependencies, also when the app is run by a test runner. A program that brings no <c>dotnet</c> runs itself, and a
/// startup hook takes the child before its Main.
/// </summary>
internal sealed record HostCommand(string Dotnet, string RuntimeConfig, string DepsFile, string Host)
{
    private const string HostFile = "Multiproc.Host.dll";

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

    /// <summary>Whether the program's own executable is run.</summary>
    public bool IsProgramItself => Host.Length == 0;

    /// <summary>Whether the runtime must be told of the hook that takes the child.</summary>
    public bool NeedsHook => IsProgramItself && FrozenApp.HasHooks;

    public string[] Arguments(string verb) => !IsProgramItself
        ? [Dotnet, "exec", "--runtimeconfig", RuntimeConfig, "--depsfile", DepsFile, Host, verb]
        : [Dotnet, FrozenApp.Mark, verb];

    private static HostCommand Find()
    {
        if (FrozenApp.IsFrozen)
        {
            return new HostCommand(
                Existing("the program itself", s_executable ?? Environment.ProcessPath!, "call Mp.SetExecutable"), "",
                FrozenApp.IsSingleFile ? "" : FirstDepsFile(), Host: "");
        }

        string deps = FirstDepsFile();
        string config = string.Concat(deps.AsSpan(0, deps.Length - ".deps.json".Length), ".runtimeconfig.json");
        return new HostCommand(
            Existing("the dotnet program", s_executable ?? DotnetPath(), "install the .NET runtime or call Mp.SetExecutable"),
            Existing("the app's runtime settings", config, "build the app as an executable project"),
            deps,
            Existing("the program that children run", HostPath(), "reference the package Multiproc, or the project Multiproc.Host beside the library"));
    }

    /// <summary>Beside the program; a program that runs its packages from where they were restored has it beside the library.</summary>
    private static string HostPath()
    {
        string expected = Path.Combine(AppContext.BaseDirectory, HostFile);
        if (File.Exists(expected))
        {
            return expected;
        }

        string beside = Path.Combine(Path.GetDirectoryName(typeof(HostCommand).Assembly.Location)!, HostFile);
        return File.Exists(beside) ? beside : expected;
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
