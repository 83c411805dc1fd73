using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Xml;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Serialization.XmlRpc;

/// <summary>
/// Writes one value in XML-RPC for Python's <c>xmlrpc.client</c>: None, numbers, text, bytes, times, lists, tuples (which arrive as lists) and dicts whose keys
/// are texts. Large integers are written as Python reads them, although it writes none itself.
/// </summary>
internal sealed class XmlRpcWriter
{
    private static readonly XmlWriterSettings s_settings = new()
    {
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
        Encoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
        NewLineHandling = NewLineHandling.Entitize,
    };

    private readonly XmlWriter _xml;
    private readonly int _maxDepth;
    private int _depth;

    private XmlRpcWriter(XmlWriter xml, int maxDepth) => (_xml, _maxDepth) = (xml, maxDepth);

    /// <exception cref="SerializationException">A part of the value has no form in XML-RPC. Nothing was written.</exception>
    public static void Write(WireWriter writer, object? value)
    {
        using var bytes = new MemoryStream();
        try
        {
            using var xml = XmlWriter.Create(bytes, s_settings);
            xml.WriteStartElement("params");
            xml.WriteStartElement("param");
            new XmlRpcWriter(xml, PickleLimits.Default.MaxDepth).Value(value);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        catch (ArgumentException characters)
        {
            // XML cannot have control characters and lone surrogates, not even as references.
            throw new SerializationException($"A text has characters that XML cannot have: use the serializer pickle. {characters.Message}", characters);
        }

        writer.Raw(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private void Value(object? value)
    {
        if (++_depth > _maxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SerializationException($"A value is nested deeper than {_maxDepth} levels.");
        }

        _xml.WriteStartElement("value");
        if (!TryNumber(value))
        {
            Other(value);
        }

        _xml.WriteEndElement();
        _depth--;
    }

    private bool TryNumber(object? value)
    {
        switch (value)
        {
            case Enum:
                return false;
            case bool truth:
                Element("boolean", truth ? "1" : "0");
                return true;
            case byte or sbyte or short or ushort or int:
                Element("int", Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
                return true;
            case uint or long:
                Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return true;
            case ulong number:
                Integer(number);
                return true;
            case BigInteger number:
                Integer(number);
                return true;
            case double or float:
                Element("double", Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }

    private void Integer(BigInteger number) => Element(
        number >= int.MinValue && number <= int.MaxValue ? "int" : number >= long.MinValue && number <= long.MaxValue ? "i8" : "biginteger",
        number.ToString(CultureInfo.InvariantCulture));

    private void Other(object? value)
    {
        switch (value)
        {
            case null or DBNull:
                Element("nil", "");
                break;
            case string text:
                Element("string", text);
                break;
            case char letter:
                Element("string", letter.ToString());
                break;
            case byte[] bytes:
                Element("base64", Convert.ToBase64String(bytes));
                break;
            case Memory<byte> bytes:
                Element("base64", Convert.ToBase64String(bytes.Span));
                break;
            case DateTime time:
                Element("dateTime.iso8601", time.ToString("yyyyMMdd'T'HH:mm:ss", CultureInfo.InvariantCulture));
                break;
            default:
                Collection(value);
                break;
        }
    }

    private void Collection(object value)
    {
        switch (CollectionKinds.Of(value.GetType()))
        {
            case CollectionKind.Dictionary:
                Struct(value);
                break;
            case CollectionKind.Tuple:
                var tuple = (ITuple)value;
                Array(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]));
                break;
            case CollectionKind.List:
                Array(((IEnumerable)value).Cast<object?>());
                break;
            default:
                throw new SerializationException(
                    $"A {TypeNames.Of(value.GetType())} has no form in XML-RPC: send numbers, texts, bytes, lists and dicts of them, or use pickles.");
        }
    }

    private void Array(IEnumerable<object?> items)
    {
        _xml.WriteStartElement("array");
        _xml.WriteStartElement("data");
        foreach (object? item in items)
        {
            Value(item);
        }

        _xml.WriteFullEndElement();
        _xml.WriteFullEndElement();
    }

    private void Struct(object dictionary)
    {
        _xml.WriteStartElement("struct");
        foreach (var (key, item) in CollectionKinds.Pairs(dictionary))
        {
            _xml.WriteStartElement("member");
            Element("name", key as string ?? throw new SerializationException("XML-RPC has only texts as keys of dicts: use the serializer pickle."));
            Value(item);
            _xml.WriteEndElement();
        }

        _xml.WriteFullEndElement();
    }

    private void Element(string name, string text) => _xml.WriteElementString(name, text);
}
