using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>Converts a value of Python to the type that a shared object of this program has.</summary>
internal static class Typed<T>
{
    /// <exception cref="PythonException">A TypeError: the value is of another type.</exception>
    public static T From(object? value)
    {
        if (typeof(T) == typeof(object))
        {
            return (T)value!;
        }

        try
        {
            return PickleConversion.To<T>(value);
        }
        catch (SerializationException misfit)
        {
            throw PythonErrors.Type($"this object of a C# program takes {typeof(T)}: {misfit.Message}");
        }
    }

    /// <summary>Converts a key of a dictionary, which follows Python's rules of equality.</summary>
    public static T Key(object? key) => typeof(T) == typeof(object) ? (T)Keys.Of(key) : From(key);
}
