using System.Globalization;
using System.Runtime.InteropServices;

namespace Surroundings;

/// <summary>Takes resources away from this process, so that the parts must do without them.</summary>
internal static unsafe partial class Trouble
{
    private const int OpenFiles = 7;
    private const int StandardStreams = 3;
    private const int CloseOnExec = 0x8_0000;

    private static readonly List<int> s_taken = [];

    public static readonly IReadOnlyDictionary<string, Action> All = new Dictionary<string, Action>
    {
        ["--no-folder"] = RemoveWorkingFolder,
        ["--no-temporary"] = static () => Directory.Delete(Path.GetTempPath(), recursive: true),
        ["--no-descriptors"] = static () => SetLimit(StandardStreams),
        ["--two-descriptors"] = static () => LeaveDescriptors(2),
        ["--three-descriptors"] = static () => LeaveDescriptors(3),
        ["--four-descriptors"] = static () => LeaveDescriptors(4),
        ["--five-descriptors"] = static () => LeaveDescriptors(5),
        ["--nine-descriptors"] = static () => LeaveDescriptors(9),
        ["--descriptors-again"] = GiveBackDescriptors,
        ["--no-memory-files"] = RefuseMemoryFiles,
    };

    private static void RemoveWorkingFolder()
    {
        Environment.CurrentDirectory = Directory.CreateTempSubdirectory("surroundings-").FullName;
        Directory.Delete(Environment.CurrentDirectory);
    }

    /// <summary>
    /// A new thread takes descriptors, and where there are none the runtime ends the program. On a busy machine its pool makes new threads at any time, so it
    /// has enough of them before.
    /// </summary>
    private static void StartThreads()
    {
        const int Enough = 8;
        ThreadPool.SetMinThreads(Enough, Enough);
        using var all = new Barrier(Enough);
        Task.WaitAll([.. Enumerable.Range(0, Enough).Select(_ => Task.Run(all.SignalAndWait))]);
    }

    /// <summary>Leaves this process a given number of free descriptors. Children inherit the limit, but not the descriptors taken here.</summary>
    private static void LeaveDescriptors(int free)
    {
        StartThreads();
        int highest = Directory.GetFileSystemEntries("/proc/self/fd").Max(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        SetLimit(highest + 64);
        int next;
        while ((next = open("/dev/null", CloseOnExec)) >= 0)
        {
            s_taken.Add(next);
        }

        foreach (int each in s_taken.TakeLast(free).ToList())
        {
            close(each);
            s_taken.Remove(each);
        }
    }

    private static void GiveBackDescriptors()
    {
        s_taken.ForEach(static each => close(each));
        s_taken.Clear();
        SetLimit(null);
    }

    private static void SetLimit(int? most)
    {
        Limit limit;
        Require(getrlimit(OpenFiles, &limit));
        limit.Soft = most is { } soft ? Math.Min((nuint)soft, limit.Hard) : limit.Hard;
        Require(setrlimit(OpenFiles, &limit));
    }

    /// <summary>Installs a filter of system calls, as containers do: memfd_create is not permitted, in this process and its children.</summary>
    private static void RefuseMemoryFiles()
    {
        const int NoNewPrivileges = 38;
        const int SecureComputing = 317;
        const int SetFilter = 1;
        const int AllThreads = 1;
        const uint MemoryFile = 319;
        const uint NotPermitted = 0x0005_0001;
        const uint Allow = 0x7FFF_0000;
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new PlatformNotSupportedException("The numbers of system calls are those of x64.");
        }

        var filter = stackalloc FilterStep[]
        {
            new() { Code = 0x20, Value = 0 }, // load the number of the call
            new() { Code = 0x15, IfNot = 1, Value = MemoryFile },
            new() { Code = 0x06, Value = NotPermitted },
            new() { Code = 0x06, Value = Allow },
        };
        var program = new FilterProgram { Length = 4, Steps = filter };
        Require(prctl(NoNewPrivileges, 1, 0, 0, 0));
        Require((int)syscall(SecureComputing, SetFilter, AllThreads, &program));
    }

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, Limit* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, Limit* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, void* third);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep
    {
        public ushort Code;
        public byte If;
        public byte IfNot;
        public uint Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Length;
        public FilterStep* Steps;
    }
}
