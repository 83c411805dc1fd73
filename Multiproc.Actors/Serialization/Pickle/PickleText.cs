using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Encodes and decodes Python's text as UTF-8 with lone surrogates as three bytes (its "surrogatepass"), which .NET's own decoder rejects. A high
/// surrogate followed by a low one is a single character in UTF-16, and is encoded as such.
/// </summary>
internal static class PickleText
{
    private const int SurrogateBytes = 3;

    /// <exception cref="SerializationException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        char[] room = new char[bytes.Length]; // UTF-16 never has more units than UTF-8 has bytes.
        int length = 0;
        while (Utf8.ToUtf16(bytes, room.AsSpan(length), out int read, out int written, replaceInvalidSequences: false) is not OperationStatus.Done)
        {
            length += written;
            bytes = bytes[read..];
            if (bytes is not [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
            {
                throw new SerializationException("Malformed pickle: a text is not UTF-8.");
            }

            room[length++] = (char)(0xD000 | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F));
            bytes = bytes[SurrogateBytes..];
        }

        Utf8.ToUtf16(bytes, room.AsSpan(length), out _, out int last, replaceInvalidSequences: false);
        return new string(room, 0, length + last);
    }

    public static int SizeOf(string text)
    {
        // A lone surrogate counts as the replacement character, which has the same number of bytes.
        return Encoding.UTF8.GetByteCount(text);
    }

    /// <summary>Fills exactly <see cref="SizeOf"/> bytes.</summary>
    public static void Encode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        while (Utf8.FromUtf16(text, bytes, out int read, out int written, replaceInvalidSequences: false, isFinalBlock: true) is not OperationStatus.Done)
        {
            char surrogate = text[read];
            text = text[(read + 1)..];
            bytes = bytes[written..];
            bytes[0] = 0xED;
            bytes[1] = (byte)(0x80 | ((surrogate >> 6) & 0x3F));
            bytes[2] = (byte)(0x80 | (surrogate & 0x3F));
            bytes = bytes[SurrogateBytes..];
        }
    }
}
