using System.Globalization;
using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>Names the values of a pickle as Python does, for error messages.</summary>
internal static class PickleNames
{
    private const int LongestShown = 40;

    public static string Of(object? value) => value switch
    {
        null or DBNull => "None",
        bool => "a bool",
        int or long or BigInteger => "an int",
        double => "a float",
        string => "a str",
        byte[] => "bytes",
        Memory<byte> => "a bytearray",
        List<object?> => "a list",
        PyTuple => "a tuple",
        Dictionary<object, object?> => "a dict",
        HashSet<object?> => "a set",
        PyFrozenSet => "a frozenset",
        _ => $"a {TypeNames.Of(value.GetType())}",
    };

    /// <summary>Returns the value itself if it is short and plain, otherwise its type.</summary>
    public static string Shown(object? value)
    {
        string? text = value switch
        {
            string some => $"'{some}'",
            int or long or double or bool => Convert.ToString(value, CultureInfo.InvariantCulture),
            BigInteger big when big.GetByteCount() <= 16 => big.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
        return text is { Length: <= LongestShown } ? text : Of(value);
    }
}
