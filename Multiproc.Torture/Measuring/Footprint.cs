using System.Globalization;

namespace Multiproc.Torture.Measuring;

/// <summary>The system resources that this program has at a moment. Linux only.</summary>
internal sealed record Footprint(int Descriptors, int OwnThreads, int Threads, int RuntimeFiles, int Children)
{
    private static readonly char[] s_digits = [.. "0123456789"];
    private IReadOnlyList<string> _links = [];
    private IReadOnlyList<string> _children = [];

    public static Footprint Now()
    {
        string[] threads = Directory.GetDirectories("/proc/self/task");
        string[] links = [.. Directory.GetFileSystemEntries("/proc/self/fd").Where(static each => !IsAssembly(each)).Select(Target)];
        string[] children = [.. threads.SelectMany(static each => Read($"{each}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        return new Footprint(
            links.Length,
            threads.Count(static each => Read($"{each}/comm").StartsWith("multiproc", StringComparison.Ordinal)),
            threads.Length,
            RuntimeFolders().Sum(static folder => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Length),
            children.Length) { _links = links, _children = children };
    }

    /// <summary>Lists the resources that have grown. The framework's own threads vary: the thread pool may have a few more.</summary>
    public IEnumerable<string> Beyond(Footprint before)
    {
        const int PoolThreads = 8;
        if (Descriptors > before.Descriptors)
        {
            var more = _links.CountBy(static link => link).Select(each => (each.Key, Count: each.Value - before._links.Count(link => link == each.Key)));
            yield return $"{Descriptors - before.Descriptors} descriptors: "
                + string.Join(", ", more.Where(static each => each.Count > 0).Select(static each => $"{each.Count} of {each.Key}"));
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
            yield return $"{Children - before.Children} children: {string.Join(", ", _children.Select(static pid => $"{pid} {CommandOf(pid)}"))}";
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

    private static string CommandOf(string pid) => Read($"/proc/{pid}/cmdline").Replace('\0', ' ');

    /// <summary>What a descriptor leads to, without its number: a kind of socket or a file.</summary>
    private static string Target(string descriptor)
    {
        try
        {
            return string.Concat((File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name ?? "nothing").Split(s_digits));
        }
        catch (IOException)
        {
            return "closed"; // Since the listing.
        }
    }

    /// <summary>Whether the descriptor is an assembly or its symbols, which the runtime opens when a method, or a stack trace, first needs it.</summary>
    private static bool IsAssembly(string descriptor)
    {
        try
        {
            return Path.GetExtension(File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name) is ".dll" or ".pdb";
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
