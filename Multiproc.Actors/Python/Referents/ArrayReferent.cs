using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>An Array: of a length that never changes.</summary>
internal sealed class ArrayReferent<T>(ArrayProxy<T> array) : Referent
{
    private static readonly string[] s_exposed = ["__len__", "__getitem__", "__setitem__"];

    public override string TypeId => "Array";

    public override string ProxyClass => "ArrayProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    private static string Code => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.SByte => "b",
        TypeCode.Byte => "B",
        TypeCode.Char => "u",
        TypeCode.Int16 => "h",
        TypeCode.UInt16 => "H",
        TypeCode.Int32 => "i",
        TypeCode.UInt32 => "I",
        TypeCode.Int64 => "q",
        TypeCode.UInt64 => "Q",
        TypeCode.Single => "f",
        TypeCode.Double => "d",
        _ => "",
    };

    public override string Text => $"array('{Code}', {PythonRepr.List(array.GetValue())})";

    public override object? Copy => Value(array.GetValue());

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "__len__":
                return array.Length;
            case "__getitem__":
                object? index = given.Next("key");
                return Slice.IsSlice(index) ? Value(Slice.Of(index, array.Length).Of(array.GetValue())) : array[At(index, "array index out of range")];
            default:
                Set(given.Next("key"), given.Next("value"));
                return null;
        }
    }

    /// <summary>Slices are arrays of the same typecode, as in Python.</summary>
    private static object Value(IEnumerable<T> items)
    {
        var all = items.Select(static each => (object?)each).ToList();
        return Code.Length == 0 ? all : new PythonObject(new PythonObject("array", "array"), new PyTuple(Code, all));
    }

    private void Set(object? index, object? value)
    {
        if (!Slice.IsSlice(index))
        {
            array[At(index, "array assignment index out of range")] = Item(value);
            return;
        }

        var slice = Slice.Of(index, array.Length);
        T[] items = [.. Sequences.Items(value).Select(Item)];
        if (items.Length != slice.Count)
        {
            throw PythonErrors.Value("an array of a C# program keeps its length");
        }

        if (slice.IsPiece)
        {
            array.SetRange(slice.Start, items);
            return;
        }

        for (int i = 0; i < items.Length; i++)
        {
            array[slice.Start + (i * slice.Step)] = items[i];
        }
    }

    private static T Item(object? value)
    {
        try
        {
            return Typed<T>.From(value);
        }
        catch (PythonException) when (value is int or long or System.Numerics.BigInteger)
        {
            throw new PythonException(new PyTuple($"{PythonRepr.Of(value)} does not fit into an array of typecode '{Code}'"), "OverflowError");
        }
    }

    private int At(object? index, string otherwise)
    {
        long place = index is int or long or bool ? Arguments.Integer(index) : throw PythonErrors.Type("array indices must be integers");
        place += place < 0 ? array.Length : 0;
        return place >= 0 && place < array.Length ? (int)place : throw PythonErrors.Index(otherwise);
    }
}
