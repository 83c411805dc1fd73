using System.Globalization;
using System.Numerics;
using System.Text;

namespace Multiproc.Tests.Serialization;

public sealed class PrimitiveTests
{
    // Boxed behind object, typed, nullable, in an array and in a list: five ways through different code.
    private static void Survives<T>(params T[] values)
        where T : struct
    {
        foreach (var value in values)
        {
            Wire.RoundTrip(value).ShouldBe(value);
            Wire.RoundTrip<T?>(value).ShouldBe(value);
            Wire.RoundTrip<object>(value).ShouldBeOfType<T>().ShouldBe(value);
        }

        Wire.RoundTrip<T?>(null).ShouldBeNull();
        Wire.RoundTrip(values).ShouldBe(values);
        Wire.RoundTrip<List<T>>([.. values]).ShouldBe(values);
        Wire.RoundTrip(Array.ConvertAll(values, v => (T?)v)).ShouldBe(Array.ConvertAll(values, v => (T?)v));
    }

    [Fact]
    public void Integers_Extremes_Survive()
    {
        Survives<byte>(0, 1, 127, 128, 255);
        Survives<sbyte>(sbyte.MinValue, -1, 0, sbyte.MaxValue);
        Survives<short>(short.MinValue, -1, 0, short.MaxValue);
        Survives<ushort>(0, ushort.MaxValue);
        Survives(int.MinValue, -65, -64, -1, 0, 63, 64, int.MaxValue);
        Survives<uint>(0, uint.MaxValue);
        Survives(long.MinValue, (long)int.MinValue - 1, 0L, (long)int.MaxValue + 1, long.MaxValue);
        Survives<ulong>(0, ulong.MaxValue);
        Survives(nint.MinValue, nint.MaxValue);
        Survives(nuint.MinValue, nuint.MaxValue);
        Survives(Int128.MinValue, Int128.NegativeOne, Int128.MaxValue);
        Survives(UInt128.MinValue, UInt128.MaxValue);
    }

    [Fact]
    public void BigIntegers_AnySize_Survive() =>
        Survives(BigInteger.Zero, BigInteger.MinusOne, -BigInteger.Pow(2, 1000), BigInteger.Pow(3, 5000));

    [Fact]
    public void FloatingPoint_Extremes_Survive()
    {
        Survives(double.MinValue, double.Epsilon, double.NaN, double.NegativeInfinity, double.MaxValue, Math.PI);
        Survives(float.MinValue, float.Epsilon, float.NaN, float.PositiveInfinity, float.MaxValue);
        Survives(Half.MinValue, Half.NaN, Half.Epsilon);
        Survives(decimal.MinValue, decimal.MaxValue, 0.0000000000000000000000000001m, 1.0m, 1.00m, -0.0m);
        Survives(new Complex(1, -2), Complex.Infinity);
        double.IsNegative(Wire.RoundTrip(-0.0)).ShouldBeTrue();
        Wire.RoundTrip(1.10m).ToString(CultureInfo.InvariantCulture).ShouldBe("1.10");
    }

    [Fact]
    public void Times_ExtremesAndKinds_Survive()
    {
        var noon = new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc).AddTicks(7);
        Survives(DateTime.MinValue, DateTime.MaxValue, noon);
        Survives(TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.MaxValue);
        Survives(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromMinutes(-570)));
        Survives(DateOnly.MinValue, DateOnly.MaxValue);
        Survives(TimeOnly.MinValue, TimeOnly.MaxValue);
        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            var time = DateTime.SpecifyKind(noon, kind);
            Wire.RoundTrip(time).Kind.ShouldBe(kind);
            Wire.RoundTrip(time).ShouldBe(time);
        }

        Wire.RoundTrip(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(14))).Offset.ShouldBe(TimeSpan.FromHours(14));
    }

    [Fact]
    public void SmallValues_OfTheFramework_Survive()
    {
        Survives(true, false);
        Survives('\0', 'ß', '\uD800', char.MaxValue);
        Survives(Guid.Empty, Guid.AllBitsSet, new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"));
        Survives(new Rune('a'), new Rune(0x10FFFF));
        Survives(new Index(3), ^3);
        Survives(1..^2, Range.All);
        Survives(new Vector3(1, 2, 3));
        Survives(System.Drawing.Color.Tomato, System.Drawing.Color.FromArgb(1, 2, 3, 4));
    }

    [Fact]
    public void SmallObjects_OfTheFramework_Survive()
    {
        Wire.RoundTrip(new Version(1, 2)).ShouldBe(new Version(1, 2));
        Wire.RoundTrip(new Version(1, 2, 3, 4)).ShouldBe(new Version(1, 2, 3, 4));
        Wire.RoundTrip(new Uri("https://example.org/ä?q=1#f")).ShouldBe(new Uri("https://example.org/ä?q=1#f"));
        Wire.RoundTrip(new Uri("a/b", UriKind.Relative)).IsAbsoluteUri.ShouldBeFalse();
        Wire.RoundTrip(new StringBuilder("text")).ToString().ShouldBe("text");
        Wire.RoundTrip(CultureInfo.InvariantCulture).ShouldBe(CultureInfo.InvariantCulture);
        Wire.RoundTrip(new object()).ShouldNotBeNull();
        Wire.RoundTrip<object?>(null).ShouldBeNull();
    }
}
