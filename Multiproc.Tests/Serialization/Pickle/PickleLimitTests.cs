using System.Diagnostics;
using System.Text;
using Multiproc.Serialization.Pickle;
using static Multiproc.Tests.Serialization.Pickle.Assembled;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>Small pickles that ask for much.</summary>
public sealed class PickleLimitTests
{
    private const int Deep = 1000;

    [Theory]
    [InlineData("]", "]", "a")]
    [InlineData("](", "]", "e")]
    [InlineData("}N", "}", "s")]
    [InlineData("", "N", "\u0085")]
    [InlineData("(", "N", "l")]
    [InlineData("(", "N", "\u0091")]
    public void Depth_TooMany_IsRefused(string open, string core, string close)
    {
        // The value in the middle is a level of its own where it is a list.
        Refusal(Nested(open, core, close, Deep + 1)).ShouldContain("nested deeper than 1000");
        Read(Nested(open, core, close, Deep - 1)).ShouldNotBeNull();
    }

    [Fact]
    public void Depth_ByTheMemo_IsRefused()
    {
        // l0 = []; l1 = [l0]; l2 = [l1]; …: never more than three values on the stack.
        var pickle = new StringBuilder("]p0\n0");
        for (int i = 1; i <= Deep; i++)
        {
            pickle.Append($"]p{i}\ng{i - 1}\na0");
        }

        pickle.Append($"g{Deep}\n.");
        Refusal(pickle.ToString()).ShouldContain("nested deeper than 1000");
    }

    [Fact]
    public void Depth_HiddenBehindShallowSharing_IsRefused()
    {
        // The same chain, in a list that holds its links from the shallow end.
        var pickle = new StringBuilder("](]p0\n");
        for (int i = 1; i <= Deep; i++)
        {
            pickle.Append($"]p{i}\ng{i - 1}\na");
        }

        Refusal(pickle.Append("e.").ToString()).ShouldContain("nested deeper than 1000");
    }

    [Fact]
    public void Circle_OfManyContainers_IsAcceptedWhenShallow()
    {
        var pickle = new StringBuilder("]p0\n(");
        for (int i = 0; i < 5000; i++)
        {
            pickle.Append("]g0\na");
        }

        Read(pickle.Append("e.").ToString()).ShouldBeOfType<List<object?>>().Count.ShouldBe(5000);
    }

    [Fact]
    public void Key_OfSharedTuples_CostsNoMoreThanItsSizeAllows()
    {
        // Two separate towers of (x, x) with 2^500 leaves each, as keys of one dict.
        string tower = $"K\u0001\u0085{string.Concat(Enumerable.Repeat("2\u0086", 500))}";
        Within(TimeSpan.FromSeconds(5), () => Refusal($"}}({tower}N{tower}Nu.").ShouldContain("out of all proportion"));
    }

    [Fact]
    public void Text_EncodedAgainAndAgain_IsRefused()
    {
        string text = new('a', 100_000);
        string pickle = $"c_codecs\nencode\nq\0V{text}\nVlatin1\n\u0086q\u00010(" + string.Concat(Enumerable.Repeat("h\0h\u0001R", 1000)) + "l.";
        Refusal("(" + pickle.Replace("0(", "00", StringComparison.Ordinal)).ShouldContain("out of all proportion");
    }

    [Fact]
    public void Containers_TooMany_AreRefused() =>
        Should.Throw<SerializationException>(() =>
            PickleReader.Read(Bytes("(]]]]l."), new PickleLimits { MaxContainers = 4 })).Message.ShouldContain("more than 4 containers");

    [Fact]
    public void Memo_TooLarge_IsRefused() =>
        Should.Throw<SerializationException>(() =>
            PickleReader.Read(Bytes("N\u0094\u0094\u0094."), new PickleLimits { MaxMemo = 2 })).Message.ShouldContain("more than 2 memoised");

    [Fact]
    public void Integer_TooLong_IsRefused()
    {
        Should.Throw<SerializationException>(() =>
            PickleReader.Read(
                Bytes("\u008a\u0005\u0001\u0001\u0001\u0001\u0001."), new PickleLimits { MaxIntegerBytes = 4 })).Message.ShouldContain("int of 5 bytes");
        Refusal($"L{new string('7', 20_000)}L\n.").ShouldContain("int of 20000 digits");
    }

    [Fact]
    public void Memo_HugeNumber_CostsNothing()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read("Nr\u00ff\u00ff\u00ff\u00ff.").ShouldBeNull();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public void NotANumber_ManyInASet_TakesLinearTime()
    {
        string nan = "G\u007f\u00f8\0\0\0\0\0\0";
        Within(
            TimeSpan.FromSeconds(5),
            () => Read($"\u008f({string.Concat(Enumerable.Repeat(nan, 100_000))}\u0090.").ShouldBeOfType<HashSet<object?>>().Count.ShouldBe(100_000));
    }

    private static string Nested(string open, string core, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + core + string.Concat(Enumerable.Repeat(close, levels)) + ".";

    private static void Within(TimeSpan bound, Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        clock.Elapsed.ShouldBeLessThan(bound);
    }
}
