using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>Reads the numbers of a pickle: an int becomes the smallest of int, long and BigInteger that holds it.</summary>
internal static class PickleNumbers
{
    // The boxes of small ints are shared, like the small int objects of CPython.
    private static readonly object[] s_small = [.. Enumerable.Range(0, 256).Select(number => (object)number)];

    public static object Of(int value) => (uint)value < 256 ? s_small[value] : value;

    public static object Of(long value) => value is >= int.MinValue and <= int.MaxValue ? Of((int)value) : value;

    public static object Of(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? Of((long)value) : value;

    public static object OfBytes(ReadOnlySpan<byte> littleEndian, PickleLimits limits)
    {
        if (littleEndian.Length > limits.MaxIntegerBytes)
        {
            throw new SerializationException($"Pickle refused: an int of {littleEndian.Length} bytes, the limit is {limits.MaxIntegerBytes}.");
        }

        return Of(new BigInteger(littleEndian));
    }

    /// <summary>The argument of INT: 00 and 01 are truth values.</summary>
    public static object OfIntLine(ReadOnlySpan<byte> line, PickleLimits limits) =>
        line.SequenceEqual("00"u8) ? false : line.SequenceEqual("01"u8) ? true : OfDigits(line, limits);

    /// <summary>The argument of LONG, with or without the L.</summary>
    public static object OfLongLine(ReadOnlySpan<byte> line, PickleLimits limits) =>
        OfDigits(line is [.. var digits, (byte)'L'] ? digits : line, limits);

    public static double OfFloatLine(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("inf"u8))
        {
            return double.PositiveInfinity;
        }

        if (line.SequenceEqual("-inf"u8))
        {
            return double.NegativeInfinity;
        }

        if (line.SequenceEqual("nan"u8) || line.SequenceEqual("-nan"u8))
        {
            return double.NaN;
        }

        return Utf8Parser.TryParse(line, out double number, out int used) && used == line.Length && double.IsFinite(number)
            ? number
            : throw new SerializationException("Malformed pickle: the argument of a FLOAT is no number.");
    }

    private static object OfDigits(ReadOnlySpan<byte> line, PickleLimits limits)
    {
        if (Utf8Parser.TryParse(line, out long small, out int used) && used == line.Length)
        {
            return Of(small);
        }

        if (line.Length > limits.MaxIntegerDigits)
        {
            throw new SerializationException($"Pickle refused: an int of {line.Length} digits, the limit is {limits.MaxIntegerDigits}.");
        }

        return BigInteger.TryParse(System.Text.Encoding.Latin1.GetString(line), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large)
            ? Of(large)
            : throw new SerializationException("Malformed pickle: the argument of an INT or LONG is no number.");
    }
}
