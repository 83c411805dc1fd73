using Multiproc.SharedMemory.Linux;
using Multiproc.States;

namespace Multiproc.SharedMemory;

/// <summary>
/// The folder in which named blocks are files: of this user alone, in memory where the system has a place for that. Whoever uses a block holds a
/// shared lock on its file; a file that nobody holds is of the dead.
/// </summary>
/// <remarks>Names are made, looked up and removed under one lock of the folder, which the system releases for those who die with it.</remarks>
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

    /// <summary>Looked at each time: somebody may clean up that part of the system while we run.</summary>
    /// <exception cref="MultiprocException">There is no folder that can be used.</exception>
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

    /// <exception cref="ArgumentException">It cannot be a name.</exception>
    public static string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('/', '\\', '\0') || name[0] == '.' || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new ArgumentException($"'{name.Replace("\0", "\\0", StringComparison.Ordinal)}' cannot name a block: up to {LongestName} bytes, no slash, no NUL, no dot at the start.", nameof(name));
        }

        return System.IO.Path.Combine(Path, name);
    }

    /// <summary>Does something with names while nobody else does.</summary>
    public static T Locked<T>(Func<T> action)
    {
        using var hold = Hold();
        return action();
    }

    /// <summary>Under the folder's lock: removes a file if nobody holds it.</summary>
    /// <returns>Whether somebody does.</returns>
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

    /// <summary>A process has ended: what it alone used is removed shortly, when the system has let go of its locks.</summary>
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
                // The runtime cannot begin its thread of timers. Whoever uses the folder next sweeps it.
            }
        }
    }

    /// <summary>Removes what the dead left.</summary>
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
            // The folder was removed meanwhile, or no descriptor is free: this was only a favour, which the next one to use the folder does as well.
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
            throw new PlatformNotSupportedException("Blocks of shared memory with a name exist on Linux only, today. Values and arrays work everywhere.");
        }

        string root = Choose();
        using var hold = new FolderHold(System.IO.Path.Combine(root, LockFile));
        Sweep(root);
        return root;
    }

    /// <summary>Programs of one user must come to the same folder: what decides is not how full it is at the moment, but whether it is theirs.</summary>
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
            // Somebody else has made it. Files of another folder are as well shared, if not always in memory.
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
