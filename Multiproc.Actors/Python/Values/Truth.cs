using System.Collections;

namespace Multiproc.Python.Values;

/// <summary>What Python takes for true.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null or DBNull => false,
        bool truth => truth,
        int number => number != 0,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        PyTuple tuple => tuple.Count > 0,
        ICollection collection => collection.Count > 0,
        _ => true,
    };
}
