using System.ComponentModel;
using System.Diagnostics;

namespace Multiproc.Benchmarks;

/// <summary>Runs a program to its end and returns its output.</summary>
internal static class Programs
{
    public static string Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }

    public static string? TryRun(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Run(program, arguments);
        }
        catch (Exception missing) when (missing is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
