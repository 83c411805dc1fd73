using System.Runtime.InteropServices;

namespace Multiproc.Tests.Support;

/// <summary>Freezing a process at a place of the test's choice, so that what it was about to do is known to be undone.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Stop = 19;
    public const int Continue = 18;

    /// <summary>Stops every thread of the process and waits until the kernel says so.</summary>
    public static void Freeze(this ChildProcess process) => Freeze(process.Pid!.Value);

    /// <inheritdoc cref="Freeze(ChildProcess)"/>
    public static void Freeze(int pid)
    {
        Send(pid, Stop);
        TestKit.Await.Until($"process {pid} is stopped", () => State(pid) == 'T');
    }

    /// <summary>Stops a process for as long as the scope lives, and lets it go on in any case.</summary>
    public static IDisposable Stopped(int pid)
    {
        Freeze(pid);
        return new StoppedScope(pid);
    }

    private sealed class StoppedScope(int pid) : IDisposable
    {
        // It may have been killed meanwhile: then there is nothing to let go on.
        public void Dispose() => _ = kill(pid, Continue);
    }

    /// <summary>The kernel's word for what the process does: R, S, T (stopped), Z …; '-' when there is none.</summary>
    public static char State(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return '-';
        }
    }

    /// <summary>A signal to any process of ours. It is under way when this returns: who stops a process by it must <see cref="Freeze(int)"/> it.</summary>
    public static void Send(int pid, int signal) => kill(pid, signal).ShouldBe(0);

    /// <summary>A signal to this very process, without a way out.</summary>
    public static void Raise(int signal)
    {
        SetHandler(signal, 0);
        kill(Environment.ProcessId, signal);
        Thread.CurrentThread.Join();
    }

    /// <summary>From here on this process makes no larger file, and is told so by an error instead of a signal.</summary>
    public static unsafe void LimitFileSize(ulong bytes)
    {
        const int FileSize = 1;
        const int FileSizeExceeded = 25;
        SetHandler(FileSizeExceeded, 1);
        ulong* limits = stackalloc ulong[] { bytes, bytes };
        setrlimit(FileSize, limits).ShouldBe(0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
