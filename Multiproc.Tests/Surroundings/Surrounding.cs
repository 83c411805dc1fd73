using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Surroundings;

/// <summary>
/// A place in which a program is started: shell commands that make it, variables of the environment, and what is not to work there. Each has a folder of its
/// own, $HERE, which goes with it.
/// </summary>
/// <param name="Name">What a failing test is called by.</param>
/// <param name="Make">Shell commands that run before the program, in its process.</param>
[UnsupportedOSPlatform("windows")]
public sealed record Surrounding(string Name, string Make = "")
{
    public static readonly string[] Parts = ["process", "pool", "manager", "queue", "value", "memory", "listener"];

    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(3);

    private static readonly Lazy<bool> s_mayMount = new(static () => Shell("unshare -m mount -t tmpfs none /mnt") == 0);
    private static readonly Lazy<bool> s_mayChangeUser = new(static () =>
        Shell($"setpriv --reuid 4242 --regid 4242 --clear-groups dotnet exec {Program} value") == 0);

    /// <summary>Whether <see cref="IsNameless"/> gives a user of its own, whose processes a limit counts.</summary>
    public static bool MayChangeUser => s_mayChangeUser.Value;

    /// <summary>Needs the right to mount. Where a container does not give it, <see cref="OtherwiseMake"/> makes what comes closest.</summary>
    public bool Mounts { get; init; }

    /// <summary>What takes the place of <see cref="Make"/> when nothing may be mounted.</summary>
    public string OtherwiseMake { get; init; } = "";

    /// <summary>
    /// Runs as a user who has no name and no node. Where the system does not let us, or that user may not read what these tests built, it runs without a name
    /// for its environment only.
    /// </summary>
    public bool IsNameless { get; init; }

    /// <summary>What stands before the name of the program, for example a limit.</summary>
    public string Before { get; init; } = "";

    /// <summary>Parts that fail there, each with the pattern of what is said.</summary>
    public IReadOnlyDictionary<string, string> Failing { get; init; } = new Dictionary<string, string>();

    private static string Program => Repository.Path(
        "samples/Surroundings", "bin", AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0",
        "Surroundings.dll");

    public override string ToString() => Name;

    /// <summary>Starts the program there and waits for its end.</summary>
    /// <returns>Its lines, stderr first.</returns>
    internal string Run(params string[] arguments)
    {
        var run = RunToTheEnd(arguments);
        return run.Errors + run.Output;
    }

    internal ProgramRun RunToTheEnd(params string[] arguments)
    {
        var here = Directory.CreateTempSubdirectory("surroundings-");
        try
        {
            here.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            return RunIn(here.FullName, arguments);
        }
        finally
        {
            // A row may have taken our own rights away.
            Shell($"chmod -R u+rwx '{here.FullName}'");
            here.Delete(recursive: true);
        }
    }

    private ProgramRun RunIn(string here, string[] arguments)
    {
        bool mounts = Mounts && s_mayMount.Value;
        string user = !IsNameless ? "" : s_mayChangeUser.Value ? "setpriv --reuid 4242 --regid 4242 --clear-groups " : "env -u USER -u HOME -u LOGNAME ";
        string script = $"set -e; cd \"$HERE\"; {(Mounts && !mounts ? OtherwiseMake : Make)}\nexec {user}{Before} \"$DOTNET\" exec '{Program}' "
            + $"{string.Join(' ', arguments)}";
        var start = new ProcessStartInfo(mounts ? "unshare" : "sh", mounts ? ["-m", "sh", "-c", script] : ["-c", script])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["HERE"] = here;
        start.Environment["DOTNET"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        start.Environment.Remove("XDG_RUNTIME_DIR");
        start.Environment.Remove("TMPDIR");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"The program in '{Name}' did not end within {s_bound.TotalMinutes} minutes. It printed: {output.Result}{errors.Result}");
        }

        process.WaitForExit();
        return new ProgramRun(process.ExitCode, output.Result, errors.Result);
    }

    private static int Shell(string command)
    {
        using var process = Process.Start(
            new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
