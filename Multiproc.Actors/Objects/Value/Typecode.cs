namespace Multiproc.Objects;

/// <summary>The typecodes of Python's <c>array</c> and <c>ctypes</c>, and what they are here. C's long is 8 bytes, as on every 64-bit Unix.</summary>
internal static class Typecode
{
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
        _ => throw new ArgumentException($"'{typecode}' is not a typecode. Known are {Known}; any other struct is named as the type argument, without a typecode.", nameof(typecode)),
    };

    /// <exception cref="ArgumentException">The typecode is unknown, or of another type.</exception>
    public static void Require<T>(char typecode)
    {
        if (TypeOf(typecode) is var type && type != typeof(T))
        {
            throw new ArgumentException($"Typecode '{typecode}' is {type}, but {typeof(T)} was given: write the value as a {type.Name}, or leave the typecode out.", nameof(typecode));
        }
    }
}
