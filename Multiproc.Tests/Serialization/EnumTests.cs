namespace Multiproc.Tests.Serialization;

public sealed class EnumTests
{
    private enum Small : sbyte
    {
        Low = sbyte.MinValue,
        High = sbyte.MaxValue,
    }

    private enum Wide : ulong
    {
        None = 0,
        High = ulong.MaxValue,
    }

    private enum Short : ushort
    {
        None = 0,
        High = ushort.MaxValue,
    }

    [Flags]
    private enum Marks
    {
        None = 0,
        A = 1,
        B = 2,
        Sign = int.MinValue,
    }

    [Fact]
    public void Enum_EveryWidth_Survives()
    {
        Wire.RoundTrip(Small.Low).ShouldBe(Small.Low);
        Wire.RoundTrip(Small.High).ShouldBe(Small.High);
        Wire.RoundTrip(Short.High).ShouldBe(Short.High);
        Wire.RoundTrip(Wide.High).ShouldBe(Wide.High);
        Wire.RoundTrip(Marks.A | Marks.Sign).ShouldBe(Marks.A | Marks.Sign);
        Wire.RoundTrip((DayOfWeek)77).ShouldBe((DayOfWeek)77);
    }

    [Fact]
    public void Enum_BehindObjectOrNullable_KeepsItsType()
    {
        Wire.RoundTrip<object>(DayOfWeek.Friday).ShouldBeOfType<DayOfWeek>().ShouldBe(DayOfWeek.Friday);
        Wire.RoundTrip<Enum>(Small.Low).ShouldBe(Small.Low);
        Wire.RoundTrip<Small?>(Small.Low).ShouldBe(Small.Low);
        Wire.RoundTrip<Small?>(null).ShouldBeNull();
        Wire.RoundTrip<Small[]>([Small.Low, Small.High]).ShouldBe([Small.Low, Small.High]);
        Wire.RoundTrip(new Dictionary<Marks, Wide> { [Marks.B] = Wide.High })[Marks.B].ShouldBe(Wide.High);
    }
}
