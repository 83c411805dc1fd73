using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Data;
using System.Dynamic;
using System.Net;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>One value of each type that programs use every day, sent to a child and back: what arrives looks the same.</summary>
public sealed partial class ThroughAChildTests
{
    private static readonly StringComparer s_anyCase = StringComparer.OrdinalIgnoreCase;

    [Fact]
    public void EverydayValues_SentToAChildAndBack_LookTheSame()
    {
        object[] values = [.. Values()];
        using var back = Mp.Queue<object[]>();
        using var process = Mp.Process(static (sent, back) => back.Put(sent), values, back);
        process.Start();
        object[] copies = back.Get(InChild.Bound);
        process.Join(InChild.Bound).ShouldBeTrue("the child ends");
        copies.Length.ShouldBe(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            copies[i].ShouldBeOfType(values[i].GetType());
            Text(copies[i]).ShouldBe(Text(values[i]), values[i].GetType().ToString());
        }
    }

    [Fact]
    public void Comparers_OfEachCollection_StillIgnoreCaseInAChildAndBack()
    {
        object[] collections = [.. WithComparers()];
        using var back = Mp.Queue<object[]>();
        using var process = Mp.Process(static (sent, back) => back.Put(sent), collections, back);
        process.Start();
        object[] copies = back.Get(InChild.Bound);
        process.Join(InChild.Bound).ShouldBeTrue("the child ends");
        for (int i = 0; i < collections.Length; i++)
        {
            Finds(copies[i]).ShouldBeTrue(collections[i].GetType().ToString());
        }
    }

    private static IEnumerable<object> Values()
    {
        yield return JsonDocument.Parse("""{"a":[1,2.50,null]}""").RootElement;
        yield return JsonNode.Parse("""{"a":[1,2.50,null]}""")!;
        yield return new Regex("^a+$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));
        yield return Digits();
        yield return IPAddress.Parse("fe80::1%3");
        yield return new IPEndPoint(IPAddress.Loopback, 80);
        yield return new Uri("https://host/path?q=ä#f");
        yield return new Dictionary<string, int> { ["a"] = 1 }.ToFrozenDictionary();
        yield return new[] { 3, 1, 2 }.ToFrozenSet();
        yield return new PriorityQueue<string, int>([("b", 2), ("a", 1)]);
        yield return new OrderedDictionary<string, int> { ["z"] = 1, ["a"] = 2 };
        yield return new BitArray([true, false, true]);
        yield return new Hashtable { ["a"] = 1 };
        yield return Table();
        yield return TimeZoneInfo.CreateCustomTimeZone("id", TimeSpan.FromHours(1.5), "display", "standard");
        yield return new UTF8Encoding(encoderShouldEmitUTF8Identifier: true);
        yield return new MemoryStream([1, 2, 3]) { Position = 1 };
        yield return new Lazy<int>(static () => 7);
        yield return HttpMethod.Delete;
        yield return XDocument.Parse("<a b='1'>text</a>");
        yield return new[] { "b1", "a1", "b2" }.ToLookup(static each => each[0]);
        yield return Expando();
        yield return ImmutableArray.Create(1, 2);
        yield return ImmutableList.Create("a", "b");
        yield return ImmutableDictionary.Create<string, int>().Add("a", 1);
        yield return ImmutableSortedSet.Create(3, 1, 2);
        yield return ImmutableQueue.Create(1, 2);
        yield return new ConcurrentQueue<int>([1, 2]);
        yield return new ConcurrentStack<int>([1, 2]);
        yield return new ConcurrentBag<int> { 1 };
        yield return new ConcurrentDictionary<string, int> { ["a"] = 1 };
        yield return BigInteger.Pow(7, 100);
        yield return new Complex(1.5, -2);
        yield return (Half)1.5;
        yield return Int128.MinValue;
        yield return UInt128.MaxValue;
        yield return Tensor.Create([1f, 2, 3, 4], [2, 2]);
    }

    private static IEnumerable<object> WithComparers()
    {
        KeyValuePair<string, int>[] entries = [new("Key", 1)];
        yield return new Dictionary<string, int>(entries, s_anyCase);
        yield return new ConcurrentDictionary<string, int>(entries, s_anyCase);
        yield return new OrderedDictionary<string, int>(entries, s_anyCase);
        yield return new SortedDictionary<string, int>(new Dictionary<string, int>(entries), s_anyCase);
        yield return entries.ToFrozenDictionary(s_anyCase);
        yield return entries.ToImmutableDictionary(s_anyCase);
        yield return entries.ToImmutableSortedDictionary(s_anyCase);
        yield return new HashSet<string>(["Key"], s_anyCase);
        yield return new[] { "Key" }.ToFrozenSet(s_anyCase);
        yield return ImmutableHashSet.Create<string>(s_anyCase, "Key");
        yield return ImmutableSortedSet.Create<string>(s_anyCase, "Key");
        yield return new[] { "Key" }.ToLookup(static each => each, s_anyCase);
    }

    private static bool Finds(object collection) => collection switch
    {
        IReadOnlyDictionary<string, int> dictionary => dictionary.ContainsKey("kEY"),
        IReadOnlySet<string> set => set.Contains("kEY"),
        ILookup<string, string> lookup => lookup.Contains("kEY"),
        _ => false,
    };

    private static DataTable Table()
    {
        var table = new DataTable("T");
        table.Columns.Add("a", typeof(int));
        table.Rows.Add(5);
        return table;
    }

    private static ExpandoObject Expando()
    {
        dynamic expando = new ExpandoObject();
        expando.Name = "x";
        return expando;
    }

    private static string Text(object value) => value switch
    {
        JsonElement element => element.GetRawText(),
        Regex regex => $"{regex} {regex.Options} {regex.MatchTimeout} {regex.IsMatch("aAa")}",
        PriorityQueue<string, int> queue => string.Join(' ', queue.UnorderedItems),
        Hashtable table => string.Join(' ', table.Cast<DictionaryEntry>().Select(static each => $"{each.Key}={each.Value}")),
        DataTable table => $"{table.TableName} {table.Columns[0].DataType} {table.Rows[0][0]} {table.Rows[0].RowState}",
        TimeZoneInfo zone => $"{zone.Id} {zone.BaseUtcOffset} {zone.DisplayName} {zone.StandardName}",
        UTF8Encoding encoding => $"{encoding.WebName} {encoding.Preamble.Length}",
        MemoryStream stream => $"{Convert.ToHexString(stream.ToArray())} {stream.Position}",
        Lazy<int> lazy => $"{lazy.Value}",
        ILookup<char, string> lookup => string.Join(' ', lookup.Select(static group => $"{group.Key}: {string.Join(',', group)}")),
        Tensor<float> tensor => $"{string.Join(' ', tensor.Lengths.ToArray())}: {string.Join(' ', tensor.AsEnumerable())}",
        XDocument document => document.ToString(SaveOptions.DisableFormatting),
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object>()),
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"^\d+$", RegexOptions.None, matchTimeoutMilliseconds: 500)]
    private static partial Regex Digits();
}

file static class Tensors
{
    public static IEnumerable<float> AsEnumerable(this Tensor<float> tensor)
    {
        float[] elements = new float[(int)tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }
}
