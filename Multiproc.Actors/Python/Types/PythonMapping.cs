using Multiproc.Serialization;

namespace Multiproc.Python.Types;

/// <summary>A class of Python and the type of C# that it is mapped to.</summary>
internal abstract class PythonMapping(string module, string name, Type type)
{
    public string Module => module;

    public string Name => name;

    public Type Type => type;

    /// <summary>The class itself, as a pickle names it.</summary>
    protected PythonObject Class { get; } = new(module, name);

    /// <summary>Builds the C# value that an instance stands for.</summary>
    /// <param name="value">The instance as its pickle describes it.</param>
    /// <param name="inner">Converts a part of it.</param>
    /// <exception cref="SerializationException">The instance does not fit the type; the message says what is missing or left over.</exception>
    public abstract object Read(PythonObject value, Func<object?, object?> inner);

    /// <summary>Describes a C# value as an instance of the class.</summary>
    public abstract PythonObject Write(object value);

    protected SerializationException Misfit(string what) => new($"An instance of {Module}.{Name} cannot be a {TypeNames.Of(Type)}: {what}.");
}
