using System.Collections;
using System.Globalization;
using System.Text;

namespace Multiproc.Python.Values;

/// <summary>The text of values as Python's <c>repr</c> writes it: for proxies, whose text is that of what they stand for.</summary>
internal static class PythonRepr
{
    private const int MostLevels = 50;
    private const int MostCharacters = 64 << 20;
    private const int LeastPlain = -4;
    private const int MostPlain = 16;

    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    public static string List(IEnumerable items)
    {
        var text = new StringBuilder();
        Sequence(text, items, "[", "]", 0);
        return text.ToString();
    }

    public static string Dictionary(IEnumerable<(object? Key, object? Value)> entries)
    {
        var text = new StringBuilder();
        Entries(text, entries, 0);
        return text.ToString();
    }

    public static string Number(double number)
    {
        if (double.IsNaN(number))
        {
            return "nan";
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? "inf" : "-inf";
        }

        // The shortest digits that read back the same, which both languages have, are written in another way.
        string scientific = number.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        int exponent = number == 0 ? 0 : int.Parse(scientific.AsSpan(scientific.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = shortest.StartsWith('-') ? "-" : "";
        string digits = new([.. shortest.Split('E')[0].Where(char.IsAsciiDigit)]);
        digits = digits.TrimStart('0');
        digits = digits.TrimEnd('0') is { Length: > 0 } some ? some : "0";
        if (exponent is < LeastPlain or >= MostPlain)
        {
            string rest = digits.Length > 1 ? $".{digits[1..]}" : "";
            return $"{sign}{digits[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return sign + (exponent < 0 ? $"0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{digits.PadRight(exponent + 1, '0')}.0"
            : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}");
    }

    private static void Append(StringBuilder text, object? value, int level)
    {
        if (level > MostLevels || text.Length > MostCharacters)
        {
            text.Append("...");
            return;
        }

        switch (value)
        {
            case null or DBNull:
                text.Append("None");
                break;
            case bool truth:
                text.Append(truth ? "True" : "False");
                break;
            case string or char:
                Text(text, value.ToString()!);
                break;
            case double number:
                text.Append(Number(number));
                break;
            case float number:
                text.Append(Number(number));
                break;
            case byte[] bytes:
                Bytes(text, bytes);
                break;
            case Memory<byte> bytes:
                text.Append("bytearray(");
                Bytes(text, bytes.Span);
                text.Append(')');
                break;
            case PyTuple { Count: 1 } tuple:
                Sequence(text, tuple, "(", ",)", level);
                break;
            case PyTuple tuple:
                Sequence(text, tuple, "(", ")", level);
                break;
            case PyFrozenSet set:
                Sequence(text, set, "frozenset({", "})", level);
                break;
            case HashSet<object?> set:
                Sequence(text, set, set.Count == 0 ? "set(" : "{", set.Count == 0 ? ")" : "}", level);
                break;
            case Dictionary<object, object?> dictionary:
                Entries(text, dictionary.Select(static each => ((object?)each.Key, each.Value)), level);
                break;
            case PythonObject { Module: "builtins", Name: "None", IsInstance: false }:
                text.Append("None");
                break;
            case SharedObject shared:
                text.Append(CultureInfo.InvariantCulture, $"<{shared.Identity}>");
                break;
            case IList list:
                Sequence(text, list, "[", "]", level);
                break;
            case IFormattable formattable:
                text.Append(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(value);
                break;
        }
    }

    private static void Sequence(StringBuilder text, IEnumerable items, string open, string close, int level)
    {
        text.Append(open);
        bool any = false;
        foreach (object? item in items)
        {
            text.Append(any ? ", " : "");
            Append(text, item, level + 1);
            any = true;
        }

        text.Append(close);
    }

    private static void Entries(StringBuilder text, IEnumerable<(object? Key, object? Value)> entries, int level)
    {
        text.Append('{');
        bool any = false;
        foreach (var (key, value) in entries)
        {
            text.Append(any ? ", " : "");
            Append(text, key, level + 1);
            text.Append(": ");
            Append(text, value, level + 1);
            any = true;
        }

        text.Append('}');
    }

    private static void Text(StringBuilder text, string value)
    {
        char quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                _ when letter == quote => text.Append('\\').Append(quote),
                < ' ' or '\x7f' => text.Append(CultureInfo.InvariantCulture, $@"\x{(int)letter:x2}"),
                _ => text.Append(letter),
            };
        }

        text.Append(quote);
    }

    private static void Bytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        text.Append("b'");
        foreach (byte each in bytes)
        {
            _ = each switch
            {
                (byte)'\\' => text.Append(@"\\"),
                (byte)'\'' => text.Append(@"\'"),
                (byte)'\n' => text.Append(@"\n"),
                (byte)'\r' => text.Append(@"\r"),
                (byte)'\t' => text.Append(@"\t"),
                < 0x20 or >= 0x7f => text.Append(CultureInfo.InvariantCulture, $@"\x{each:x2}"),
                _ => text.Append((char)each),
            };
        }

        text.Append('\'');
    }
}
