using System.Runtime.CompilerServices;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends the documents and elements of LINQ to XML as their text. An element is sent without what it is in.</summary>
internal static class Xml
{
    private static readonly XmlWriterSettings s_written = new()
    {
        // Line ends and white space come back as they were.
        OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize, ConformanceLevel = ConformanceLevel.Auto,
    };

    /// <summary>No document type is read: it could name files and addresses, and grow without bound.</summary>
    private static readonly XmlReaderSettings s_read = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec OfDocument() => new SimpleCodec<XDocument>(
        static (w, v) =>
        {
            w.Bool(v.Declaration is not null);
            if (v.Declaration is { } declaration)
            {
                WriteOptional(w, declaration.Version);
                WriteOptional(w, declaration.Encoding);
                WriteOptional(w, declaration.Standalone);
            }

            w.Bool(v.Root is not null);
            w.String(v.DocumentType is not null
                ? throw new UnsendableException("is a System.Xml.Linq.XDocument with a document type, which is never read: send its Root")
                : v.Root is not null ? Text(v)
                : v.FirstNode is null ? ""
                : throw new UnsendableException("is a System.Xml.Linq.XDocument with nodes and no root: give it one"));
        },
        static (ref WireReader r) =>
        {
            var declaration = r.Bool() ? new XDeclaration(ReadOptional(ref r), ReadOptional(ref r), ReadOptional(ref r)) : null;
            bool isWhole = r.Bool();
            string text = r.String();
            if (!isWhole)
            {
                return new XDocument { Declaration = declaration };
            }

            using var reader = XmlReader.Create(new StringReader(text), s_read);
            var document = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
            document.Declaration = declaration;
            return document;
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec OfElement() => new SimpleCodec<XElement>(
        static (w, v) => w.String(Text(v)),
        static (ref WireReader r) =>
        {
            using var reader = XmlReader.Create(new StringReader(r.String()), s_read);
            return XElement.Load(reader, LoadOptions.PreserveWhitespace);
        });

    private static string Text(XNode node)
    {
        var text = new StringBuilder();
        try
        {
            using var writer = XmlWriter.Create(text, s_written);
            node.WriteTo(writer);
        }
        catch (ArgumentException unwritable)
        {
            throw new UnsendableException($"is a {TypeNames.Of(node.GetType())} that cannot be written as XML: {unwritable.Message}");
        }

        return text.ToString();
    }

    private static void WriteOptional(WireWriter writer, string? text)
    {
        writer.Bool(text is not null);
        writer.String(text ?? "");
    }

    private static string? ReadOptional(ref WireReader reader)
    {
        bool isThere = reader.Bool();
        string text = reader.String();
        return isThere ? text : null;
    }
}
