namespace Multiproc.SharedMemory.Linux;

/// <summary>The pages of a large new array, of which the runtime has only the addresses.</summary>
internal static unsafe class FreshPages
{
    private const int PageBytes = 4096;
    private const int PopulateWrite = 23;

    /// <summary>From here on one call is cheaper than a fault for each page, which in a virtual machine takes two microseconds.</summary>
    private const int Least = 256 * 1024;

    /// <summary>Has the kernel make the pages now, in one go. They are about to be written; where the kernel cannot do it, that makes them.</summary>
    public static void Take(byte* start, long size)
    {
        if (size >= Least)
        {
            var first = (byte*)(((nint)start + PageBytes - 1) & -PageBytes);
            var end = (byte*)(((nint)start + (nint)size) & -PageBytes);
            MemoryCalls.madvise(first, (nuint)(end - first), PopulateWrite);
        }
    }
}
