using System.Diagnostics;

namespace Multiproc.Tests.Connections;

/// <summary>The CPythons of this machine, one of each version: those on the path, and those that pyenv installed.</summary>
internal static class Interpreter
{
    private const int OldestMinor = 8;
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);
    private static readonly Lazy<SortedDictionary<int, string>> s_found = new(Find);

    /// <summary>
    /// Rows of a theory: "3.11" and so on; a single null when there is none, for a test that then skips. The oldest and the newest one, unless the variable
    /// MULTIPROC_ALL_PYTHONS is set: six of them take minutes.
    /// </summary>
    public static TheoryData<string?> Versions => s_found.Value.Count == 0
        ? [(string?)null]
        : [.. Chosen(s_found.Value.Keys).Select(static minor => $"3.{minor}")];

    /// <summary>The newest version; null when there is none.</summary>
    public static string? Newest => s_found.Value.Count == 0 ? null : $"3.{s_found.Value.Keys.Last()}";

    private static IEnumerable<int> Chosen(IReadOnlyCollection<int> minors) =>
        Environment.GetEnvironmentVariable("MULTIPROC_ALL_PYTHONS") is null ? new[] { minors.First(), minors.Last() }.Distinct() : minors;

    /// <summary>Starts a program; its output is read by the caller.</summary>
    public static Process Start(string? version, string program, params string[] arguments)
    {
        Assert.SkipWhen(version is null, "there is no python3 of version 3.8 or later on this machine");
        return Launch(s_found.Value[int.Parse(version![2..])], program, arguments);
    }

    /// <summary>The program of a version.</summary>
    public static string PathOf(string? version)
    {
        Assert.SkipWhen(version is null, "there is no python3 of version 3.8 or later on this machine");
        return s_found.Value[int.Parse(version![2..])];
    }

    /// <summary>Starts a program from a file, so that its own children can import it.</summary>
    public static Process StartFile(string? version, string file, params string[] arguments)
    {
        Assert.SkipWhen(version is null, "there is no python3 of version 3.8 or later on this machine");
        return Process.Start(new ProcessStartInfo(s_found.Value[int.Parse(version![2..])], [file, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
    }

    /// <summary>Waits for the end of a program that should end well.</summary>
    public static void ShouldEnd(this Process process)
    {
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_bound))
        {
            process.Kill();
            throw new TimeoutException($"The Python program did not end. Its stderr: {errors.Result}");
        }

        process.ExitCode.ShouldBe(0, errors.Result);
    }

    private static SortedDictionary<int, string> Find()
    {
        string node = Environment.GetEnvironmentVariable("PYENV_ROOT") ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv");
        string versions = Path.Combine(node, "versions");
        var installed = Directory.Exists(versions)
            ? Directory.EnumerateDirectories(versions).Select(static each => Path.Combine(each, "bin", "python3")).Where(File.Exists)
            : [];
        string[] onPath = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(static folder =>
                Enumerable.Range(OldestMinor, 10).Select(minor => Path.Combine(folder, $"python3.{minor}")).Prepend(Path.Combine(folder, "python3")))
            .Where(File.Exists)];
        var found = new SortedDictionary<int, string>();
        foreach (string program in onPath.Concat(installed))
        {
            if (MinorOf(program) is { } minor and >= OldestMinor)
            {
                found.TryAdd(minor, program);
            }
        }

        return found;
    }

    /// <summary>Null when it is none of ours: some of the names are mere pointers to versions that are not installed.</summary>
    private static int? MinorOf(string program)
    {
        using var process = Launch(program, "import sys; print(sys.version_info[1])");
        string reply = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return int.TryParse(reply, out int minor) ? minor : null;
    }

    private static Process Launch(string program, string code, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, ["-c", code, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
}
