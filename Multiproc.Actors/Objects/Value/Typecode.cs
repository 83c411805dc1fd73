using System.Globalization;

namespace Multiproc.Objects;

/// <summary>The typecodes of Python's <c>array</c> and <c>ctypes</c>, and their .NET types. C's long is 8 bytes, as on every 64-bit Unix.</summary>
internal static class Typecode
{
    public const string NeedsValue =
        "A typecode needs a value here, as in Python: Value('i', 0). To share a character itself, name its type: Value<char>('x').";

    public const string NeedsItems = "A typecode alone would be taken for a length: write Array('i', 10), or Array('i', [1, 2, 3]).";

    private const string Known = "c u b B h H i I l L q Q f d ?";

    public static Type TypeOf(char typecode) => typecode switch
    {
        'c' or 'B' => typeof(byte),
        'u' => typeof(char),
        'b' => typeof(sbyte),
        'h' => typeof(short),
        'H' => typeof(ushort),
        'i' => typeof(int),
        'I' => typeof(uint),
        'l' or 'q' => typeof(long),
        'L' or 'Q' => typeof(ulong),
        'f' => typeof(float),
        'd' => typeof(double),
        '?' => typeof(bool),
        _ => throw new ArgumentException(
            $"'{typecode}' is not a typecode. The typecodes are {Known}; for any other struct, or a character, name the type as the type argument, without a "
            + "typecode: Mp.Value<char>('x').",
            nameof(typecode)),
    };

    /// <summary>Converts a value to the typecode's type as ctypes does: integers wrap around, a fraction is not an integer, null is zero.</summary>
    /// <exception cref="ArgumentException">The typecode is unknown, or the value cannot be converted to its type.</exception>
    public static object Convert(char typecode, object? value)
    {
        var type = TypeOf(typecode);
        return (Type.GetTypeCode(type), value) switch
        {
            (_, null) => Activator.CreateInstance(type)!,
            (TypeCode.Char, char letter) => letter,
            (TypeCode.Char, string { Length: 1 } text) => text[0],
            (TypeCode.Boolean, bool truth) => truth,
            (TypeCode.Boolean, _) when IsNumber(value) => System.Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0,
            (TypeCode.Single, _) when IsNumber(value) => System.Convert.ToSingle(value, CultureInfo.InvariantCulture),
            (TypeCode.Double, _) when IsNumber(value) => System.Convert.ToDouble(value, CultureInfo.InvariantCulture),
            (TypeCode.Byte, _) when IsWhole(value) => (byte)Bits(value),
            (TypeCode.SByte, _) when IsWhole(value) => (sbyte)Bits(value),
            (TypeCode.Int16, _) when IsWhole(value) => (short)Bits(value),
            (TypeCode.UInt16, _) when IsWhole(value) => (ushort)Bits(value),
            (TypeCode.Int32, _) when IsWhole(value) => (int)Bits(value),
            (TypeCode.UInt32, _) when IsWhole(value) => (uint)Bits(value),
            (TypeCode.Int64, _) when IsWhole(value) => (long)Bits(value),
            (TypeCode.UInt64, _) when IsWhole(value) => Bits(value),
            _ => throw new ArgumentException($"Typecode '{typecode}' is {type}, and a value of {value.GetType()} cannot be converted to it.", nameof(value)),
        };
    }

    private static bool IsWhole(object value) => value is bool or byte or sbyte or short or ushort or int or uint or long or ulong;

    private static bool IsNumber(object value) => IsWhole(value) || value is float or double;

    private static ulong Bits(object value) => value is ulong large ? large : unchecked((ulong)System.Convert.ToInt64(value, CultureInfo.InvariantCulture));

    /// <exception cref="ArgumentException">The typecode is unknown, or of another type.</exception>
    public static void Require<T>(char typecode)
    {
        if (TypeOf(typecode) is var type && type != typeof(T))
        {
            throw new ArgumentException(
                $"Typecode '{typecode}' is {type}, but {typeof(T)} was given: write the value as a {type.Name}, or omit the typecode.", nameof(typecode));
        }
    }
}
