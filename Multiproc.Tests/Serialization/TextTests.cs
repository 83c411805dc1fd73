using System.Text;

namespace Multiproc.Tests.Serialization;

public sealed class TextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("zero\0inside")]
    [InlineData("Grüße, 世界, 😀")]
    [InlineData("\uFEFFmark")]
    public void Text_Valid_Survives(string text)
    {
        Wire.RoundTrip(text).ShouldBe(text);
        Wire.RoundTrip<object>(text).ShouldBe(text);
    }

    // As numbers: the runner itself would replace lone surrogates in the data of a theory.
    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDFFF)]
    [InlineData(0x61, 0xDC00, 0x62)]
    [InlineData(0xDC00, 0xD800)]
    [InlineData(0xD83D, 0xDE00, 0xD83D)]
    public void Text_LoneSurrogates_AreKept(params int[] units)
    {
        string text = string.Concat(units.Select(unit => (char)unit));
        string.Equals(Wire.RoundTrip(text), text, StringComparison.Ordinal).ShouldBeTrue();
        string.Equals(Wire.RoundTrip(new StringBuilder(text)).ToString(), text, StringComparison.Ordinal).ShouldBeTrue();
        string.Equals(Wire.RoundTrip(new Exception(text)).Message, text, StringComparison.Ordinal).ShouldBeTrue();
    }

    [Fact]
    public void Text_OfAMillionCharacters_Survives()
    {
        string text = string.Concat(Enumerable.Repeat("0123456789äöüß☃", 70_000));
        Wire.RoundTrip(text).ShouldBe(text);
    }

    [Fact]
    public void Text_Null_Survives()
    {
        Wire.RoundTrip<string?>(null).ShouldBeNull();
        Wire.RoundTrip<string?[]>(["a", null]).ShouldBe(["a", null]);
    }
}
