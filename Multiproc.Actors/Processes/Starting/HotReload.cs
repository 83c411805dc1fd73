using System.Reflection.Metadata;
using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.SharedMemory.Linux;

[assembly: MetadataUpdateHandler(typeof(Multiproc.Processes.HotReload))]

namespace Multiproc.Processes;

/// <summary>
/// Notices that Hot Reload has changed the program while it runs, by <c>dotnet watch</c> or a debugger. Children are started from the files of the program,
/// which have the code as built, and no process is given the changes of another one: the program is told so once, when it has children.
/// </summary>
internal static class HotReload
{
    /// <summary>The name of a descriptor that a changed program keeps, by which <c>multiproc-host ps</c> knows it; ends with a NUL.</summary>
    private static ReadOnlySpan<byte> Mark => "multiproc:changed-by-hot-reload\0"u8;

    private const string Text =
        "The program was changed by Hot Reload. Its child processes run the code as it was built: start the program again (Ctrl+R in dotnet watch) to have "
            + "them run the changes.";

    private static int s_isChanged;
    private static int s_isTold;

    /// <summary>Called by the runtime's agent after each change, with the types that were changed; null if they are not known.</summary>
    public static void UpdateApplication(Type[]? types)
    {
        if (types is { Length: > 0 } && Array.TrueForAll(types, static each => each.Assembly == typeof(HotReload).Assembly))
        {
            return;
        }

        if (Interlocked.Exchange(ref s_isChanged, 1) == 0 && OperatingSystem.IsLinux())
        {
            // Kept until the process ends. Without it ps says nothing, which must not hinder the program.
            _ = AnonymousFile.Open(Mark);
        }

        if (Children.Current.Any)
        {
            Tell();
        }
    }

    /// <summary>Called before a child is started.</summary>
    public static void OnStart()
    {
        if (Volatile.Read(ref s_isChanged) != 0)
        {
            Tell();
        }
    }

    private static void Tell()
    {
        if (Interlocked.Exchange(ref s_isTold, 1) != 0)
        {
            return;
        }

        if (ProcessLog.Current.IsEnabled(LogLevel.Warning))
        {
            ProcessLog.Current.Report(LogLevel.Warning, LogEvents.ProgramUpdated, Text);
        }
        else
        {
            // A program without a log is told, too: without this it looks as if its changes had no effect.
            StandardStreams.Complain(Text);
        }
    }
}
