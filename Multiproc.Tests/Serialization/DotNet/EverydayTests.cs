using System.Dynamic;
using System.Xml.Linq;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Values that programs have at hand and expect to be sent: streams in memory, XML, lookups, dynamic objects.</summary>
public sealed class EverydayTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MemoryStream_KeepsBytesPositionAndWhetherItIsWritable(bool isWritable)
    {
        var stream = isWritable ? new MemoryStream() : new MemoryStream([1, 2, 3], writable: false);
        if (isWritable)
        {
            stream.Write([1, 2, 3]);
        }

        stream.Position = 2;
        var copy = Wire.RoundTrip(stream);
        copy.ToArray().ShouldBe([1, 2, 3]);
        copy.Position.ShouldBe(2);
        copy.CanWrite.ShouldBe(isWritable);
        copy.ReadByte().ShouldBe(3);
        if (isWritable)
        {
            copy.Write(new byte[1000]);
            copy.Length.ShouldBe(1003);
        }
    }

    [Fact]
    public void MemoryStream_OverAPartOfAnArray_SendsThatPartAlone() => Wire.RoundTrip(new MemoryStream([1, 2, 3, 4], 1, 2)).ToArray().ShouldBe([2, 3]);

    [Fact]
    public void MemoryStream_Closed_IsRefused()
    {
        var stream = new MemoryStream([1]);
        stream.Dispose();
        Wire.RefusalOf(stream).ShouldContain("that was closed: send its bytes, with ToArray()");
    }

    [Theory]
    [InlineData("<a/>")]
    [InlineData("<a></a>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?><a b='1'>\n  <c>x &lt; y</c>&#xD;&#xA;<![CDATA[<z>]]></a>")]
    [InlineData("<!-- before --><p:a xmlns:p='urn:p' xmlns='urn:d'><b p:c='&#xA;'/></p:a><?after it?>")]
    public void Document_OfAnyForm_IsTheSame(string text)
    {
        var document = XDocument.Parse(text, LoadOptions.PreserveWhitespace);
        var copy = Wire.RoundTrip(document);
        copy.ToString(SaveOptions.DisableFormatting).ShouldBe(document.ToString(SaveOptions.DisableFormatting));
        copy.Declaration?.ToString().ShouldBe(document.Declaration?.ToString());
        XNode.DeepEquals(copy, document).ShouldBeTrue();
        var element = Wire.RoundTrip(document.Root!);
        XNode.DeepEquals(element, document.Root).ShouldBeTrue();
        element.Document.ShouldBeNull("what it was in is not sent");
    }

    [Fact]
    public void Document_WithoutARoot_IsTheSame() => Wire.RoundTrip(new XDocument(new XDeclaration("1.0", null, "no"))).Declaration!.Standalone.ShouldBe("no");

    [Fact]
    public void Document_WithADocumentType_IsRefused() =>
        Wire.RefusalOf(XDocument.Parse("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>")).ShouldContain("send its Root");

    [Fact]
    public void Element_WithACharacterThatXmlHasNot_IsRefused() => Wire.RefusalOf(new XElement("a", "\u0001")).ShouldContain("cannot be written as XML");

    [Fact]
    public void Lookup_KeepsGroupsOrderAndComparer()
    {
        var lookup = new[] { "b1", "A1", "a2", "B2" }.ToLookup(static each => each[..1], static each => each, StringComparer.OrdinalIgnoreCase);
        var copy = Wire.RoundTrip(lookup);
        copy.Select(static group => group.Key).ShouldBe(["b", "A"]);
        copy["a"].ShouldBe(["A1", "a2"]);
        copy["B"].ShouldBe(["b1", "B2"]);
        copy["c"].ShouldBeEmpty();
        Wire.RoundTrip(Enumerable.Empty<int>().ToLookup(static each => each)).Count.ShouldBe(0);
        Wire.RoundTrip(new List<int> { 1, 2, 3 }.ToLookup(static each => each % 2))[1].ShouldBe([1, 3]);
    }

    [Fact]
    public void Expando_KeepsItsMembers_AndWhatTheyReferTo()
    {
        dynamic sent = new ExpandoObject();
        sent.Name = "x";
        sent.Self = sent;
        sent.Numbers = new List<int> { 1, 2 };
        dynamic copy = Wire.RoundTrip<ExpandoObject>(sent);
        ((string)copy.Name).ShouldBe("x");
        ((List<int>)copy.Numbers).ShouldBe([1, 2]);
        ((object)copy.Self).ShouldBeSameAs((object)copy);
        copy.More = 1;
        ((int)copy.More).ShouldBe(1);
    }

    [Fact]
    public void HttpMethod_IsTheSame()
    {
        Wire.RoundTrip(HttpMethod.Patch).ShouldBe(HttpMethod.Patch);
        Wire.RoundTrip(new HttpMethod("PURGE")).Method.ShouldBe("PURGE");
    }
}
