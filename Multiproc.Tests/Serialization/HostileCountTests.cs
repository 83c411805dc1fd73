using System.Numerics;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

/// <summary>A length, a count or a depth that is claimed costs nothing before the bytes for it are there.</summary>
public sealed class HostileCountTests
{
    private readonly record struct Large(Matrix4x4 A, Matrix4x4 B, string? C);

    private static void Refuses<T>(ulong claimed, int padding = 0)
    {
        using var writer = new WireWriter();
        if (!typeof(T).IsValueType)
        {
            writer.Byte((byte)SlotTag.Declared);
        }

        writer.VarUInt(claimed);
        writer.Take(padding).Fill(0);
        byte[] bytes = writer.ToArray();
        Wire.RefusalToRead<T>(bytes); // Once to make the codecs.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Wire.RefusalToRead<T>(bytes).ShouldNotBeEmpty();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024 + (8 * padding));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    [InlineData(1L << 62)]
    [InlineData(-1)]
    public void Count_BeyondTheBytes_IsRefusedBeforeAllocation(long claimed)
    {
        Refuses<int[]>((ulong)claimed);
        Refuses<long[]>((ulong)claimed, padding: 16);
        Refuses<string[]>((ulong)claimed);
        Refuses<object[][]>((ulong)claimed);
        Refuses<List<int>>((ulong)claimed);
        Refuses<Queue<byte>>((ulong)claimed);
        Refuses<Memory<double>>((ulong)claimed);
        Refuses<BigInteger>((ulong)claimed);
        Refuses<int[,]>((ulong)claimed, padding: 8);
        Refuses<Func<int>>((ulong)claimed);
    }

    [Fact]
    public void Count_OfLargeStructs_IsWeighedByTheirSize()
    {
        Refuses<Large[]>(100_000, padding: 100_000);
        Refuses<List<Large>>(100_000, padding: 100_000);
        Refuses<Large[,]>(100_000, padding: 100_000);
    }

    [Fact]
    public void Grid_WhoseLengthsOverflow_IsRefused()
    {
        using var writer = new WireWriter();
        writer.Byte((byte)SlotTag.Declared);
        foreach (uint length in new uint[] { 1 << 20, 1 << 20, 1 << 24, 0 })
        {
            writer.VarUInt(length);
            writer.VarInt(0);
        }

        Wire.RefusalToRead<int[,,,]>(writer.ToArray()).ShouldStartWith("Malformed value: an array");
    }

    [Fact]
    public void Depth_BeyondTheLimit_IsRefused()
    {
        using var writer = new WireWriter();
        for (int i = 0; i < 100_000; i++)
        {
            writer.Byte(i == 0 ? (byte)SlotTag.Declared : (byte)SlotTag.Other);
            if (i > 0)
            {
                writer.VarUInt(i == 1 ? 0u : 1u);
                if (i == 1)
                {
                    TypeResolver.Write(writer, typeof(object[]));
                }
            }

            writer.VarUInt(1);
        }

        Wire.RefusalToRead<object[]>(writer.ToArray()).ShouldBe("Malformed value: nested deeper than 256 levels.");
    }

    [Fact]
    public void Leftover_AfterAValue_IsRefused() =>
        Wire.RefusalToRead<int>([2, 0]).ShouldBe("Malformed value: 1 bytes are left after a System.Int32.");
}
