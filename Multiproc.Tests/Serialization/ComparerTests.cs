using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Multiproc.Tests.Serialization;

public sealed class ComparerTests
{
    private sealed class ByLength : IEqualityComparer<string>, IComparer<string>
    {
        public bool Equals(string? x, string? y) => x?.Length == y?.Length;

        public int GetHashCode(string obj) => obj.Length;

        public int Compare(string? x, string? y) => x!.Length - y!.Length;
    }

    public static TheoryData<StringComparer> Known => [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];

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
    public void Comparer_OfOnesOwn_IsRefused()
    {
        const string Refusal = "it has a comparer of its own, which cannot be sent: use the default one or one of StringComparer's";
        Wire.RefusalOf(new Dictionary<string, int>(new ByLength())).ShouldBe("cannot send System.Collections.Generic.Dictionary`2: " + Refusal);
        Wire.RefusalOf(new HashSet<string>(new ByLength())).ShouldEndWith(Refusal);
        Wire.RefusalOf(new SortedDictionary<string, int>(new ByLength())).ShouldEndWith(Refusal);
        Wire.RefusalOf(new SortedList<string, int>(new ByLength())).ShouldEndWith(Refusal);
        Wire.RefusalOf(new SortedSet<string>(new ByLength())).ShouldEndWith(Refusal);
        Wire.RefusalOf(new HashSet<object>(ReferenceEqualityComparer.Instance)).ShouldEndWith(Refusal);
        Wire.RefusalOf(new SortedSet<int>(Comparer<int>.Create((x, y) => y - x))).ShouldEndWith(Refusal);
        Wire.RefusalOf(ImmutableHashSet.Create<string>(new ByLength())).ShouldEndWith(Refusal);
        Wire.RefusalOf(ImmutableSortedSet.Create<string>(new ByLength())).ShouldEndWith(Refusal);
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
}
