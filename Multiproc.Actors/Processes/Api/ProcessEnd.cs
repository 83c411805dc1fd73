using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>Ends this process without running anything more in it.</summary>
internal static class ProcessEnd
{
    /// <summary>What the process is then seen to end with.</summary>
    public const int ExitCode = 255;

    public static void Immediately()
    {
        if (OperatingSystem.IsWindows())
        {
            System.Diagnostics.Process.GetCurrentProcess().Kill();
        }

        LibC._exit(ExitCode);
    }
}
