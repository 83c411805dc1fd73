using System.Numerics;
using static Multiproc.Tests.Serialization.Pickle.Assembled;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>Each instruction by itself, as pickletools documents it.</summary>
public sealed class PickleOpcodeTests
{
    private static readonly (string Pickle, string Expected)[] s_halves =
    [
        ("V\\ud800\n.", "\uD800"),
        ("\u008c\u0003\u00ed\u00a0\u0080.", "\uD800"),
        ("\u008c\u0007a\u00ed\u00b0\u0080\u00e2\u0082\u00ac.", "a\uDC00€"),
    ];

    public static TheoryData<string, object?> Scalars => new()
    {
        { "N.", null }, { "\u0088.", true }, { "\u0089.", false },
        { "I00\n.", false }, { "I01\n.", true }, { "I1\n.", 1 }, { "I-42\n.", -42 }, { "I4294967296\n.", 4294967296L },
        { "L5L\n.", 5 }, { "L-7\n.", -7 }, { "L36893488147419103232L\n.", BigInteger.Pow(2, 65) },
        { "K\u00ff.", 255 }, { "M\u00ff\u00ff.", 65535 }, { "J\u00ff\u00ff\u00ff\u00ff.", -1 }, { "J\0\0\0\u0080.", int.MinValue },
        { "\u008a\0.", 0 }, { "\u008a\u0001\u00ff.", -1 }, { "\u008a\u0002\u00ff\0.", 255 }, { "\u008a\u0005\0\0\0\0\u0001.", 4294967296L },
        { "\u008a\u0009\0\0\0\0\0\0\0\u0080\0.", BigInteger.Pow(2, 63) }, { "\u008b\u0001\0\0\0\u0080.", -128 },
        { "F1.5\n.", 1.5 }, { "F1e+16\n.", 1e16 }, { "Finf\n.", double.PositiveInfinity }, { "F-inf\n.", double.NegativeInfinity }, { "Fnan\n.", double.NaN },
        { "G\u003f\u00f8\0\0\0\0\0\0.", 1.5 },
        { "Va\\u00e9\\U0001F600\\\\u0041\\n\n.", "aé\U0001F600\\\\u0041\\n" }, { "V\u00e9\n.", "é" },
        { "S'a\\'\\n\\x41\\101\\\\'\n.", "a'\nAA\\" }, { "S\"\"\n.", "" }, { "T\u0002\0\0\0ab.", "ab" }, { "U\u0002ab.", "ab" },
        { "X\u0002\0\0\0\u00c3\u00a9.", "é" },
        { "\u008d\u0001\0\0\0\0\0\0\0a.", "a" },
        { "C\u0002\0\u00ff.", new byte[] { 0, 255 } }, { "B\u0001\0\0\0\u0007.", new byte[] { 7 } }, { "\u008e\u0001\0\0\0\0\0\0\0\u0007.", new byte[] { 7 } },
    };

    [Fact]
    public void Text_WithHalfASurrogate_IsKept()
    {
        // Not data of a theory: the runner writes that as UTF-8, which has no half surrogates.
        foreach (var (pickle, expected) in s_halves)
        {
            SameValue.Are(Read(pickle), expected).ShouldBeTrue(pickle);
        }
    }

    [Theory]
    [MemberData(nameof(Scalars))]
    public void Scalar_Alone_IsTheValue(string pickle, object? expected) => SameValue.Are(Read(pickle), expected).ShouldBeTrue($"{Read(pickle)}");

    [Theory]
    [InlineData("].")]
    [InlineData("(l.", "[]")]
    [InlineData("(K\u0001K\u0002l.", "[1, 2]")]
    [InlineData("]K\u0001a.", "[1]")]
    [InlineData("](K\u0001K\u0002e.", "[1, 2]")]
    [InlineData("](e.", "[]")]
    [InlineData(").", "()")]
    [InlineData("N\u0085.", "(None,)")]
    [InlineData("NN\u0086.", "(None, None)")]
    [InlineData("K\u0001K\u0002K\u0003\u0087.", "(1, 2, 3)")]
    [InlineData("(K\u0001K\u0002K\u0003K\u0004t.", "(1, 2, 3, 4)")]
    [InlineData("(t.", "()")]
    [InlineData("(K\u0001\u0091.", "frozenset({1})")]
    [InlineData("K\u0001K\u00020.", "1")]
    [InlineData("K\u0001(K\u0002K\u0003\u0031.", "1")]
    [InlineData("K\u0001(0.", "1")]
    [InlineData("]2\u0086.", "([], [])")]
    [InlineData("]q\u0005h\u0005\u0086.", "([], [])")]
    [InlineData("]r\u0005\0\0\0j\u0005\0\0\0\u0086.", "([], [])")]
    [InlineData("]p1000000\ng1000000\n\u0086.", "([], [])")]
    [InlineData("]\u0094h\0\u0086.", "([], [])")]
    [InlineData("\u0080\u0004\u0095\u0002\0\0\0\0\0\0\0].")]
    public void Container_Built_IsTheValue(string pickle, string printed = "[]") =>
        Multiproc.Serialization.Pickle.PythonText.Of(Read(pickle)).ShouldBe(printed);

    [Fact]
    public void Sets_Added_HaveEachValueOnce() =>
        Read("\u008f(K\u0001\u0088G\u003f\u00f0\0\0\0\0\0\0N\u0090.").ShouldBeOfType<HashSet<object?>>().ShouldBe([1, null], ignoreOrder: true);

    [Theory]
    [InlineData("}(K\u0001K\u0002K\u0003K\u0004u.", 2)]
    [InlineData("(K\u0001K\u0002K\u0003K\u0004d.", 2)]
    [InlineData("}K\u0001K\u0002sK\u0003K\u0004s.", 2)]
    [InlineData("}(u.", 0)]
    public void Dicts_Filled_HaveTheirPairs(string pickle, int count)
    {
        var read = Read(pickle).ShouldBeOfType<Dictionary<object, object?>>();
        read.Count.ShouldBe(count);
        read.ShouldAllBe(pair => (int)pair.Key + 1 == (int)pair.Value!);
    }

    [Fact]
    public void Dict_KeysThatPythonCallsEqual_AreOneKeyWithTheLastValue()
    {
        var read = Read("}(K\u0001N\u0088K\u0002G\u003f\u00f0\0\0\0\0\0\0K\u0003u.").ShouldBeOfType<Dictionary<object, object?>>();
        read.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<object, object?>(1, 3));
        read[1.0].ShouldBe(3);
        read[1L].ShouldBe(3);
        read.ContainsKey("1").ShouldBeFalse();
    }

    [Fact]
    public void Dict_NoneAsKey_IsDBNull() => Read("}NK\u0001s.").ShouldBeOfType<Dictionary<object, object?>>()[DBNull.Value].ShouldBe(1);

    [Fact]
    public void Bytearray_OfAnyProtocol_IsMemory()
    {
        string[] forms =
        [
            "\u0096\u0001\0\0\0\0\0\0\0\u0007.", "cbuiltins\nbytearray\nC\u0001\u0007\u0085R.", "c__builtin__\nbytearray\n(V\u0007\nVlatin-1\ntR.",
        ];
        forms.ShouldAllBe(form => ((Memory<byte>)Read(form)!).ToArray().SequenceEqual(new byte[] { 7 }));
        ((Memory<byte>)Read("cbuiltins\nbytearray\n)R.")!).IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("(Vx\nibuiltins\nValueError\n.")]
    [InlineData("(cbuiltins\nValueError\nVx\no.")]
    [InlineData("cexceptions\nValueError\nVx\n\u0085R.")]
    [InlineData("\u008c\u0008builtins\u008c\u000aValueError\u0093\u008c\u0001x\u0085\u0081.")]
    [InlineData("\u008c\u0008builtins\u008c\u000aValueError\u0093\u008c\u0001x\u0085}\u0092.")]
    public void Exception_CalledInAnyWay_IsAPythonException(string pickle)
    {
        var read = Read(pickle).ShouldBeOfType<PythonException>();
        (read.TypeName, read.Arguments[0], read.Message).ShouldBe(("ValueError", "x", "ValueError: x"));
    }

    [Fact]
    public void Exception_WithState_HasAttributes() =>
        Read("cbuiltins\nImportError\nVx\n\u0085R}Vname\nVy\nsb.").ShouldBeOfType<PythonException>().Attributes["name"].ShouldBe("y");

    [Fact]
    public void SharedList_TakenTwice_IsOneObject()
    {
        var pair = Read("]\u0094h\0\u0086.").ShouldBeOfType<PyTuple>();
        pair[0].ShouldBeSameAs(pair[1]);
    }

    [Fact]
    public void CircularList_Memoised_ContainsItself()
    {
        var list = Read("]\u0094h\0a.").ShouldBeOfType<List<object?>>();
        list[0].ShouldBeSameAs(list);
    }
}
