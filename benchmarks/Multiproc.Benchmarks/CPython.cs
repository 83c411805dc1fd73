using System.Text.Json;

namespace Multiproc.Benchmarks;

/// <summary>Finds a CPython interpreter: candidates on PATH report the path of their executable, so that no wrapper's start-up time is measured.</summary>
internal sealed record CPython(string Executable, string Version)
{
    private const string Question = "import sys, platform, os; print(platform.python_implementation()); print(platform.python_version()); "
        + "print(os.path.realpath(sys.executable))";

    public static CPython? Find()
    {
        foreach (string name in new[] { "python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8", "python" })
        {
            if (Programs.TryRun(name, ["-c", Question]) is { } reply
                    && reply.Split('\n', StringSplitOptions.TrimEntries) is ["CPython", var version, var executable, ..])
            {
                return new CPython(executable, version);
            }
        }

        return null;
    }

    public double Measure(string row)
    {
        using var reply = JsonDocument.Parse(Programs.Run(Executable, [Script(), row, "--json", "--repeat", "1"]));
        return reply.RootElement.GetProperty("rows")[0].GetProperty("median").GetDouble();
    }

    private static string Script() => Path.Combine(AppContext.BaseDirectory, "peers", "python_peer.py");
}
