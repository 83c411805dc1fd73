namespace Multiproc.Processes.Linux;

/// <summary>
/// Ends this process directly after its exit handlers, as CPython ends the children of its fork server. The runtime's own shutdown, which takes a
/// millisecond and has no visible effect, is skipped. The parent removes the files that the runtime leaves behind.
/// </summary>
internal static class QuickExit
{
    /// <summary>The variables of profilers and traces, which need the regular shutdown.</summary>
    private static readonly string[] s_observers = ["CORECLR_ENABLE_PROFILING", "DOTNET_EnableEventPipe", "COMPlus_EnableEventPipe"];

    /// <summary>Registers the quick exit. Call it when all other exit handlers are registered, since it must be the last one.</summary>
    public static void Arrange()
    {
        if (OperatingSystem.IsLinux() && !Array.Exists(s_observers, static name => Environment.GetEnvironmentVariable(name) is "1"))
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => LibC._exit(Environment.ExitCode);
        }
    }
}
