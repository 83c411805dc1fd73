using System.ComponentModel;
using System.Diagnostics;
using Multiproc.Transport.Linux;

namespace Multiproc.Processes.Views;

/// <summary>Measures a process from outside, so that one that is busy or stopped is measured as well.</summary>
internal static class ProcessMeter
{
    /// <returns>Null if it has ended.</returns>
    public static ProcessView? Measure(int pid, int parent, string name, string role)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessView(
                pid, parent, name, role, OtherProcess.IsStopped(pid) ? "stopped" : "running", process.TotalProcessorTime.TotalSeconds, process.WorkingSet64,
                new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds());
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            return null;
        }
    }
}
