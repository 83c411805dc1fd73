namespace Multiproc.Processes.Linux;

/// <summary>
/// Lets this process end right behind the handlers of its exit, as CPython ends the children of its fork server: without the runtime's own dismantling,
/// which takes a millisecond and nobody looks at. Its parent removes the files that the runtime leaves.
/// </summary>
internal static class QuickExit
{
    /// <summary>Who set one of these wants to see the end: a profiler or a trace.</summary>
    private static readonly string[] s_observers = ["CORECLR_ENABLE_PROFILING", "DOTNET_EnableEventPipe", "COMPlus_EnableEventPipe"];

    /// <summary>To be called when all of the program's handlers are registered: it must be the last.</summary>
    public static void Arrange()
    {
        if (OperatingSystem.IsLinux() && !Array.Exists(s_observers, static name => Environment.GetEnvironmentVariable(name) is "1"))
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => LibC._exit(Environment.ExitCode);
        }
    }
}
