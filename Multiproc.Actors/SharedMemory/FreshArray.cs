using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>New arrays for what is about to be written to them as a whole: not cleared, and the pages of a large one are there, for the first write to each would cost a fault.</summary>
internal static class FreshArray
{
    public static T[] Of<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length);
        TakePages(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    /// <summary>The same. In every child's boot, where generic code would be compiled.</summary>
    public static byte[] OfBytes(int length)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(length);
        TakePages(array);
        return array;
    }

    private static unsafe void TakePages(Span<byte> memory)
    {
        if (OperatingSystem.IsLinux())
        {
            fixed (byte* start = memory)
            {
                FreshPages.Take(start, memory.Length);
            }
        }
    }
}
