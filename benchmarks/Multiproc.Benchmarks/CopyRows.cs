using System.Security.Cryptography;

namespace Multiproc.Benchmarks;

/// <summary>Copies many bytes at once into shared memory.</summary>
internal static class CopyRows
{
    private const int Doubles = 1_000_000;
    private const double ArrayMegabytes = 8;
    private const int BlockBytes = 8 << 20;
    private const int Copies = 200;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("array_slice_copy", "MB/s", () => ArrayCopy(static (source, target) =>
        {
            using (source.Hold())
            {
                target.SetSlice(.., source.Span);
            }
        })),
        new("array_buffer_copy", "MB/s", () => ArrayCopy(static (source, target) => source.GetObj().CopyTo(target.GetObj()))),
        new("sharedmemory_memcpy", "MB/s", BlockCopy),
    ];

    /// <summary>Copies with both locks or without them: <c>target[:] = source[:]</c>, or a copy of the buffers.</summary>
    private static double ArrayCopy(Action<SharedArray<double>, SharedArray<double>> copy)
    {
        using var source = Mp.Array<double>(Doubles);
        using var target = Mp.Array<double>(Doubles);
        source.Span.Fill(1.5);
        copy(source, target);
        double rate = Rate(ArrayMegabytes, () => copy(source, target));
        return target[^1] == 1.5 ? rate : throw new InvalidOperationException("The elements were lost.");
    }

    private static double BlockCopy()
    {
        byte[] block = RandomNumberGenerator.GetBytes(BlockBytes);
        using var memory = SharedMemoryBlock.Create(BlockBytes);
        double rate = Rate(BlockBytes / 1e6, () => block.CopyTo(memory.Buf));
        return memory.Buf.SequenceEqual(block) ? rate : throw new InvalidOperationException("The bytes were lost.");
    }

    private static double Rate(double megabytes, Action copy)
    {
        copy();
        return Clock.PerSecond(Copies * megabytes, () =>
        {
            for (int i = 0; i < Copies; i++)
            {
                copy();
            }
        });
    }
}
