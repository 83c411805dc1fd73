using System.Collections;
using System.Globalization;
using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>Formats values as Python prints them, for messages and debuggers; always short.</summary>
internal static class PythonText
{
    private const int MostItems = 8;
    private const int MostLevels = 3;
    private const int MostCharacters = 200;

    public static string Of(object? value) => Of(value, MostLevels);

    public static string OfException(string typeName, PyTuple arguments)
    {
        string text = arguments switch
        {
            { Count: 0 } => "",
            { Count: 1 } when arguments[0] is string message && typeName != "KeyError" => message,
            { Count: 1 } => Of(arguments[0]),
            _ => Of(arguments),
        };
        return text.Length == 0 ? typeName : $"{typeName}: {text}";
    }

    private static string Of(object? value, int levels) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        string text => $"'{Short(text)}'",
        byte[] bytes => $"<{bytes.Length} bytes>",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        BigInteger number when number.GetBitLength() > 1000 => $"<int of {number.GetBitLength()} bits>",
        PyTuple { Count: 1 } tuple => $"({Join(tuple, levels)},)",
        PyTuple tuple => $"({Join(tuple, levels)})",
        PyFrozenSet set => $"frozenset({{{Join(set, levels)}}})",
        PythonException error => error.Message,
        List<object?> list => $"[{Join(list, levels)}]",
        IDictionary dictionary => $"<dict of {dictionary.Count}>",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Join(IReadOnlyCollection<object?> items, int levels) =>
        levels == 0
            ? "…"
            : string.Join(", ", items.Take(MostItems).Select(item => Of(item, levels - 1))) + (items.Count > MostItems ? $", … ({items.Count} in all)" : "");

    private static string Short(string text) => text.Length <= MostCharacters ? text : $"{text.AsSpan(0, MostCharacters)}…";
}
