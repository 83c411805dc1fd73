using System.Runtime.InteropServices;

namespace IsolatedActors;

/// <summary>
/// Stands for a native library: works on memory that the runtime does not check. A wrong address in it is no exception, but the end of the process.
/// </summary>
internal static unsafe class NativeScaler
{
    /// <summary>Makes an image a quarter as wide and high, by the mean of each square of sixteen pixels.</summary>
    public static int ChecksumOfThumbnail(Image image, bool crash)
    {
        byte* memory = (byte*)NativeMemory.Alloc((nuint)image.Pixels.Length);
        try
        {
            image.Pixels.CopyTo(new Span<byte>(memory, image.Pixels.Length));
            if (crash)
            {
                // What a library with a bug does: it writes where no memory is. (An address near zero would be a NullReferenceException.)
                *(byte*)(1L << 46) = 0;
            }

            int checksum = 17;
            for (int y = 0; y < image.Height / 4; y++)
            {
                for (int x = 0; x < image.Width / 4; x++)
                {
                    checksum = (checksum * 31) + Mean(memory + (y * 4 * image.Width) + (x * 4), image.Width);
                }
            }

            return checksum;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static int Mean(byte* corner, int width)
    {
        int sum = 0;
        for (int y = 0; y < 4; y++)
        {
            for (int x = 0; x < 4; x++)
            {
                sum += corner[(y * width) + x];
            }
        }

        return sum / 16;
    }
}
