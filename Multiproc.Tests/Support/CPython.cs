using System.Diagnostics;

namespace Multiproc.Tests.Support;

/// <summary>A real interpreter of this machine: where it is, so that no wrapper stands in between, and which version.</summary>
internal sealed record CPython(string Executable, Version Version)
{
    private const string Question = "import sys, platform, os; print(platform.python_implementation()); print('%d.%d.%d' % sys.version_info[:3]); "
        + "print(os.path.realpath(sys.executable))";

    private static readonly string[] s_names =
        ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8", "python"];

    private static readonly Lazy<IReadOnlyList<CPython>> s_all = new(() =>
        [.. Candidates().Select(Ask).OfType<CPython>().Where(found => found.Version >= new Version(3, 8)).Distinct()]);

    /// <summary>All that were found, the one that a user would get first.</summary>
    public static IReadOnlyList<CPython> All => s_all.Value;

    /// <summary>The first one; without any the test is skipped, and says so.</summary>
    public static CPython Required()
    {
        Assert.SkipWhen(All.Count == 0, "no CPython 3.8 or newer is installed: nothing to exchange pickles with");
        return All[0];
    }

    private static IEnumerable<string> Candidates()
    {
        string versions = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv", "versions");
        return Directory.Exists(versions)
            ? s_names.Concat(Directory.GetDirectories(versions).Order(StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin", "python3")))
            : s_names;
    }

    private static CPython? Ask(string name)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(name, ["-c", Question]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var reply = process.StandardOutput.ReadToEndAsync();
            Task.WaitAll(reply, process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            return process.ExitCode == 0 && reply.Result.Split('\n', StringSplitOptions.TrimEntries) is ["CPython", var version, var executable, ..]
                ? new CPython(executable, Version.Parse(version))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No such program here: the next candidate.
        }
    }
}
