using FsCheck;
using FsCheck.Fluent;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

/// <summary>Random values, nested in each other, come back equal and as the same bytes.</summary>
public sealed class RandomValueTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60);

    private sealed record Box(string? Label, object? Content, double? Weight);

    private static Gen<object?> Leaf { get; } = Gen.OneOf(
        Gen.Constant<object?>(null),
        ArbMap.Default.GeneratorFor<int>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<long>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<double>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<decimal>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<bool>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<char>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<string>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<Guid>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<DateTime>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<TimeSpan>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<DayOfWeek>().Select(v => (object?)v),
        ArbMap.Default.GeneratorFor<byte[]>().Select(v => (object?)v));

    private static Gen<object?> Value(int size) => size < 2 ? Leaf : Gen.OneOf(
        Leaf,
        Gen.ArrayOf(Value(size / 3)).Select(items => (object?)items),
        Gen.ListOf(Value(size / 3)).Select(items => (object?)new List<object?>(items)),
        Gen.ListOf(Value(size / 3)).Select(items => (object?)Numbered(items)),
        Value(size / 2).Two().Select(pair => (object?)(pair.Item1, pair.Item2)),
        Value(size / 2).Two().Select(pair => (object?)Tuple.Create(pair.Item1, pair.Item2, 1)),
        Value(size / 2).Select(content => (object?)new Box(content?.ToString(), content, size)));

    private static Dictionary<string, object?> Numbered(IEnumerable<object?> items)
    {
        var numbered = new Dictionary<string, object?>();
        foreach (object? item in items)
        {
            numbered.Add($"key {numbered.Count}", item);
        }

        return numbered;
    }

    private static bool AreSame(object? x, object? y) => (x, y) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        _ when x.GetType() != y.GetType() => false,
        (Array a, Array b) => a.Cast<object?>().SequenceEqual(b.Cast<object?>(), Equality.Instance),
        (List<object?> a, List<object?> b) => a.SequenceEqual(b, Equality.Instance),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) => a.Keys.SequenceEqual(b.Keys) && a.Values.SequenceEqual(b.Values, Equality.Instance),
        (System.Runtime.CompilerServices.ITuple a, System.Runtime.CompilerServices.ITuple b) => Enumerable.Range(0, a.Length).All(i => AreSame(a[i], b[i])),
        (Box a, Box b) => a.Label == b.Label && AreSame(a.Content, b.Content) && Nullable.Equals(a.Weight, b.Weight),
        (DateTime a, DateTime b) => a == b && a.Kind == b.Kind,
        _ => x.Equals(y),
    };

    private sealed class Equality : IEqualityComparer<object?>
    {
        public static readonly Equality Instance = new();

        public new bool Equals(object? x, object? y) => AreSame(x, y);

        public int GetHashCode(object obj) => 0;
    }

    [Fact]
    public void Value_AnyNesting_ComesBackEqual() =>
        Prop.ForAll(Arb.From(Gen.Sized(Value)), value => AreSame(value, Wire.RoundTrip(value))).Check(s_config);

    [Fact]
    public void Value_PackedTwice_GivesTheSameBytes() =>
        Prop.ForAll(Arb.From(Gen.Sized(Value)), value => Serializer.Pack(value).Equals(Serializer.Pack(Wire.RoundTrip(value)))).Check(s_config);

    [Fact]
    public void Number_AnyMagnitude_IsReadAsWritten() =>
        Prop.ForAll<long, int>((value, shift) =>
        {
            long number = value << (shift & 63);
            return Wire.RoundTrip(number) == number && PackedNumber.TryRead(Serializer.Pack(number), out long read) && read == number
                && PackedNumber.Write(number).Equals(Serializer.Pack(number));
        }).Check(s_config);

    [Fact]
    public void Text_AnyUnits_IsReadAsWritten() =>
        Prop.ForAll<ushort[]>(units =>
        {
            string text = new(Array.ConvertAll(units, unit => (char)(unit % 3 == 0 ? 0xD800 + (unit % 0x800) : unit)));
            return string.Equals(Wire.RoundTrip(text), text, StringComparison.Ordinal);
        }).Check(s_config);
}
