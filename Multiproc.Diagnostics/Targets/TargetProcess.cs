using Multiproc.Host.Ps;

namespace Multiproc.Diagnostics.Targets;

/// <summary>A running .NET process of this user.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Name">What it is called: the name of a child, such as PoolWorker-3, else that of the program.</param>
/// <param name="Program">The program that it is a child of, with its number; null if it is none.</param>
internal sealed record TargetProcess(int Pid, string Name, string? Program)
{
    private const string TemporaryFolder = "TMPDIR";

    /// <summary>Finds a process, and makes its runtime reachable.</summary>
    /// <exception cref="TargetException">There is none, it is another user's, or it does not run .NET.</exception>
    public static TargetProcess Find(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return FindElsewhere(pid);
        }

        if (ProcessTable.ReadOne(pid) is not { } entry)
        {
            throw new NoSuchProcessException(pid);
        }

        if (entry.User != ProcessTable.OwnUser())
        {
            throw new ForeignProcessException(pid, entry.Name);
        }

        RequireDotnet(entry);
        var table = ProcessTable.Read();
        return new TargetProcess(pid, entry.Label, entry.IsChild && table.RootOf(entry) is { } root ? $"{root.Name} ({root.Pid})" : null);
    }

    private static TargetProcess FindElsewhere(int pid)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            return Microsoft.Diagnostics.NETCore.Client.DiagnosticsClient.GetPublishedProcesses().Contains(pid)
                ? new TargetProcess(pid, process.ProcessName, null)
                : throw new NotDotnetException($"process {pid} ({process.ProcessName}) does not run .NET, or is another user's.");
        }
        catch (ArgumentException gone)
        {
            throw new NoSuchProcessException(pid, gone);
        }
    }

    /// <summary>The runtime of a process listens at a socket in the temporary folder of that process, which may have another one than this.</summary>
    private static void RequireDotnet(ProcessEntry entry)
    {
        string folder = EnvironmentOf(entry.Pid, TemporaryFolder) ?? "/tmp";
        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"dotnet-diagnostic-{entry.Pid}-*-socket").Any())
        {
            Environment.SetEnvironmentVariable(TemporaryFolder, folder);
            return;
        }

        throw new NotDotnetException(HasRuntime(entry.Pid)
            ? $"process {entry.Pid} ({entry.Label}) runs .NET, but its runtime has no diagnostic port in {folder}: it was started with "
                + "DOTNET_EnableDiagnostics=0, or in a container of its own."
            : $"process {entry.Pid} ({entry.Label}) does not run .NET.");
    }

    private static bool HasRuntime(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/maps").Any(static line => line.Contains("coreclr", StringComparison.Ordinal));
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string? EnvironmentOf(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0')
                .FirstOrDefault(each => each.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
