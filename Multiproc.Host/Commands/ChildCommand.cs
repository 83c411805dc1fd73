using Multiproc.Processes.Linux;

namespace Multiproc.Host.Commands;

/// <summary>Runs a child with an inherited connection.</summary>
internal static class ChildCommand
{
    public static int Run() => LinuxChild.Run();
}
