using Multiproc.Processes.Linux;

namespace Multiproc.Host.Commands;

/// <summary>Runs a child whose connection was inherited.</summary>
internal static class ChildCommand
{
    public static int Run() => LinuxChild.Run();
}
