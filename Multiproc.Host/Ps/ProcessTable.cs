using System.Globalization;

namespace Multiproc.Host.Ps;

/// <summary>The processes of this machine at one moment.</summary>
/// <param name="Entries">The processes that could be read.</param>
/// <param name="Now">The moment, since the system was started.</param>
internal sealed record ProcessTable(IReadOnlyList<ProcessEntry> Entries, TimeSpan Now)
{
    private const int MostTries = 1000;
    private const string Folder = "/proc";
    private const string HotReloadMark = "multiproc:changed-by-hot-reload";

    /// <exception cref="IOException">There is no /proc.</exception>
    public static ProcessTable Read()
    {
        string uptime = File.ReadAllText(Path.Combine(Folder, "uptime"));
        double seconds = double.Parse(uptime.AsSpan(0, uptime.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        var entries = Directory.EnumerateDirectories(Folder).Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(Entry).OfType<ProcessEntry>();
        return new ProcessTable([.. entries], TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Reads one process; null if there is none of that number.</summary>
    /// <exception cref="IOException">It is there, but cannot be read.</exception>
    public static ProcessEntry? ReadOne(int pid)
    {
        string folder = Path.Combine(Folder, $"{pid}");
        Exception? unreadable = null;

        // A process that is just beginning another program cannot be read for a moment, but is there.
        for (int tries = 0; tries < MostTries && Directory.Exists(folder); tries++)
        {
            try
            {
                return ReadEntry(folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                unreadable = failure;
            }
        }

        return unreadable is null || !Directory.Exists(folder) ? null
            : throw new IOException($"process {pid} is there, but {folder} could not be read in {MostTries} tries: {unreadable.Message}", unreadable);
    }

    /// <summary>The program that a child belongs to; null if it has just ended.</summary>
    public ProcessEntry? RootOf(ProcessEntry child) => RootOf(child, Entries.ToDictionary(static each => each.Pid));

    /// <summary>The number of the user of this process.</summary>
    /// <exception cref="IOException">There is no /proc.</exception>
    public static int OwnUser() => UserOf(Path.Combine(Folder, "self"));

    /// <summary>The programs that have children, with all processes below each, by number.</summary>
    /// <param name="user">Only of this user; null for all.</param>
    public IReadOnlyList<RunningProgram> Programs(int? user)
    {
        var byNumber = Entries.ToDictionary(static each => each.Pid);
        var roots = Entries.Where(each => each.IsChild && (user is null || each.User == user))
            .Select(each => RootOf(each, byNumber)).OfType<ProcessEntry>().Distinct().OrderBy(static each => each.Pid);
        return [.. roots.Select(root => new RunningProgram(root, [.. Below(root.Pid, 1)]))];
    }

    private static ProcessEntry? RootOf(ProcessEntry child, Dictionary<int, ProcessEntry> byNumber)
    {
        var at = child;
        while (at.IsChild)
        {
            if (!byNumber.TryGetValue(at.Parent, out at!))
            {
                return null;
            }
        }

        return at;
    }

    private IEnumerable<RunningChild> Below(int parent, int depth) => Entries.Where(each => each.Parent == parent && each.IsChild)
        .OrderBy(static each => each.Pid).SelectMany(each => Below(each.Pid, depth + 1).Prepend(new RunningChild(each, depth)));

    private static ProcessEntry? Entry(string folder)
    {
        try
        {
            return ReadEntry(folder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has ended since the folder was listed, or belongs to somebody whose processes are hidden from this user.
            return null;
        }
    }

    private static ProcessEntry ReadEntry(string folder) =>
        ProcessEntry.Parse(File.ReadAllText(Path.Combine(folder, "stat")), File.ReadAllText(Path.Combine(folder, "cmdline")), UserOf(folder));

    /// <summary>Whether Hot Reload has changed a program, which the library then marks. False if this user may not see it.</summary>
    public static bool IsChangedByHotReload(int pid)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(Folder, $"{pid}", "fd"))
                .Any(static each => new FileInfo(each).LinkTarget?.Contains(HotReloadMark, StringComparison.Ordinal) == true);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int UserOf(string folder)
    {
        const string Mark = "Uid:";
        string path = Path.Combine(folder, "status");
        string line = File.ReadLines(path).FirstOrDefault(static each => each.StartsWith(Mark, StringComparison.Ordinal))
            ?? throw new IOException($"{path} has no line '{Mark}'.");
        return int.Parse(line[Mark.Length..].Split('\t', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}

/// <summary>A program with children.</summary>
internal sealed record RunningProgram(ProcessEntry Program, IReadOnlyList<RunningChild> Children);

/// <summary>A child, or a child of a child, at its depth.</summary>
internal sealed record RunningChild(ProcessEntry Process, int Depth);
