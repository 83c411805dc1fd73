using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>Ends this process without running any more code in it.</summary>
internal static class ProcessEnd
{
    /// <summary>The exit code that is then observed.</summary>
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
