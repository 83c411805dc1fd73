using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>
/// Keys of shared dictionaries and sets, which are compared by their bytes. Numbers that are one key in Python are made alike: 1.0 becomes 1. True stays, and
/// is another key than 1.
/// </summary>
internal static class Keys
{
    private static readonly PythonObject s_none = new("builtins", "None");

    /// <exception cref="PythonException">A TypeError: the value cannot be hashed.</exception>
    public static object Of(object? key)
    {
        if (KeyCost.Of(key) == KeyCost.Unhashable)
        {
            throw PythonErrors.Type($"unhashable type: '{PickleNames.Of(key).Split(' ')[^1]}'");
        }

        return key switch
        {
            null or DBNull => s_none,
            double number when Math.Floor(number) == number && Math.Abs(number) < long.MaxValue => PickleNumbers.Of((long)number),
            _ => key,
        };
    }
}
