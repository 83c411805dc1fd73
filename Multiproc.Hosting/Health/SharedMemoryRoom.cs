namespace Multiproc.Hosting.Health;

/// <summary>How much is free where shared memory lives. A container has 64 MiB there unless it is told otherwise; when that is full, new blocks fail.</summary>
/// <param name="Least">The number of bytes that must be free; 0 for no check.</param>
internal sealed record SharedMemoryRoom(long Least)
{
    private const string Folder = "/dev/shm";

    /// <summary>The number of free bytes; null where there is no such folder.</summary>
    public static long? Free => OperatingSystem.IsLinux() && Directory.Exists(Folder) ? new DriveInfo(Folder).AvailableFreeSpace : null;

    /// <summary>What is wrong; null if nothing is.</summary>
    public string? Problem(long? free) => free is { } bytes && bytes < Least
        ? $"{Folder} has {bytes >> 20} MiB free, less than {Least >> 20} MiB: give the container more, as with docker run --shm-size, or find who fills it."
        : null;
}
