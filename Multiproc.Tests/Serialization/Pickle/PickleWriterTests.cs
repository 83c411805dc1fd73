using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>What ordinary .NET values are in Python, by Python's own word.</summary>
public sealed class PickleWriterTests(PicklePeer python) : IClassFixture<PicklePeer>
{
    public static TheoryData<object, string> Values => new()
    {
        { (byte)200, "200" }, { (sbyte)-5, "-5" }, { (short)-300, "-300" }, { (ushort)65535, "65535" }, { uint.MaxValue, "4294967295" },
        { ulong.MaxValue, "18446744073709551615" }, { (nint)(-7), "-7" }, { (nuint)7, "7" }, { Int128.MinValue, "-(1 << 127)" },
        { UInt128.MaxValue, "(1 << 128) - 1" },
        { BigInteger.Pow(2, 3000), "1 << 3000" }, { new BigInteger(5), "5" }, { -BigInteger.Pow(2, 2047), "-(1 << 2047)" },
        { 1.5f, "1.5" }, { (Half)0.25, "0.25" }, { 'é', "'\\xe9'" }, { "", "''" }, { DBNull.Value, "None" },
        { Array.Empty<byte>(), "b''" }, { new ReadOnlyMemory<byte>([1, 2]), "b'\\x01\\x02'" }, { new ArraySegment<byte>([1, 2, 3], 1, 1), "b'\\x02'" },
        { new Memory<byte>([1, 2]), "bytearray(b'\\x01\\x02')" }, { new Memory<byte>([]), "bytearray()" },
        { new[] { 1, 2, 3 }, "[1, 2, 3]" }, { new string?[] { "a", null }, "['a', None]" }, { new ArrayList { 1, "a" }, "[1, 'a']" },
        { ImmutableArray.Create(1, 2), "[1, 2]" },
        { new ReadOnlyCollection<int>([1]), "[1]" }, { new[] { new[] { 1 }, [] }, "[[1], []]" }, { new byte[][] { [1], [2] }, "[b'\\x01', b'\\x02']" },
        { Tuple.Create(1, "a"), "(1, 'a')" }, { (1, 2, 3, 4, 5, 6, 7, 8, 9), "(1, 2, 3, 4, 5, 6, 7, 8, 9)" }, { ValueTuple.Create(1), "(1,)" },
        { default(ValueTuple), "()" },
        { PyTuple.Empty, "()" }, { new PyTuple(1, null), "(1, None)" },
        { new Dictionary<string, int> { ["a"] = 1 }, "{'a': 1}" }, { new SortedDictionary<int, bool> { [2] = true, [1] = false }, "{1: False, 2: True}" },
        { new Hashtable { [1] = 2 }, "{1: 2}" }, { ImmutableDictionary<string, int>.Empty.Add("x", 1), "{'x': 1}" }, { new OnlyReadable(), "{'k': 'v'}" },
        { new Dictionary<(int, int), object?> { [(1, 2)] = null }, "{(1, 2): None}" }, { new Dictionary<object, int> { [DBNull.Value] = 0 }, "{None: 0}" },
        { new HashSet<int> { 1, 2 }, "{1, 2}" }, { new SortedSet<string> { "a" }, "{'a'}" }, { ImmutableHashSet.Create(1), "frozenset([1])" },
        { new[] { 1 }.ToFrozenSet(), "frozenset([1])" },
        { new HashSet<(int, string)> { (1, "a") }, "{(1, 'a')}" }, { new HashSet<int>(), "set()" },
        { new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(19), "datetime.datetime(2020, 1, 2, 3, 4, 5, 1, timezone.utc)" },
        { new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Local), "datetime.datetime(2020, 1, 2, 3, 4, 5)" },
        { new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-90)), "datetime.datetime(2020, 1, 2, 3, 4, 5, 0, timezone(timedelta(minutes=-90)))" },
        { TimeSpan.FromTicks(-10), "timedelta(microseconds=-1)" }, { TimeSpan.MaxValue, "timedelta(10675199, 10085, 477580)" },
        { TimeSpan.FromDays(-2), "timedelta(-2)" },
        { new PythonException("KeyError", "k"), "KeyError('k')" }, { new KeyNotFoundException("no k"), "KeyError('no k')" },
        { new ArgumentException("bad"), "ValueError('bad')" }, { new DivideByZeroException("zero"), "ZeroDivisionError('zero')" },
        { new FileNotFoundException("gone"), "FileNotFoundError('gone')" }, { new InvalidOperationException("no"), "RuntimeError('no')" },
        { new Unmapped(), "RuntimeError('Multiproc.Tests.Serialization.Pickle.PickleWriterTests.Unmapped: odd')" },
        { new QueueEmptyException("e"), "__import__('queue').Empty('e')" }, { new QueueFullException("f"), "__import__('queue').Full('f')" },
        { new MultiprocTimeoutException("t"), "__import__('multiprocessing').TimeoutError('t')" },
        { new AuthenticationException("a"), "__import__('multiprocessing').AuthenticationError('a')" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Write_ValueOfDotNet_IsWhatDocsSay(object value, string expression)
    {
        python.ShouldBe(PickleWriter.ToBytes(value, 2), expression);
        python.ShouldBe(PickleWriter.ToBytes(value, 4), expression);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_CircularAndShared_KeepsItsShape(int protocol)
    {
        var circle = new List<object?>();
        circle.Add(circle);
        var tuple = new PyTuple(new List<object?>(), 1, 2, 3);
        ((List<object?>)tuple[0]!).Add(tuple);
        var pair = new PyTuple(new List<object?>());
        ((List<object?>)pair[0]!).Add(pair);
        var dictionary = new Dictionary<string, object>();
        dictionary["self"] = dictionary;
        var shared = new List<int> { 1 };
        byte[] pickle = PickleWriter.ToBytes(new object[] { circle, tuple, dictionary, shared, shared, pair }, protocol);
        python.Assert(pickle, """
            circle, tup, dic, one, two, pair = it
            assert circle[0] is circle and len(circle) == 1
            assert type(tup) is tuple and tup[0][0] is tup and len(tup) == 4
            assert pair[0][0] is pair
            assert dic['self'] is dic
            assert one is two and one == [1]
            """);
        var read = ((List<object?>)PickleReader.Read(python.Repickle(pickle, 5))!)!;
        ((List<object?>)read[0]!)[0].ShouldBeSameAs(read[0]);
        ((List<object?>)((PyTuple)read[1]!)[0]!)[0].ShouldBeSameAs(read[1]);
        ((Dictionary<object, object?>)read[2]!)["self"].ShouldBeSameAs(read[2]);
        read[3].ShouldBeSameAs(read[4]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ManyItems_ArriveInOrder(int protocol)
    {
        var texts = Enumerable.Range(0, 3001).Select(number => $"item {number}").ToList();
        byte[] pickle = PickleWriter.ToBytes((texts, texts.ToDictionary(text => text, text => text.Length), texts.ToHashSet(), texts.ToFrozenSet()), protocol);
        python.Assert(pickle, """
            texts = ['item %d' % n for n in range(3001)]
            assert it == (texts, {t: len(t) for t in texts}, set(texts), frozenset(texts))
            assert list(it[1]) == texts
            """);
        PickleReader.Read(python.Repickle(pickle, 4)).ShouldBeOfType<PyTuple>()[0].ShouldBe(texts);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_ExceptionThatContainsItself_KeepsItsShape(int protocol)
    {
        var held = new List<object?>();
        var exception = new PythonException("ValueError", held) { Attributes = new Dictionary<string, object?> { ["held"] = held } };
        held.Add(exception);
        held.Add(new HashSet<object> { exception });
        byte[] pickle = PickleWriter.ToBytes(exception, protocol);
        python.Assert(pickle, "assert it.args[0][0] is it and it.held is it.args[0] and it.args[0][1] == {it}");
        var read = PickleReader.Read(pickle).ShouldBeOfType<PythonException>();
        read.Arguments[0].ShouldBeOfType<List<object?>>()[0].ShouldBeSameAs(read);
    }

    [Fact]
    public void Write_PythonExceptionWithAttributes_KeepsThem() =>
        python.Assert(PickleWriter.ToBytes(
            new PythonException("ValueError", "v") { Attributes = new Dictionary<string, object?> { ["__notes__"] = new List<object?> { "seen" } } }),
            "assert type(it) is ValueError and it.args == ('v',) and it.__dict__ == {'__notes__': ['seen']}");

    [Fact]
    public void Read_ExceptionsOfCPython_HaveNameArgumentsAndAttributes()
    {
        for (int protocol = 0; protocol <= 5; protocol++)
        {
            var missing = PickleReader.Read(python.Dump("FileNotFoundError(2, 'no such file', 'x')", protocol)).ShouldBeOfType<PythonException>();
            missing.TypeName.ShouldBeOneOf("FileNotFoundError", "OSError"); // Protocols 0 to 2 name the class that Python 2 has.
            missing.Arguments.ShouldBe([2, "no such file", "x"]);
            var named = PickleReader.Read(python.Dump("ImportError('a', name='b')", protocol)).ShouldBeOfType<PythonException>();
            named.Attributes["name"].ShouldBe("b");
            PickleReader.Read(python.Dump("__import__('queue').Empty()", protocol)).ShouldBeOfType<PythonException>().TypeName.ShouldBe("_queue.Empty");
        }
    }

    [Fact]
    public void Read_ClassOfTheUser_IsRefusedByName() =>
        Should.Throw<SerializationException>(() =>
            PickleReader.Read(python.Dump("__import__('collections').Counter('aab')", 4))).Message.ShouldContain("collections.Counter");

    private sealed class Unmapped() : Exception("odd");

    private sealed class OnlyReadable : IReadOnlyDictionary<string, string>
    {
        public IEnumerable<string> Keys => ["k"];

        public IEnumerable<string> Values => ["v"];

        public int Count => 1;

        public string this[string key] => "v";

        public bool ContainsKey(string key) => key == "k";

        public bool TryGetValue(string key, out string value)
        {
            value = "v";
            return ContainsKey(key);
        }

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
        {
            yield return new("k", "v");
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
