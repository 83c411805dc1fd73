using Multiproc.Processes.Portable;

namespace Multiproc.Host.Commands;

/// <summary>Runs a child that reads from its stdin where its parent listens.</summary>
internal static class ChildByStdinCommand
{
    public static int Run() => PortableChild.Run();
}
