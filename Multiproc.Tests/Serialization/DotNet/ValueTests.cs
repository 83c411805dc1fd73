using System.Collections;
using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Values of .NET with something to lose on the way.</summary>
public sealed partial class ValueTests
{
    [GeneratedRegex("a+", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Generated { get; }

    public static TheoryData<Uri> Uris => new((Uri[])
    [
        new("http://host/a b?q=ä#f"), new("/a/b", UriKind.Relative), new("/a", UriKind.RelativeOrAbsolute), new("a/../b", UriKind.Relative),
        new("", UriKind.Relative), new("file:///tmp/x"), new("mailto:a@b"),
        new(new Uri("http://host/x/"), "../y"), new("urn:isbn:1"), new("http://ünïcode.example/"), new("//host/x", UriKind.RelativeOrAbsolute),
        new("#f", UriKind.Relative),
    ]);

    [Theory]
    [MemberData(nameof(Uris), DisableDiscoveryEnumeration = true)]
    public void Uri_OfAnyKind_IsTheSame(Uri uri)
    {
        var copy = Wire.RoundTrip(uri);
        copy.ShouldBe(uri);
        copy.IsAbsoluteUri.ShouldBe(uri.IsAbsoluteUri);
        copy.OriginalString.ShouldBe(uri.OriginalString);
        copy.ToString().ShouldBe(uri.ToString());
        if (uri.IsAbsoluteUri)
        {
            copy.AbsoluteUri.ShouldBe(uri.AbsoluteUri);
        }
    }

    [Fact]
    public void Uri_WithOptionsOfItsOwn_IsRefused() =>
        Wire.RefusalOf(
            new Uri("http://host/a/%2e%2e/b", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })).ShouldContain("send its text");

    [Fact]
    public void Culture_WithWhatWasSet_KeepsIt()
    {
        var own = (CultureInfo)CultureInfo.GetCultures(CultureTypes.AllCultures)[^1].Clone();
        own.NumberFormat.NumberDecimalSeparator = "#";
        own.NumberFormat.NumberGroupSizes = [2, 3];
        own.DateTimeFormat.ShortDatePattern = "yyyy_MM";
        own.DateTimeFormat.AbbreviatedDayNames = ["a", "b", "c", "d", "e", "f", "g"];
        var copy = Wire.RoundTrip(own);
        copy.ShouldBe(own);
        1.5.ToString(copy).ShouldBe("1#5");
        copy.NumberFormat.NumberGroupSizes.ShouldBe([2, 3]);
        new DateTime(2020, 1, 2).ToString("d", copy).ShouldBe("2020_01");
        copy.DateTimeFormat.AbbreviatedDayNames[1].ShouldBe("b");
        copy.IsReadOnly.ShouldBeFalse();
        Wire.RoundTrip(CultureInfo.ReadOnly(own)).IsReadOnly.ShouldBeTrue();
        1.5.ToString(Wire.RoundTrip(CultureInfo.ReadOnly(own))).ShouldBe("1#5");
        Wire.RoundTrip(CultureInfo.GetCultureInfo(own.Name)).ShouldBe(CultureInfo.GetCultureInfo(own.Name));
        Wire.RoundTrip(CultureInfo.InvariantCulture).Name.ShouldBe("");
        Wire.RoundTrip(own.NumberFormat).NumberDecimalSeparator.ShouldBe("#");
        Wire.RoundTrip(own.DateTimeFormat).ShortDatePattern.ShouldBe("yyyy_MM");
    }

    [Fact]
    public void Culture_EachOfTheSystem_IsUnchanged()
    {
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.AllCultures))
        {
            var own = new CultureInfo(culture.Name);
            Alike.Differences(own, Wire.RoundTrip(own), "Parent", "CompareInfo", "TextInfo").ShouldBeEmpty(culture.Name);
        }
    }

    [Fact]
    public void TimeZone_OfTheSystemOrNot_IsEqual()
    {
        Wire.RoundTrip(TimeZoneInfo.Utc).ShouldBeSameAs(TimeZoneInfo.Utc);
        Wire.RoundTrip(TimeZoneInfo.Local).ShouldBeSameAs(TimeZoneInfo.Local);
        var own = TimeZoneInfo.CreateCustomTimeZone("Own", TimeSpan.FromMinutes(90), "Own zone", "Standard");
        Wire.RoundTrip(own).ShouldBe(own);
        Wire.RoundTrip(own).StandardName.ShouldBe("Standard");
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones().Where(static (_, i) => i % 20 == 0))
        {
            Wire.RoundTrip(zone).ShouldBe(zone);
        }
    }

    [Fact]
    public void Encoding_EachBuiltIn_BehavesAsBefore()
    {
        Encoding[] all =
        [
            Encoding.UTF8, Encoding.ASCII, Encoding.Latin1, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UTF8Encoding(),
            new UTF8Encoding(true), new UTF8Encoding(false, true), new UTF8Encoding(true, true),
            new UnicodeEncoding(true, false, true), new UTF32Encoding(true, true, true),
        ];
        foreach (var encoding in all)
        {
            var copy = Wire.RoundTrip(encoding);
            copy.ShouldBe(encoding);
            copy.GetPreamble().ShouldBe(encoding.GetPreamble());
        }

        Wire.RefusalOf(
            Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("!"), DecoderFallback.ReplacementFallback)).ShouldContain("fallbacks of its own");
    }

    [Fact]
    public void Regex_MadeOrGenerated_MatchesAsBefore()
    {
        var regex = Wire.RoundTrip(new Regex("(?<x>b+)", RegexOptions.IgnoreCase | RegexOptions.RightToLeft, TimeSpan.FromSeconds(3)));
        regex.Match("aBB").Groups["x"].Value.ShouldBe("BB");
        regex.RightToLeft.ShouldBeTrue();
        regex.MatchTimeout.ShouldBe(TimeSpan.FromSeconds(3));
#pragma warning disable MA0009 // That a regex without a limit stays one is what is tested.
        Wire.RoundTrip(new Regex("x")).MatchTimeout.ShouldBe(Regex.InfiniteMatchTimeout);
#pragma warning restore MA0009
        Wire.RoundTrip(Generated).ShouldBeSameAs(Generated);
        Wire.RoundTrip<Func<bool>>(Bound(Generated))().ShouldBeTrue();
        static Func<bool> Bound(Regex captured) => () => captured.IsMatch("AA");
    }

    [Fact]
    public void Address_OfAnyKind_IsEqual()
    {
        IPAddress[] all =
        [
            IPAddress.Any, IPAddress.Loopback, IPAddress.IPv6Any, IPAddress.IPv6Loopback, IPAddress.Parse("fe80::1%4"), IPAddress.Parse("10.1.2.3"),
        ];
        Wire.RoundTrip(all).ShouldBe(all);
        Wire.RoundTrip(new IPEndPoint(all[4], 80)).ShouldBe(new IPEndPoint(all[4], 80));
        Wire.RoundTrip<EndPoint>(new DnsEndPoint("host", 5)).ShouldBe(new DnsEndPoint("host", 5));
        Wire.RoundTrip(IPNetwork.Parse("10.0.0.0/8")).ShouldBe(IPNetwork.Parse("10.0.0.0/8"));
        Wire.RoundTrip(new Dictionary<IPAddress, int> { [all[0]] = 1 })[IPAddress.Any].ShouldBe(1);
    }

    [Fact]
    public void Json_InEachForm_SaysTheSame()
    {
        using var document = JsonDocument.Parse("""{"a":[1,2.50,"x",null,true],"b":{"c":1e3}}""");
        Wire.RoundTrip(document.RootElement).GetRawText().ShouldBe(document.RootElement.GetRawText());
        Wire.RoundTrip(document.RootElement.GetProperty("a")).GetArrayLength().ShouldBe(5);
        using var copy = Wire.RoundTrip(document);
        copy.RootElement.GetProperty("b").GetProperty("c").GetDouble().ShouldBe(1000);
        var node = JsonNode.Parse("""{"a":[1,"x"]}""", new JsonNodeOptions { PropertyNameCaseInsensitive = true })!;
        JsonNode.DeepEquals(Wire.RoundTrip(node), node).ShouldBeTrue();
        Wire.RoundTrip(node)["A"]![0]!.GetValue<int>().ShouldBe(1);
        Wire.RoundTrip<object>(new JsonObject { ["n"] = 5, ["t"] = "x" }).ShouldBeOfType<JsonObject>()["n"]!.GetValue<int>().ShouldBe(5);
        Wire.RoundTrip<JsonNode>(JsonValue.Create(7)).GetValue<int>().ShouldBe(7);
        Wire.RoundTrip(new JsonArray(1, 2)).Count.ShouldBe(2);
    }

    [Fact]
    public void StringBuilder_WithALimit_KeepsIt()
    {
        var copy = Wire.RoundTrip(new StringBuilder("ab", 0, 2, 4));
        copy.ToString().ShouldBe("ab");
        var limited = new StringBuilder(2, 5).Append("abc");
        Wire.RoundTrip(limited).MaxCapacity.ShouldBe(5);
        Should.Throw<ArgumentOutOfRangeException>(() => Wire.RoundTrip(limited).Append("too long"));
        Wire.RoundTrip(new StringBuilder(1, 1)).Length.ShouldBe(0);
    }

    [Fact]
    public void DateTime_ThatSummerTimeSkips_ReadsTheSame()
    {
        foreach (var value in Enumerable.Range(0, 366 * 24).Select(static hour => new DateTime(2024, 1, 1, 0, 30, 0, DateTimeKind.Local).AddHours(hour)))
        {
            var copy = Wire.RoundTrip(value);
            copy.ShouldBe(value);
            copy.Kind.ShouldBe(DateTimeKind.Local);
        }
    }

    [Fact]
    public void OldCollections_OfEachKind_HaveTheirItems()
    {
        Wire.RoundTrip(new ArrayList { 1, "b", null }).ToArray().ShouldBe([1, "b", null]);
        Wire.RoundTrip(new Hashtable { ["a"] = 1, [2] = "b" })[2].ShouldBe("b");
        Wire.RoundTrip(new Queue(new object[] { 1, 2 })).Dequeue().ShouldBe(1);
        Wire.RoundTrip(new Stack(new object[] { 1, 2 })).Pop().ShouldBe(2);
        Wire.RoundTrip(new BitArray([true, false, true])).Cast<bool>().ShouldBe([true, false, true]);
        Wire.RoundTrip(new BitArray(0)).Length.ShouldBe(0);
        Wire.RoundTrip(new BitArray(77, true)).Cast<bool>().ShouldAllBe(static bit => bit);
        Wire.RoundTrip(new StringCollection { "a", null }).Cast<string?>().ShouldBe(["a", null]);
        var names = new NameValueCollection { { "a", "1" }, { "A", "2" }, { null, "3" }, { "none", null } };
        var copy = Wire.RoundTrip(names);
        copy.GetValues("a").ShouldBe(["1", "2"]);
        copy[null].ShouldBe("3");
        copy.AllKeys.ShouldBe(names.AllKeys);
        Wire.RefusalOf(ArrayList.Synchronized([])).ShouldContain("ArrayList");
        Wire.RefusalOf(Hashtable.Synchronized([])).ShouldContain("Hashtable");
    }

    [Fact]
    public void NewCollections_OfEachKind_HaveTheirItems()
    {
        var queue = new PriorityQueue<string, int>([("b", 2), ("a", 1), ("c", 2)]);
        var copy = Wire.RoundTrip(queue);
        copy.UnorderedItems.ShouldBe(queue.UnorderedItems);
        copy.Dequeue().ShouldBe("a");
        Wire.RoundTrip(new OrderedDictionary<string, int> { ["b"] = 1, ["a"] = 2 }).Keys.ShouldBe(["b", "a"]);
        Wire.RoundTrip(new ReadOnlySet<int>(new HashSet<int> { 1 })).ShouldBe([1]);
        var observed = new ObservableCollection<int> { 1 };
        var (inner, view) = Wire.RoundTrip((observed, new ReadOnlyObservableCollection<int>(observed)));
        inner.Add(2);
        view.ShouldBe([1, 2]);
        int told = 0;
        ((INotifyCollectionChanged)view).CollectionChanged += (_, _) => told++;
        inner.Add(3);
        told.ShouldBe(1);
        foreach (int count in (int[])[0, 1, 3, 20, 2000])
        {
            var numbers = Enumerable.Range(0, count).ToFrozenDictionary(static i => i, static i => $"{i}");
            Wire.RoundTrip(numbers).OrderBy(static pair => pair.Key).ShouldBe(numbers.OrderBy(static pair => pair.Key));
            var texts = Enumerable.Range(0, count).Select(static i => $"text{i}").ToFrozenSet(StringComparer.OrdinalIgnoreCase);
            var text = Wire.RoundTrip<object>(texts).ShouldBeAssignableTo<FrozenSet<string>>()!;
            text.Count.ShouldBe(count);
            text.Contains("TEXT0").ShouldBe(count > 0);
        }
    }

    [Fact]
    public void Single_OfDotNet_IsTheSameObject()
    {
        Wire.RoundTrip<object>(DBNull.Value).ShouldBeSameAs(DBNull.Value);
        Wire.RoundTrip<object>(Type.Missing).ShouldBeSameAs(Type.Missing);
        Wire.RoundTrip(new object?[] { DBNull.Value, null }).ShouldBe([DBNull.Value, null]);
    }
}
