using System.Numerics;

namespace Multiproc.Tests.Serialization;

public sealed class ArrayTests
{
    private readonly record struct Point(int X, double Y);

    private struct Wide
    {
        public Matrix4x4 A;
        public string? B;
    }

    [Fact]
    public void Array_Empty_KeepsItsType()
    {
        Wire.RoundTrip<object>(Array.Empty<int>()).ShouldBeOfType<int[]>().ShouldBeEmpty();
        Wire.RoundTrip<object>(Array.Empty<string>()).ShouldBeOfType<string[]>().ShouldBeEmpty();
        Wire.RoundTrip<object>(new int[0, 3]).ShouldBeOfType<int[,]>().GetLength(1).ShouldBe(3);
        Wire.RoundTrip<object>(new int[1000, 0]).ShouldBeOfType<int[,]>().GetLength(0).ShouldBe(1000);
    }

    [Fact]
    public void Array_LargeUnmanaged_Survives()
    {
        double[] numbers = [.. Enumerable.Range(0, 1_000_000).Select(i => Math.Sqrt(i))];
        Wire.RoundTrip(numbers).AsSpan().SequenceEqual(numbers).ShouldBeTrue();
        Point[] points = [.. Enumerable.Range(0, 100_000).Select(i => new Point(i, -i))];
        Wire.RoundTrip(points).AsSpan().SequenceEqual(points).ShouldBeTrue();
    }

    [Fact]
    public void Array_OfReferences_KeepsNullsAndTypes()
    {
        object?[] mixed = [1, "two", null, 3.0, new int[] { 4 }, DayOfWeek.Friday];
        var copy = Wire.RoundTrip(mixed);
        copy[..4].ShouldBe([1, "two", null, 3.0]);
        copy[4].ShouldBeOfType<int[]>().ShouldBe([4]);
        copy[5].ShouldBe(DayOfWeek.Friday);
        Wire.RoundTrip<object[]>(new string[] { "covariant" }).ShouldBeOfType<string[]>();
        Wire.RoundTrip<IEnumerable<int>>([1, 2]).ShouldBe([1, 2]);
    }

    [Fact]
    public void Array_OfStructsWithReferences_Survives()
    {
        var copy = Wire.RoundTrip<Wide[]>([new Wide { A = Matrix4x4.Identity, B = "x" }, default]);
        copy[0].A.ShouldBe(Matrix4x4.Identity);
        copy[0].B.ShouldBe("x");
        copy[1].B.ShouldBeNull();
    }

    [Fact]
    public void Array_Jagged_Survives()
    {
        int[]?[][] jagged = [[[1, 2], []], [], [null]];
        var copy = Wire.RoundTrip(jagged);
        copy.Length.ShouldBe(3);
        copy[0][0].ShouldBe([1, 2]);
        copy[0][1].ShouldBeEmpty();
        copy[1].ShouldBeEmpty();
        copy[2][0].ShouldBeNull();
    }

    [Fact]
    public void Array_OfSeveralDimensions_KeepsShapeAndOrder()
    {
        int[,] grid = { { 1, 2, 3 }, { 4, 5, 6 } };
        Wire.RoundTrip(grid).ShouldBe(grid);
        string?[,,] cube = new string?[2, 1, 2];
        cube[1, 0, 1] = "corner";
        var copy = Wire.RoundTrip(cube);
        copy.GetLength(0).ShouldBe(2);
        copy[1, 0, 1].ShouldBe("corner");
        copy[0, 0, 0].ShouldBeNull();
    }

    [Fact]
    public void Array_WithLowerBounds_KeepsThem()
    {
        var years = Array.CreateInstance(typeof(int), [3, 2], [2020, -1]);
        years.SetValue(7, 2022, 0);
        var copy = Wire.RoundTrip(years);
        copy.GetLowerBound(0).ShouldBe(2020);
        copy.GetValue(2022, 0).ShouldBe(7);
        var vector = Array.CreateInstance(typeof(string), [2], [1]);
        vector.SetValue("last", 2);
        Wire.RoundTrip<object>(vector).ShouldBeOfType(vector.GetType());
        Wire.RoundTrip(vector).GetValue(2).ShouldBe("last");
    }
}
