namespace Multiproc.SharedMemory.Linux;

/// <summary>Populates the pages of a large new array, for which the runtime has reserved only addresses.</summary>
internal static unsafe class FreshPages
{
    private const int PageBytes = 4096;
    private const int PopulateWrite = 23;

    /// <summary>The size from which one system call is cheaper than a page fault for each page, which takes two microseconds in a virtual machine.</summary>
    private const int Least = 256 * 1024;

    /// <summary>Has the kernel populate the pages in one call. Where the kernel cannot, the writes that follow do it.</summary>
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
