using System.Globalization;

namespace Multiproc.Benchmarks.Stress;

/// <summary>The system resources that this program has at a moment. Linux only.</summary>
internal sealed record Footprint(int Descriptors, int OwnThreads, int Threads, int RuntimeFiles, int Children)
{
    public static Footprint Now()
    {
        string[] threads = Directory.GetDirectories("/proc/self/task");
        return new Footprint(
            Directory.GetFileSystemEntries("/proc/self/fd").Count(static each => !IsAssembly(each)),
            threads.Count(static each => Read($"{each}/comm").StartsWith("multiproc", StringComparison.Ordinal)),
            threads.Length,
            RuntimeFolders().Sum(static folder => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Length),
            threads.Sum(static each => Read($"{each}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
    }

    /// <summary>Lists the resources that have grown. The framework's own threads vary: the thread pool may have a few more.</summary>
    public IEnumerable<string> Beyond(Footprint before)
    {
        const int PoolThreads = 8;
        if (Descriptors > before.Descriptors)
        {
            yield return $"{Descriptors - before.Descriptors} descriptors";
        }

        if (OwnThreads > before.OwnThreads || Threads > before.Threads + PoolThreads)
        {
            yield return $"{Math.Max(OwnThreads - before.OwnThreads, Threads - before.Threads)} threads";
        }

        if (RuntimeFiles > before.RuntimeFiles)
        {
            yield return $"{RuntimeFiles - before.RuntimeFiles} files in the runtime folder";
        }

        if (Children > before.Children)
        {
            yield return $"{Children - before.Children} children";
        }
    }

    /// <summary>Lists the processes that still run, wait to be reaped, or left files of their runtime.</summary>
    /// <param name="pids">The processes.</param>
    /// <param name="since">When the first of them was started: an older file belongs to an earlier process with the same id.</param>
    public static IEnumerable<string> Remains(IReadOnlyCollection<int> pids, DateTime since)
    {
        var files = new DirectoryInfo(Path.GetTempPath()).GetFiles().Where(file => file.LastWriteTimeUtc >= since).Select(static file => file.Name).ToList();
        foreach (int pid in pids)
        {
            if (Directory.Exists($"/proc/{pid}"))
            {
                yield return $"process {pid} in state {Read($"/proc/{pid}/stat").Split(' ').ElementAtOrDefault(2)}";
            }

            foreach (string file in files.Where(file => file.Contains(string.Create(CultureInfo.InvariantCulture, $"-{pid}-"), StringComparison.Ordinal)))
            {
                yield return $"file {file}";
            }
        }
    }

    private static IEnumerable<string> RuntimeFolders() => new[]
    {
        Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? "/nowhere", "multiproc"),
        Path.Combine(
            Path.GetTempPath(), $"multiproc-{(OperatingSystem.IsLinux() ? $"{Multiproc.Transport.Linux.SocketCalls.geteuid()}" : Environment.UserName)}"),
    }.Where(Directory.Exists);

    /// <summary>Whether the descriptor is an assembly, which the runtime opens when a method first needs it.</summary>
    private static bool IsAssembly(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.EndsWith(".dll", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // Closed since the listing.
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It has exited since the listing.
        }
    }
}
