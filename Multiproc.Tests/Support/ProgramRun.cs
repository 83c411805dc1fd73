using System.Diagnostics;

namespace Multiproc.Tests.Support;

/// <summary>A program of this repository, run as its user would, and what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);

    /// <summary>Runs what the build of a project made, in the configuration of these tests.</summary>
    public static ProgramRun Of(string project, params string[] arguments)
    {
        using var process = Start(project, null, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{project} {string.Join(' ', arguments)} did not end within {s_bound.TotalMinutes} minutes. It printed: {output.Result}{errors.Result}");
        }

        process.WaitForExit();
        return new ProgramRun(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>The same, not waited for.</summary>
    public static Process Start(string project, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        string configuration = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";
        string program = Repository.Path(project, "bin", configuration, "net10.0", $"{Path.GetFileName(project)}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
