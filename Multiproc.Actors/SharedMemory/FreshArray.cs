using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.SharedMemory;

/// <summary>
/// Allocates arrays that are about to be overwritten as a whole: not cleared, and with the pages of large arrays present, since the first write to each would
/// cost a page fault.
/// </summary>
internal static class FreshArray
{
    public static T[] Of<T>(int length)
        where T : unmanaged
    {
        var array = GC.AllocateUninitializedArray<T>(length);
        TakePages(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    /// <summary>Allocates an array of bytes. Not generic, since every child needs it at its start, where generic code would be compiled.</summary>
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
