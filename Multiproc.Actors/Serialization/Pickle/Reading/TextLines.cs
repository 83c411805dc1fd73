using System.Globalization;
using System.Text;

namespace Multiproc.Serialization.Pickle;

/// <summary>Reads the strings of protocols 0 and 1, which are escaped to fit on one line.</summary>
internal static class TextLines
{
    /// <summary>
    /// The argument of UNICODE: Latin-1 with \uXXXX and \UXXXXXXXX; another character behind a backslash stands for itself and the backslash.
    /// </summary>
    public static string RawUnicode(ReadOnlySpan<byte> line)
    {
        if (!line.Contains((byte)'\\'))
        {
            return Encoding.Latin1.GetString(line);
        }

        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] != '\\' || i + 1 == line.Length)
            {
                text.Append((char)line[i]);
                continue;
            }

            byte kind = line[++i];
            int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            if (digits == 0)
            {
                text.Append('\\').Append((char)kind);
                continue;
            }

            AppendCodePoint(text, Hex(line[(i + 1)..], digits));
            i += digits;
        }

        return text.ToString();
    }

    /// <summary>The argument of STRING, as Python 2 printed it: in quotes, with C's escapes. Only ASCII has a meaning to Python 3.</summary>
    public static string Quoted(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd("\r \t"u8);
        if (line.Length < 2 || line[0] is not ((byte)'\'' or (byte)'"') || line[^1] != line[0])
        {
            throw new SerializationException("Malformed pickle: the argument of a STRING is not in quotes.");
        }

        line = line[1..^1];
        var bytes = new List<byte>(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            bytes.Add(line[i] == '\\' ? Escape(line, ref i) : line[i]);
        }

        return Ascii(bytes.ToArray());
    }

    public static string Ascii(ReadOnlySpan<byte> bytes) =>
        System.Text.Ascii.IsValid(bytes)
            ? Encoding.ASCII.GetString(bytes)
            : throw new SerializationException("Malformed pickle: a byte string of Python 2 with bytes above 127 has no meaning to Python 3.");

    /// <summary>Leaves <paramref name="i"/> at the last byte of the escape.</summary>
    private static byte Escape(ReadOnlySpan<byte> line, ref int i)
    {
        if (++i >= line.Length)
        {
            throw new SerializationException("Malformed pickle: a backslash at the end of a STRING.");
        }

        switch (line[i])
        {
            case (byte)'\\' or (byte)'\'' or (byte)'"':
                return line[i];
            case (byte)'n':
                return (byte)'\n';
            case (byte)'r':
                return (byte)'\r';
            case (byte)'t':
                return (byte)'\t';
            case (byte)'a':
                return 7;
            case (byte)'b':
                return 8;
            case (byte)'f':
                return 12;
            case (byte)'v':
                return 11;
            case (byte)'x':
                byte value = (byte)Hex(line[(i + 1)..], 2);
                i += 2;
                return value;
            case >= (byte)'0' and <= (byte)'7':
                int octal = 0;
                int end = Math.Min(i + 3, line.Length);
                for (; i < end && line[i] is >= (byte)'0' and <= (byte)'7'; i++)
                {
                    octal = (octal * 8) + (line[i] - '0');
                }

                i--;
                return (byte)octal;
            default:
                throw new SerializationException("Malformed pickle: an unknown escape in a STRING.");
        }
    }

    private static uint Hex(ReadOnlySpan<byte> text, int digits) =>
        text.Length >= digits && uint.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw new SerializationException("Malformed pickle: an escape lacks its digits.");

    private static void AppendCodePoint(StringBuilder text, uint code)
    {
        if (code <= char.MaxValue)
        {
            text.Append((char)code); // Lone surrogates too.
        }
        else if (Rune.IsValid(code))
        {
            text.Append(new Rune(code).ToString());
        }
        else
        {
            throw new SerializationException("Malformed pickle: a character beyond U+10FFFF.");
        }
    }
}
