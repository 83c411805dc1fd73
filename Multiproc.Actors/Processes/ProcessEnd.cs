using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>Ends this process without running anything more in it.</summary>
internal static class ProcessEnd
{
    public static void Immediately()
    {
        if (OperatingSystem.IsWindows())
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        LibC._exit(255);
    }
}
