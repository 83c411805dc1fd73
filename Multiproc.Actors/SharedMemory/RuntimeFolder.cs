using System.Diagnostics;

namespace Multiproc.SharedMemory;

/// <summary>
/// The folder of sockets (and of segments where memory must have a name): one per user, open to that user only. A file's name
/// begins with the process that owns it, so that what the dead left behind is found and removed.
/// </summary>
internal static class RuntimeFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lazy<string> s_path = new(static () => Open(DefaultRoot()));
    private static int s_lastFile;
    private static int s_swept;

    public static string Path => s_path.Value;

    /// <summary>A name that nobody uses.</summary>
    public static string NewFile(string extension) =>
        System.IO.Path.Combine(Path, $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..12]}-{Interlocked.Increment(ref s_lastFile)}{extension}");

    /// <exception cref="MultiprocException">The path leads elsewhere.</exception>
    public static void RequireInside(string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) != Path)
        {
            throw new MultiprocException($"{path} is not a file of this user's runtime folder {Path}.");
        }
    }

    /// <summary>Makes the folder if it is not there, and removes what the dead left in it.</summary>
    /// <exception cref="MultiprocException">Others may enter it.</exception>
    public static string Open(string root)
    {
        RequirePrivate(root);
        Sweep(root);
        return root;
    }

    /// <summary>Makes a folder if it is not there, for this user alone.</summary>
    /// <exception cref="MultiprocException">Others may enter it.</exception>
    public static string RequirePrivate(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
        }
        else
        {
            Directory.CreateDirectory(root, Private);

            // Somebody else may have made it first, to read or replace what we put there.
            var mode = File.GetUnixFileMode(root);
            if ((mode & ~Private) != UnixFileMode.None)
            {
                throw new MultiprocException($"{root} may be entered by others (mode {mode}). Remove it, or set XDG_RUNTIME_DIR to a private folder.");
            }
        }

        return root;
    }

    /// <summary>Removes, beside other work, what the dead left: a program may start processes and never open the folder itself.</summary>
    public static void SweepInBackground()
    {
        if (Interlocked.Exchange(ref s_swept, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => SweepIfThere(DefaultRoot()), null);
        }
    }

    /// <summary>Removes what a child left that has just ended in another than an orderly way: a program that kills may live long, and sweeps once.</summary>
    public static void RemoveOf(int pid)
    {
        try
        {
            string root = DefaultRoot();
            if (Directory.Exists(root))
            {
                foreach (string file in Directory.EnumerateFiles(root, $"{pid}-*").Where(IsOfTheDead))
                {
                    File.Delete(file);
                }
            }
        }
        catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
        {
            // As below: a favour.
        }
    }

    private static void SweepIfThere(string root)
    {
        try
        {
            if (Directory.Exists(root))
            {
                Sweep(root);
            }
        }
        catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
        {
            // Who opens the folder in order to use it is told. This was only a favour to others.
        }
    }

    private static string DefaultRoot() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own && Directory.Exists(own)
            ? System.IO.Path.Combine(own, "multiproc")
            : System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"multiproc-{Environment.UserName}");

    /// <summary>Removes the files of processes that no longer run. A pid in use again only delays this.</summary>
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
            // Another program that starts at this moment sweeps too.
        }
    }

    private static bool IsOfTheDead(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(name.AsSpan(0, dash), out int pid) && !IsRunning(pid);
    }

    private static bool IsRunning(int pid)
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

    /// <summary>A process that has ended stands in the table until its parent looks at it: its state is Z then, or X.</summary>
    private static bool IsAlive(string statFile)
    {
        try
        {
            string stat = File.ReadAllText(statFile);
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false; // It has left the table, perhaps while we read.
        }
    }
}
