using Multiproc.Processes.Linux;
using Multiproc.Processes.Portable;

namespace Multiproc.Processes;

/// <summary>Selects the spawner for this operating system.</summary>
internal static class Spawner
{
    public static ISpawner Current { get; } = SharedMemory.Platform.UsesLinux ? new LinuxSpawner() : new PortableSpawner();
}
