using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Multiproc.Benchmarks.PythonManagers;

/// <summary>Measures Python clients with a manager of this library and with CPython's own, in turn, over Unix sockets.</summary>
internal static class ManagerComparison
{
    public static int Run(int rounds, double seconds, DirectoryInfo output)
    {
        if (CPython.Find() is not { } python)
        {
            Console.Error.WriteLine("python-manager: there is no CPython on the PATH.");
            return 1;
        }

        string key = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        string socket = Path.Combine(Path.GetTempPath(), $"mp-{Guid.NewGuid():N}");
        using var manager = Mp.Manager();
        using var ours = manager.ServePython(null, Convert.FromHexString(key));
        using var theirs = Process.Start(
            new ProcessStartInfo(python.Executable, [Script(), "serve", socket, key]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            theirs.StandardOutput.ReadLine();
            Write(output, python, rounds, Measured(python, [ours.Address, socket], key, rounds, seconds));
            return 0;
        }
        finally
        {
            theirs.Kill();
            theirs.WaitForExit();
            File.Delete(socket);
        }
    }

    private static string Script() => Path.Combine(AppContext.BaseDirectory, "peers", "python_manager.py");

    /// <summary>Calls per second, by row: here and there.</summary>
    private static Dictionary<string, List<double>[]> Measured(CPython python, string[] addresses, string key, int rounds, double seconds)
    {
        var rows = new Dictionary<string, List<double>[]>();
        for (int round = 0; round < rounds; round++)
        {
            for (int side = 0; side < addresses.Length; side++)
            {
                string[] arguments = [Script(), "measure", addresses[side], key, seconds.ToString(CultureInfo.InvariantCulture)];
                foreach (var (row, rate) in JsonSerializer.Deserialize<Dictionary<string, double>>(Programs.Run(python.Executable, arguments))!)
                {
                    rows.TryAdd(row, [[], []]);
                    rows[row][side].Add(rate);
                }
            }
        }

        return rows;
    }

    private static void Write(DirectoryInfo output, CPython python, int rounds, Dictionary<string, List<double>[]> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"# A manager for Python clients, beside CPython {python.Version}'s own");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Medians of {rounds} rounds, in turn; Unix sockets; the clients are the same CPython.");
        text.AppendLine();
        text.AppendLine("| row | Multiproc, 1/s | CPython, 1/s | ratio |");
        text.AppendLine("|---|---:|---:|---:|");
        foreach (var (row, sides) in rows)
        {
            double[] medians = [.. sides.Select(Medians.Of)];
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row} | {medians[0]:#,0} | {medians[1]:#,0} | {medians[0] / medians[1]:0.0}x |");
        }

        Console.Write(text);
        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(output.FullName, $"python-manager-{date}.md"), text.ToString());
    }
}
