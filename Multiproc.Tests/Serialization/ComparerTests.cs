using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Multiproc.Tests.Serialization;

public sealed class ComparerTests
{
    private sealed class ByLength : IEqualityComparer<string>, IComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length;

        public int Compare(string? x, string? y) => x!.Length - y!.Length;
    }

    public static TheoryData<StringComparer> Known =>
        [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];

    [Theory]
    [MemberData(nameof(Known), DisableDiscoveryEnumeration = true)]
    public void Comparer_OfStringComparer_IsKept(StringComparer comparer)
    {
        bool blind = comparer.Equals("a", "A");
        Wire.RoundTrip(new Dictionary<string, int>(comparer) { ["a"] = 1 }).ContainsKey("A").ShouldBe(blind);
        Wire.RoundTrip(new ConcurrentDictionary<string, int>(comparer) { ["a"] = 1 }).ContainsKey("A").ShouldBe(blind);
        Wire.RoundTrip(new HashSet<string>(comparer) { "a" }).Contains("A").ShouldBe(blind);
        Wire.RoundTrip(new SortedDictionary<string, int>(comparer) { ["a"] = 1 }).ContainsKey("A").ShouldBe(blind);
        Wire.RoundTrip(new SortedList<string, int>(comparer) { ["a"] = 1 }).ContainsKey("A").ShouldBe(blind);
        Wire.RoundTrip(new SortedSet<string>(comparer) { "a" }).Contains("A").ShouldBe(blind);
    }

    [Fact]
    public void Comparer_OfOnesOwn_IsSentLikeAnyObject()
    {
        Wire.RoundTrip(new Dictionary<string, int>(new ByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
        Wire.RoundTrip(new HashSet<string>(new ByLength()) { "ab" }).Contains("xy").ShouldBeTrue();
        Wire.RoundTrip(new ConcurrentDictionary<string, int>(new ByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
        Wire.RoundTrip(new SortedDictionary<string, int>(new ByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
        Wire.RoundTrip(new SortedList<string, int>(new ByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
        Wire.RoundTrip(new SortedSet<string>(new ByLength()) { "ab" }).Contains("xy").ShouldBeTrue();
        Wire.RoundTrip(ImmutableHashSet.Create<string>(new ByLength(), "ab")).Contains("xy").ShouldBeTrue();
        Wire.RoundTrip(ImmutableSortedSet.Create<string>(new ByLength(), "ab")).Contains("xy").ShouldBeTrue();
        Wire.RoundTrip(ImmutableDictionary.Create<string, int>(new ByLength()).Add("ab", 1))["xy"].ShouldBe(1);
        Wire.RoundTrip(ImmutableDictionary.Create<int, string>(null, new ByLength()).Add(1, "ab")).ContainsValue("xy").ShouldBeTrue();
        Wire.RoundTrip(ImmutableSortedDictionary.Create<int, string>(null, new ByLength()).Add(1, "ab")).ContainsValue("xy").ShouldBeTrue();
        Wire.RoundTrip(new[] { KeyValuePair.Create("ab", 1) }.ToFrozenDictionary(new ByLength()))["xy"].ShouldBe(1);
        Wire.RoundTrip(new[] { "ab" }.ToFrozenSet(new ByLength())).Contains("xy").ShouldBeTrue();
        Wire.RoundTrip(new OrderedDictionary<string, int>(new ByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
        Wire.RoundTrip(new Hashtable(new OldByLength()) { ["ab"] = 1 })["xy"].ShouldBe(1);
    }

    private sealed class OldByLength : IEqualityComparer
    {
        bool IEqualityComparer.Equals(object? x, object? y) => ((string)x!).Length == ((string)y!).Length;

        int IEqualityComparer.GetHashCode(object obj) => ((string)obj).Length;
    }

    [Fact]
    public void Comparer_ThatDotNetMakes_OrdersAsBefore()
    {
        Wire.RoundTrip(new SortedSet<int>(Comparer<int>.Create((x, y) => y - x)) { 1, 2 }).ToArray().ShouldBe([2, 1]);
        Wire.RoundTrip(new HashSet<int>(EqualityComparer<int>.Create((x, y) => x % 10 == y % 10, x => x % 10)) { 1 }).Contains(11).ShouldBeTrue();
        object key = new();
        var same = Wire.RoundTrip(new object[] { key, new HashSet<object>(ReferenceEqualityComparer.Instance) { key, "a" } });
        ((HashSet<object>)same[1]).Contains(same[0]).ShouldBeTrue();
        var queue = new PriorityQueue<string, int>(Comparer<int>.Create((x, y) => y.CompareTo(x)));
        queue.Enqueue("small", 1);
        queue.Enqueue("large", 2);
        Wire.RoundTrip(queue).Dequeue().ShouldBe("large");
        Wire.RoundTrip(new Dictionary<string, int>(EqualityComparer<object>.Default) { ["a"] = 1 })["a"].ShouldBe(1);
        Wire.RoundTrip(new HashSet<string>(StringComparer.Create(s_culture, ignoreCase: true)) { "i" }).Contains("I").ShouldBe(
            StringComparer.Create(s_culture, ignoreCase: true).Equals("i", "I"));
        Wire.RoundTrip(new Hashtable(StructuralComparisons.StructuralEqualityComparer) { [s_pair] = 5 })[new[] { 1, 2 }].ShouldBe(5);
    }

    private static readonly CultureInfo s_culture = CultureInfo.GetCultures(CultureTypes.AllCultures)[^1];
    private static readonly int[] s_pair = [1, 2];

    public static TheoryData<object> Objects => new((object[])
    [
        StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.CurrentCultureIgnoreCase,
        EqualityComparerOf<string>(), Comparer<string>.Default,
        EqualityComparer<DayOfWeek>.Default, EqualityComparer<int?>.Default, Comparer<DayOfWeek>.Default, Comparer<int?>.Default,
        EqualityComparer<byte>.Default, ReferenceEqualityComparer.Instance,
        StructuralComparisons.StructuralComparer, StructuralComparisons.StructuralEqualityComparer,
    ]);

    [Theory]
    [MemberData(nameof(Objects), DisableDiscoveryEnumeration = true)]
    public void Comparer_ByItself_IsEqual(object comparer) => Wire.RoundTrip(comparer).ShouldBe(comparer);

    [Fact]
    public void Comparer_ThatCannotBeSent_IsNamed()
    {
        var log = Stream.Null;
        Wire.RefusalOf(new SortedSet<int>(Comparer<int>.Create((x, y) => x.CompareTo(y) + (int)log.Length))).ShouldContain("its comparer");
        Wire.RefusalOf(
            new SortedSet<int>(Comparer<int>.Create((x, y) => x.CompareTo(y) + (int)log.Length))).ShouldEndWith("field 'log' is a System.IO.Stream.NullStream");
        Wire.RefusalOf(new Dictionary<string, int>(new Bound(log))).ShouldBe(
            "cannot send System.Collections.Generic.Dictionary`2: its comparer → field 'Log' is a System.IO.Stream.NullStream");
    }

    private sealed class Bound(Stream log) : IEqualityComparer<string>
    {
        public readonly Stream Log = log;

        public bool Equals(string? x, string? y) => x == y;

        public int GetHashCode(string obj) => obj.Length;
    }

    [Fact]
    public void Comparer_Default_OfEveryKindOfKey_IsKnown()
    {
        Wire.RoundTrip(new Dictionary<string, int> { ["a"] = 1 }).ShouldContainKey("a");
        Wire.RoundTrip(new HashSet<decimal?> { 1m }).ShouldBe([1m]);
        Wire.RoundTrip(new HashSet<object> { "a" }).ShouldBe(["a"]);
        Wire.RoundTrip(new HashSet<byte> { 1 }).ShouldBe([1]);
        Wire.RoundTrip(new HashSet<ConsoleColor> { ConsoleColor.Red }).ShouldBe([ConsoleColor.Red]);
    }

    /// <summary>The default comparer of strings by way of a type parameter: the analyzer would have another one, which is another object.</summary>
    private static EqualityComparer<T> EqualityComparerOf<T>() => EqualityComparer<T>.Default;
}
