using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// The folder in which named blocks are files: private to this user, and in memory where the system has such a file system. Each user of a block holds a
/// shared lock on its file; a file without locks was left by dead processes.
/// </summary>
/// <remarks>Names are created, looked up and removed under one lock of the folder, which the system releases when its holder dies.</remarks>
internal static class BlockFolder
{
    private const string MemoryRoot = "/dev/shm";
    private const string LockFile = ".lock";
    private const int LongestName = 200;

    private static readonly TimeSpan s_afterADeath = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);
    private static readonly Lock s_gate = new();
    private static readonly Lock s_opening = new();
    private static string? s_path;
    private static Timer? s_sweeper;
    private static bool s_sweepsAgain;

    /// <summary>The path of the folder, checked on each use: it may be deleted at any time.</summary>
    /// <exception cref="MultiprocException">No folder is usable.</exception>
    public static string Path
    {
        get
        {
            lock (s_opening)
            {
                return s_path is { } known && PrivateFolder.IsThere(known) ? known : s_path = Open();
            }
        }
    }

    private static string InMemory => System.IO.Path.Combine(MemoryRoot, $"multiproc-{RuntimeFolder.UserMark}");

    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('/', '\\', '\0') || name[0] == '.' || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new ArgumentException(
                $"'{name.Replace("\0", "\\0", StringComparison.Ordinal)}' cannot name a block: up to {LongestName} bytes, no slash, no NUL, no dot at the "
                    + "start.",
                nameof(name));
        }

        return System.IO.Path.Combine(Path, name);
    }

    /// <summary>Runs an action under the folder's lock.</summary>
    public static T Locked<T>(Func<T> action)
    {
        using var hold = Hold();
        return action();
    }

    /// <summary>Removes a file if no process holds it. To be called under the folder's lock.</summary>
    /// <returns>Whether a process holds it.</returns>
    public static bool IsInUse_UnderLock(string path)
    {
        int descriptor = FileCalls.open(path, FileCalls.ReadWrite | FileCalls.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return false;
        }

        try
        {
            if (!FileCalls.TryLock(descriptor, FileCalls.LockExclusive | FileCalls.LockNow))
            {
                return true;
            }

            File.Delete(path);
            return false;
        }
        finally
        {
            MemoryCalls.close(descriptor);
        }
    }

    /// <summary>
    /// Schedules a sweep after a process has ended: the blocks that it alone used can be removed as soon as the system has released its locks.
    /// </summary>
    public static void SweepSoon()
    {
        if (!OperatingSystem.IsLinux() || !PrivateFolder.IsThere(s_path ?? InMemory))
        {
            return;
        }

        lock (s_gate)
        {
            s_sweepsAgain = true;
            try
            {
                s_sweeper ??= new Timer(static _ => SweepNowAndAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                s_sweeper.Change(s_afterADeath, Timeout.InfiniteTimeSpan);
            }
            catch (OutOfMemoryException)
            {
                // The runtime cannot start its timer thread. The next user of the folder sweeps it.
            }
        }
    }

    /// <summary>Removes the files of dead processes.</summary>
    public static void Sweep(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            if (System.IO.Path.GetFileName(path) != LockFile)
            {
                IsInUse_UnderLock(path);
            }
        }
    }

    private static void SweepNowAndAgain()
    {
        try
        {
            Locked(static () =>
            {
                Sweep(Path);
                return true;
            });
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or MultiprocException)
        {
            // The folder was removed meanwhile, or no descriptor is free. The sweep is optional: the next user of the folder repeats it.
            return;
        }

        lock (s_gate)
        {
            if (s_sweepsAgain)
            {
                s_sweepsAgain = false;
                s_sweeper!.Change(s_again, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static FolderHold Hold() => new(System.IO.Path.Combine(Path, LockFile));

    private static string Open()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Named blocks of shared memory are supported on Linux only. Values and arrays work everywhere.");
        }

        string root = Choose();
        using var hold = new FolderHold(System.IO.Path.Combine(root, LockFile));
        Sweep(root);
        return root;
    }

    /// <summary>Selects the folder. All programs of a user must select the same one, so ownership decides, not the free space of the moment.</summary>
    private static string Choose()
    {
        try
        {
            return FileCalls.May(MemoryRoot, FileCalls.MayWrite | FileCalls.MayEnter)
                ? PrivateFolder.Require(InMemory)
                : PrivateFolder.Require(System.IO.Path.Combine(RuntimeFolder.Path, "blocks"));
        }
        catch (MultiprocException notInMemory) when (Directory.Exists(InMemory))
        {
            // The folder belongs to another user. Files in another folder can be shared as well, though not always in memory.
            try
            {
                return PrivateFolder.Require(System.IO.Path.Combine(RuntimeFolder.Path, "blocks"));
            }
            catch (MultiprocException elsewhere)
            {
                throw new MultiprocException($"There is no folder for blocks of shared memory: {notInMemory.Message} {elsewhere.Message}", elsewhere);
            }
        }
    }

    private readonly struct FolderHold : IDisposable
    {
        private readonly int _descriptor;

        public FolderHold(string path)
        {
            _descriptor = FileCalls.open(path, FileCalls.ReadWrite | FileCalls.Create | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
            if (_descriptor < 0)
            {
                throw new MultiprocException($"{path} cannot be opened: {SystemError.Last}.");
            }

            FileCalls.TryLock(_descriptor, FileCalls.LockExclusive);
        }

        public void Dispose() => MemoryCalls.close(_descriptor);
    }
}
