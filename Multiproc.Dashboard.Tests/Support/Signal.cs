using System.Runtime.InteropServices;

namespace Multiproc.Dashboard.Tests.Support;

/// <summary>Signals to processes that a test has started.</summary>
internal static partial class Signal
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int pid, int signal) => kill(pid, signal).ShouldBe(0);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
