using System.Collections.Frozen;
using System.Numerics;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>What a pickle gives, received as another type. (C-02 with a CPython at the other end)</summary>
public sealed class PickleConversionTests
{
    [Fact]
    public void Int_AsAnyNumberThatHoldsIt()
    {
        Received<long>(7).ShouldBe(7L);
        Received<byte>(255).ShouldBe((byte)255);
        Received<uint>(4_000_000_000L).ShouldBe(4_000_000_000u);
        Received<ulong>(BigInteger.Pow(2, 63)).ShouldBe(1UL << 63);
        Received<BigInteger>(7).ShouldBe(new BigInteger(7));
        Received<Int128>(BigInteger.Pow(2, 100)).ShouldBe((Int128)1 << 100);
        Received<double>(3).ShouldBe(3.0);
        Received<decimal>(3).ShouldBe(3m);
        Received<int?>(3).ShouldBe(3);
        Received<float>(2.5).ShouldBe(2.5f);
    }

    [Fact]
    public void Int_TooLargeOrOfAnotherKind_IsSaid()
    {
        Message<int>(5_000_000_000L).ShouldBe("The message is 5000000000, which no System.Int32 holds: receive a System.Numerics.BigInteger.");
        Message<byte>(-1).ShouldContain("-1, which no System.Byte holds");
        Message<int>(2.5).ShouldBe("The message is a float, not a System.Int32: receive what was sent, or receive an object.");
        Message<bool>(1).ShouldContain("an int, not a System.Boolean");
        Message<int>(true).ShouldContain("a bool, not a System.Int32");
        Message<DayOfWeek>(1).ShouldContain("an int, not a System.DayOfWeek");
        Message<int>(null).ShouldContain("None");
        Message<string>(1).ShouldContain("an int");
    }

    [Fact]
    public void List_AsArrayAndTypedLists()
    {
        object?[] sent = [1, 5_000_000_000L, 3];
        Received<long[]>(sent).ShouldBe([1, 5_000_000_000L, 3]);
        Received<List<long>>(sent).ShouldBe([1, 5_000_000_000L, 3]);
        Received<IReadOnlyList<double>>(new object[] { 1, 2.5 }).ShouldBe([1, 2.5]);
        Received<IEnumerable<string>>(new[] { "a", "b" }).ShouldBe(["a", "b"]);
        Received<int?[]>(new object?[] { 1, null }).ShouldBe([1, null]);
        Received<int[][]>(new object[] { new[] { 1 }, new[] { 2, 3 } }).ShouldBe([[1], [2, 3]]);
        Received<int[]>(new PyTuple(1, 2)).ShouldBe([1, 2]);
        Received<object?[]>(new object?[] { 1, "a", null }).ShouldBe([1, "a", null]);
    }

    [Fact]
    public void Dict_AsTypedDictionary()
    {
        var sent = new Dictionary<string, object?> { ["a"] = new[] { 1, 2 }, ["b"] = Array.Empty<int>() };
        var received = Received<Dictionary<string, List<int>>>(sent);
        received["a"].ShouldBe([1, 2]);
        received["b"].ShouldBeEmpty();
        Received<IReadOnlyDictionary<long, double>>(new Dictionary<int, int> { [1] = 2 })[1L].ShouldBe(2.0);
    }

    [Fact]
    public void Tuple_AsValueTupleAndTuple()
    {
        Received<(int, string, double)>((1, "abc", 2.5)).ShouldBe((1, "abc", 2.5));
        Received<(long Count, (string, int[]) Pair)>((1, ("a", new[] { 4 }))).Pair.Item2.ShouldBe([4]);
        Received<Tuple<long, string>>((1, "a")).ShouldBe(Tuple.Create(1L, "a"));
        Received<(int, int, int, int, int, int, int, int, int)>((1, 2, 3, 4, 5, 6, 7, 8, 9)).ShouldBe((1, 2, 3, 4, 5, 6, 7, 8, 9));
        Message<(int, int)>((1, 2, 3)).ShouldContain("is a tuple of 3, not of 2");
    }

    [Fact]
    public void Sets_AsTypedSets()
    {
        Received<HashSet<long>>(new HashSet<int> { 1, 2 }).Order().ShouldBe([1, 2]);
        Received<IReadOnlySet<string>>(new PyFrozenSet(["a"])).ShouldBe(["a"]);
        Received<FrozenSet<int>>(new HashSet<int> { 3 }).ShouldBe([3]);
        Message<List<int>>(new HashSet<int> { 1 }).ShouldContain("a set, not a");
        Message<HashSet<float>>(new HashSet<object> { 1, 16_777_217, 16_777_216 }).ShouldContain("twice");
    }

    [Fact]
    public void BytesTextAndTimes_AsTheirRelatives()
    {
        Received<ReadOnlyMemory<byte>>(new byte[] { 1 }).ToArray().ShouldBe([1]);
        Received<byte[]>(new Memory<byte>([1, 2])).ShouldBe([1, 2]);
        Received<char>("x").ShouldBe('x');
        Message<char>("xy").ShouldContain("a str");
        Received<DateTime>(new DateTimeOffset(2020, 1, 1, 12, 0, 0, TimeSpan.FromHours(2))).ShouldBe(new DateTime(2020, 1, 1, 10, 0, 0, DateTimeKind.Utc));
        Received<Exception>(new ArgumentException("odd")).ShouldBeOfType<PythonException>();
        Received<object?>(null).ShouldBeNull();
        Received<string?>(null).ShouldBeNull();
    }

    [Fact]
    public void Misfit_DeepInside_IsToldWithItsPlace()
    {
        Message<Dictionary<string, (int, List<int>)>>(new Dictionary<string, object> { ["a"] = (1, new object[] { 1, 2, "x" }) })
            .ShouldBe("['a'] → [1] → [2] is a str, not a System.Int32: receive what was sent, or receive an object.");
        Message<Dictionary<string, int>>(new Dictionary<object, int> { [DBNull.Value] = 1 }).ShouldContain("the key None");
        Message<Dictionary<float, int>>(new Dictionary<object, int> { [16_777_217] = 1, [16_777_216] = 1 }).ShouldContain("twice");
        Message<Uri>(new[] { 1 }).ShouldContain("a list, not a System.Uri");
        Message<Queue<int>>(new[] { 1 }).ShouldContain("a list, not a");
    }

    private static T Received<T>(object? sent) => PickleConversion.To<T>(PickleReader.Read(PickleWriter.ToBytes(sent, 4)));

    private static string Message<T>(object? sent) => Should.Throw<SerializationException>(() => Received<T>(sent)).Message;
}
