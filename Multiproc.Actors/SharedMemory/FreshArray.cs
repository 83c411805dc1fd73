using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>New arrays for what is about to be written to them as a whole.</summary>
internal static class FreshArray
{
    /// <summary>Not cleared; and the pages of a large one are there: the first write to each would cost a fault.</summary>
    public static unsafe T[] Of<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length);
        if (OperatingSystem.IsLinux())
        {
            var bytes = MemoryMarshal.AsBytes(array.AsSpan());
            fixed (byte* start = bytes)
            {
                FreshPages.Take(start, bytes.Length);
            }
        }

        return array;
    }
}
