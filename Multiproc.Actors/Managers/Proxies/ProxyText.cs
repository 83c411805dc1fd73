using System.Collections;
using System.Globalization;
using System.Text;

namespace Multiproc.Managers;

/// <summary>Formats a referent as text: strings in quotes, collections with their items.</summary>
internal static class ProxyText
{
    private const int MaxDepth = 8;

    public static string Of(object? value) => Append(new StringBuilder(), value, 0).ToString();

    public static string Sequence(IEnumerable items, char open, char close) => Append(new StringBuilder(), items, open, close, 0).ToString();

    private static StringBuilder Append(StringBuilder text, object? value, int depth) => value switch
    {
        null => text.Append("null"),
        string content => text.Append('"').Append(content).Append('"'),
        bool truth => text.Append(truth ? "true" : "false"),
        SharedObject shared => text.Append('<').Append(shared.Identity).Append('>'),
        IDictionary or IEnumerable when depth >= MaxDepth => text.Append('…'),
        IDictionary map => AppendMap(text, map, depth),
        IEnumerable items => Append(text, items, '[', ']', depth),
        IFormattable formattable => text.Append(formattable.ToString(null, CultureInfo.InvariantCulture)),
        _ => text.Append(value),
    };

    private static StringBuilder Append(StringBuilder text, IEnumerable items, char open, char close, int depth)
    {
        text.Append(open);
        string separator = "";
        foreach (object? item in items)
        {
            Append(text.Append(separator), item, depth + 1);
            separator = ", ";
        }

        return text.Append(close);
    }

    private static StringBuilder AppendMap(StringBuilder text, IDictionary map, int depth)
    {
        text.Append('{');
        string separator = "";
        foreach (DictionaryEntry entry in map)
        {
            Append(Append(text.Append(separator), entry.Key, depth + 1).Append(": "), entry.Value, depth + 1);
            separator = ", ";
        }

        return text.Append('}');
    }
}
