using System.Runtime.InteropServices;

namespace Multiproc.Tests.Support;

/// <summary>Freezing a process at a place of the test's choice, so that what it was about to do is known to be undone.</summary>
internal static partial class Signals
{
    private const int SigStop = 19;

    /// <summary>Stops every thread of the process and waits until the kernel says so.</summary>
    public static void Freeze(this ChildProcess process)
    {
        int pid = process.Pid!.Value;
        kill(pid, SigStop).ShouldBe(0);
        TestKit.Await.Until($"process {pid} is stopped", () => State(pid) == 'T');
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

    /// <summary>A signal to any process of ours.</summary>
    public static void Send(int pid, int signal) => kill(pid, signal).ShouldBe(0);

    /// <summary>A signal to this very process, without a way out.</summary>
    public static void Raise(int signal)
    {
        SetHandler(signal, 0);
        kill(Environment.ProcessId, signal);
        Thread.CurrentThread.Join();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
