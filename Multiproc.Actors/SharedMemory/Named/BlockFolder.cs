using Multiproc.SharedMemory.Linux;

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
    private static readonly Lazy<string> s_path = new(Open);
    private static readonly Lock s_gate = new();
    private static Timer? s_sweeper;
    private static bool s_sweepsAgain;

    public static string Path => s_path.Value;

    private static string Root =>
        Directory.Exists(MemoryRoot) ? System.IO.Path.Combine(MemoryRoot, $"multiproc-{Environment.UserName}") : System.IO.Path.Combine(RuntimeFolder.Path, "blocks");

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
        if (!OperatingSystem.IsLinux() || !Directory.Exists(MemoryRoot) || !Directory.Exists(Root))
        {
            return;
        }

        lock (s_gate)
        {
            s_sweepsAgain = true;
            s_sweeper ??= new Timer(static _ => SweepNowAndAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            s_sweeper.Change(s_afterADeath, Timeout.InfiniteTimeSpan);
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
        catch (IOException)
        {
            // The folder was removed meanwhile: then nothing is left in it.
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

        string root = RuntimeFolder.RequirePrivate(Root);
        using var hold = new FolderHold(System.IO.Path.Combine(root, LockFile));
        Sweep(root);
        return root;
    }

    private readonly struct FolderHold : IDisposable
    {
        private readonly int _descriptor;

        public FolderHold(string path)
        {
            _descriptor = FileCalls.open(path, FileCalls.ReadWrite | FileCalls.Create | FileCalls.CloseOnExec, FileCalls.OwnerOnly);
            if (_descriptor < 0)
            {
                throw new IOException($"{path} cannot be opened: {ErrorText()}.");
            }

            FileCalls.TryLock(_descriptor, FileCalls.LockExclusive);
        }

        public void Dispose() => MemoryCalls.close(_descriptor);

        private static string ErrorText() => System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage();
    }
}
