using System.Globalization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Types;

/// <summary>
/// Names of classes in pickles that are mapped to types. Instances are built when the whole pickle was read: their state comes after them, and may refer to
/// them. For one reader at a time.
/// </summary>
internal sealed class TypedNames(TypeMap types)
{
    private static readonly PythonObject s_decimalClass = new("decimal", "Decimal");

    private static readonly PickleGlobal s_decimal = CollectionGlobals.Make("decimal", "Decimal", static (arguments, _) =>
        arguments.Items is [string text] && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal number)
            && number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : throw new WrongArgumentsException());

    private bool _seen;

    public TypeMap Types => types;

    /// <summary>Finds a name that can be called at once, and notes one that is mapped.</summary>
    public PickleGlobal? Find(string module, string name)
    {
        if (module == "decimal" && name == "Decimal")
        {
            return s_decimal;
        }

        _seen |= types.Find(module, name) is not null;
        return null;
    }

    /// <summary>Replaces instances of mapped classes in a value that was read.</summary>
    /// <exception cref="SerializationException">An instance does not fit its type.</exception>
    public object? Complete(object? value)
    {
        if (!_seen)
        {
            return value;
        }

        _seen = false;
        return new Instances(types).Of(value);
    }

    /// <summary>Describes a value whose type is mapped; null for another one.</summary>
    public PythonObject? Reduce(object value) => value is decimal number
        ? new PythonObject(s_decimalClass, new PyTuple(number.ToString(CultureInfo.InvariantCulture)))
        : types.Find(value.GetType())?.Write(value);
}
