using System.Diagnostics;

namespace Multiproc.SharedMemory;

/// <summary>
/// The folder of sockets (and of segments where memory must have a name): one per user, private to that user. A file's name
/// begins with the process id of its owner, so that the files of dead processes are found and removed.
/// </summary>
/// <remarks>
/// The first usable of several locations is taken: the user's own runtime folder, the folder for temporary files, and those that every system has. A path may
/// be too long for the address of a socket, read-only, full, or created by another user. It may also be deleted at run time, so it is checked again before each
/// use.
/// </remarks>
internal static class RuntimeFolder
{
    /// <summary>The room for a path in the address of a socket, on the most restrictive system.</summary>
    private const int LongestSocket = 103;

    /// <summary>The longest name that <see cref="NewFile"/> makes, with its slash.</summary>
    private const int LongestName = 38;

    private static readonly Lock s_gate = new();
    private static string? s_path;
    private static int s_lastFile;
    private static int s_swept;

    /// <exception cref="MultiprocException">No location is usable; the message says what is wrong with each.</exception>
    public static string Path
    {
        get
        {
            lock (s_gate)
            {
                return s_path = s_path is { } known && IsUsable(known) ? known : Choose(Places());
            }
        }
    }

    /// <summary>The user's part of names: the user id, since a user name may be missing, or may mean another user in another container.</summary>
    public static string UserMark => OperatingSystem.IsWindows() ? Environment.UserName : $"{Linux.FileCalls.geteuid()}";

    /// <summary>Returns the path of a new file with an unused name.</summary>
    /// <exception cref="MultiprocException">No location is usable.</exception>
    public static string NewFile(string extension) =>
        System.IO.Path.Combine(Path, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..12]}-{Interlocked.Increment(ref s_lastFile)}{extension}");

    /// <summary>Returns the path of the socket of a process's node, which others can tell from the id alone.</summary>
    /// <exception cref="MultiprocException">No location is usable.</exception>
    public static string SocketOf(int pid, Guid node) => System.IO.Path.Combine(Path, $"{pid}-{node.ToString("N")[..16]}.sock");

    /// <summary>Finds the files of an extension that this user's processes have, in all locations: programs may have chosen different ones.</summary>
    public static IReadOnlyList<string> FilesOf(string extension)
    {
        var found = new List<string>();
        foreach (string place in Places().Where(PrivateFolder.IsThere))
        {
            try
            {
                found.AddRange(Directory.EnumerateFiles(place, $"*{extension}"));
            }
            catch (Exception vanished) when (vanished is IOException or UnauthorizedAccessException)
            {
                // The folder was removed since it was found: nobody listens there.
            }
        }

        return found;
    }

    /// <exception cref="MultiprocException">The path is outside the folder.</exception>
    public static void RequireInside(string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) != Path)
        {
            throw new MultiprocException($"{path} is not a file of this user's runtime folder {Path}.");
        }
    }

    /// <summary>Whether a process of this number runs; one that has exited and was not reaped does not.</summary>
    public static bool IsRunning(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return IsAlive($"/proc/{pid}/stat");
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Creates the folder if it does not exist, and removes the files of dead processes.</summary>
    /// <exception cref="MultiprocException">The folder is not usable, or not private to this user.</exception>
    public static string Open(string root)
    {
        PrivateFolder.RequireWritable(root);
        Sweep(root);
        return root;
    }

    /// <summary>Removes the files of dead processes in the background: a program may start processes and never open the folder itself.</summary>
    public static void SweepInBackground()
    {
        if (Interlocked.Exchange(ref s_swept, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => SweepAll(), null);
        }
    }

    /// <summary>Opens the first usable location.</summary>
    /// <exception cref="MultiprocException">No location is usable; the message says what is wrong with each.</exception>
    internal static string Choose(IEnumerable<string> places)
    {
        var faults = new List<string>();
        foreach (string place in places)
        {
            try
            {
                return Open(Short(place));
            }
            catch (MultiprocException unusable) when (!Linux.SystemError.IsOutOfDescriptors(unusable.InnerException?.HResult ?? 0))
            {
                faults.Add(unusable.Message);
            }
        }

        throw new MultiprocException(
            $"There is no folder for the sockets of this process: {string.Join(" ", faults)} "
            + $"Set XDG_RUNTIME_DIR or TMPDIR to a folder of this user's that is writable and whose path has at most "
                + $"{LongestSocket - LongestName - "/multiproc".Length} bytes.");
    }

    private static string Short(string place)
    {
        int size = System.Text.Encoding.UTF8.GetByteCount(place);
        return size + LongestName <= LongestSocket
            ? place
            : throw new MultiprocException($"{place} is too long for the address of a socket ({size} bytes, at most {LongestSocket - LongestName}).");
    }

    /// <summary>Removes the files of a child that has just exited abnormally: a program that kills children may live long, and sweeps only once.</summary>
    public static void RemoveOf(int pid)
    {
        foreach (string place in Places())
        {
            try
            {
                if (PrivateFolder.IsThere(place))
                {
                    foreach (string file in Directory.EnumerateFiles(place, $"{pid}-*").Where(IsOfTheDead))
                    {
                        File.Delete(file);
                    }
                }
            }
            catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
            {
                // This cleanup is optional, too; see below.
            }
        }
    }

    private static bool IsUsable(string path)
    {
        try
        {
            PrivateFolder.RequireWritable(path);
            return true;
        }
        catch (MultiprocException)
        {
            return false;
        }
    }

    private static void SweepAll()
    {
        foreach (string place in Places())
        {
            try
            {
                if (PrivateFolder.IsThere(place))
                {
                    Sweep(place);
                }
            }
            catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
            {
                // Opening the folder for use reports errors. This sweep is optional.
            }
        }
    }

    /// <summary>The full path: addresses are sent to processes with other working folders.</summary>
    private static IEnumerable<string> Places()
    {
        string temporary = System.IO.Path.GetTempPath();
        if (OperatingSystem.IsWindows())
        {
            return [System.IO.Path.Combine(temporary, $"multiproc-{UserMark}")];
        }

        var places = new List<string>();
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own && IsOfThisUser(own))
        {
            places.Add(System.IO.Path.Combine(own, "multiproc"));
        }

        places.AddRange(
            new[] { Whole(temporary), "/tmp", "/var/tmp" }.OfType<string>().Select(static root => System.IO.Path.Combine(root, $"multiproc-{UserMark}")));
        places.Add($"/dev/shm/multiproc-{UserMark}-run");
        return places.Distinct();
    }

    /// <summary>
    /// Whether the folder named by the environment belongs to this user. After a change of user the variable still names the other user's folder, whose files
    /// that user may replace.
    /// </summary>
    private static bool IsOfThisUser(string folder) =>
        System.IO.Path.IsPathRooted(folder) && Directory.Exists(folder)
        && (!OperatingSystem.IsLinux() || Linux.FileCalls.OwnerOf(folder) is not { } owner || owner == Linux.FileCalls.geteuid());

    /// <returns>The path; null if it depends on a working folder that is gone.</returns>
    private static string? Whole(string folder)
    {
        try
        {
            return System.IO.Path.GetFullPath(folder);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Removes the files of processes that no longer run. A reused process id only delays this.</summary>
    private static void Sweep(string root)
    {
        foreach (string file in Directory.EnumerateFiles(root).Where(IsOfTheDead))
        {
            File.Delete(file);
        }

        foreach (string folder in Directory.EnumerateDirectories(root).Where(IsOfTheDead))
        {
            DeleteFolder(folder);
        }
    }

    private static void DeleteFolder(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another program may sweep concurrently.
        }
    }

    private static bool IsOfTheDead(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(name.AsSpan(0, dash), out int pid) && !IsRunning(pid);
    }

    /// <summary>Whether a process runs. One that has exited stays in the process table, in state Z or X, until its parent reaps it.</summary>
    private static bool IsAlive(string statFile)
    {
        try
        {
            string stat = File.ReadAllText(statFile);
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false; // It has left the process table, perhaps while we read.
        }
    }
}
