using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Xml;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Serialization.XmlRpc;

/// <summary>
/// Reads one value in XML-RPC, as Python's <c>xmlrpc.client</c> writes it: arrays become lists, structs dictionaries. There are no document types, no entities
/// of its own and no references to anything outside, and its size and depth are bounded.
/// </summary>
internal sealed class XmlRpcReader : IDisposable
{
    /// <summary>The longest document, in characters.</summary>
    public const int LongestDocument = 64 << 20;

    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LongestDocument,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = true,
    };

    private readonly PickleLimits _limits;
    private readonly XmlReader _xml;
    private int _depth;

    private XmlRpcReader(byte[] document, PickleLimits limits)
    {
        _limits = limits;
        _xml = XmlReader.Create(new MemoryStream(document, writable: false), s_settings);
    }

    /// <exception cref="SerializationException">The bytes are not one value in XML-RPC, or go beyond a limit.</exception>
    public static object? Read(ReadOnlySpan<byte> document, PickleLimits? limits = null)
    {
        using var reader = new XmlRpcReader(document.ToArray(), limits ?? PickleLimits.Default);
        try
        {
            return reader.Document();
        }
        catch (Exception malformed) when (malformed is XmlException or FormatException or OverflowException)
        {
            throw new SerializationException($"Malformed XML-RPC: {malformed.Message}", malformed);
        }
    }

    public void Dispose() => _xml.Dispose();

    private object? Document()
    {
        _xml.MoveToContent();
        Begin("params");
        Begin("param");
        object? value = Value();
        End();
        End();
        return _xml.MoveToContent() == XmlNodeType.None ? value : throw Malformed("something follows its value");
    }

    private object? Value()
    {
        if (++_depth > _limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SerializationException($"XML-RPC refused: values nested deeper than {_limits.MaxDepth} levels.");
        }

        _xml.MoveToContent();
        if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "value")
        {
            throw Malformed($"there is {Here()} in place of a value");
        }

        object? value = "";
        if (_xml.IsEmptyElement)
        {
            _xml.Read();
        }
        else
        {
            _xml.Read();
            value = TypedOrText();
            End();
        }

        _depth--;
        return value;
    }

    /// <summary>Reads what is inside of a value: an element of its type, or bare text.</summary>
    private object? TypedOrText()
    {
        string text = Text();
        if (_xml.NodeType != XmlNodeType.Element)
        {
            return text;
        }

        if (!string.IsNullOrWhiteSpace(text))
        {
            throw Malformed("a value is both text and an element");
        }

        string type = _xml.LocalName;
        switch (type)
        {
            case "array":
                return Array();
            case "struct":
                return Struct();
            default:
                return Scalar(type, _xml.IsEmptyElement ? Skipped() : _xml.ReadElementContentAsString());
        }
    }

    private object? Scalar(string type, string text) => type switch
    {
        "string" => text,
        "nil" => null,
        "int" or "i1" or "i2" or "i4" or "i8" or "biginteger" => Integer(text.Trim()),
        "double" or "float" => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        "boolean" => text.Trim() switch { "1" => true, "0" => false, _ => throw Malformed("a boolean is neither 0 nor 1") },
        "base64" => Convert.FromBase64String(text),
        "dateTime.iso8601" => DateTime.ParseExact(
            text.Trim(), ["yyyyMMddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyyMMddTHHmmss"], CultureInfo.InvariantCulture, DateTimeStyles.None),
        _ => throw Malformed($"'{type}' is no type"),
    };

    private object Integer(string text)
    {
        if (text.Length > _limits.MaxIntegerDigits)
        {
            throw new SerializationException($"XML-RPC refused: a number of more than {_limits.MaxIntegerDigits} digits.");
        }

        var number = BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return number >= int.MinValue && number <= int.MaxValue ? (object)(int)number
            : number >= long.MinValue && number <= long.MaxValue ? (object)(long)number
            : number;
    }

    private List<object?> Array()
    {
        var items = new List<object?>();
        Begin("array");
        _xml.MoveToContent();
        if (_xml.LocalName == "data" && _xml.IsEmptyElement)
        {
            _xml.Read();
            End();
            return items;
        }

        Begin("data");
        while (_xml.MoveToContent() == XmlNodeType.Element)
        {
            items.Add(Value());
        }

        End();
        End();
        return items;
    }

    private Dictionary<object, object?> Struct()
    {
        var members = new Dictionary<object, object?>(PythonEquality.Instance);
        if (_xml.IsEmptyElement)
        {
            _xml.Read();
            return members;
        }

        Begin("struct");
        while (_xml.MoveToContent() == XmlNodeType.Element)
        {
            Begin("member");
            _xml.MoveToContent();
            string name = _xml.LocalName == "name" ? _xml.ReadElementContentAsString() : throw Malformed("a member has no name");
            members[name] = Value();
            End();
        }

        End();
        return members;
    }

    private void Begin(string name)
    {
        if (_xml.MoveToContent() != XmlNodeType.Element || _xml.LocalName != name || _xml.IsEmptyElement)
        {
            throw Malformed($"there is {Here()} in place of <{name}>");
        }

        _xml.Read();
    }

    private void End()
    {
        if (_xml.MoveToContent() != XmlNodeType.EndElement)
        {
            throw Malformed($"there is {Here()} in place of an end");
        }

        _xml.Read();
    }

    private string Text()
    {
        string text = "";
        while (_xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
        {
            text += _xml.Value;
            _xml.Read();
        }

        return text;
    }

    private string Skipped()
    {
        _xml.Read();
        return "";
    }

    private string Here() => _xml.NodeType == XmlNodeType.Element ? $"<{PickleNames.Shown(_xml.LocalName)}>" : _xml.NodeType.ToString();

    private static SerializationException Malformed(string what) => new($"Malformed XML-RPC: {what}.");
}
