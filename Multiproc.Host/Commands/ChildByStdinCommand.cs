using Multiproc.Processes.Portable;

namespace Multiproc.Host.Commands;

/// <summary>Runs a child that reads the address of its parent from its stdin.</summary>
internal static class ChildByStdinCommand
{
    public static int Run() => PortableChild.Run();
}
