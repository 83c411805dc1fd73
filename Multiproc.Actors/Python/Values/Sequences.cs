using System.Collections;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>What Python can iterate over, of the values that arrive here.</summary>
internal static class Sequences
{
    /// <summary>A range is a few bytes, and a list of its numbers is not.</summary>
    private const long LongestRange = 50_000_000;

    /// <exception cref="PythonException">A TypeError: the value is not iterable.</exception>
    public static IReadOnlyList<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        PyTuple tuple => tuple,
        string text => [.. text.EnumerateRunes().Select(static rune => (object?)rune.ToString())],
        byte[] bytes => [.. bytes.Select(static each => (object?)(int)each)],
        HashSet<object?> set => [.. set],
        PyFrozenSet set => [.. set],
        Dictionary<object, object?> dictionary => [.. dictionary.Keys],
        PythonObject { IsInstance: true, Module: "builtins", Name: "range", Arguments.Count: 3 } range => Range(range.Arguments),
        PythonObject { IsInstance: true, Module: "array", Name: "array", Arguments: [string, List<object?> items] } => items,
        PythonObject { IsInstance: true, Module: "builtins", Name: "iter" or "reversed", Arguments: [{ } inner] } => Items(inner),
        PythonObject { IsInstance: true, Module: "collections", Name: "deque" } deque => deque.Items,
        SharedObject and IEnumerable shared => [.. shared.Cast<object?>()],
        _ => throw PythonErrors.Type($"{PickleNames.Of(value)} object is not iterable"),
    };

    /// <summary>The entries of a mapping, or of a sequence of pairs.</summary>
    public static IEnumerable<(object? Key, object? Value)> Entries(object? value) => value switch
    {
        Dictionary<object, object?> dictionary => dictionary.Select(static each => ((object?)each.Key, each.Value)),
        PythonObject { Entries.Count: > 0 } mapping => mapping.Entries.Chunk(2).Select(static pair => (pair[0], pair[1])),
        SharedObject shared when CollectionKinds.Of(shared.GetType()) == CollectionKind.Dictionary => CollectionKinds.Pairs(shared),
        _ => Items(value).Select(static each => Items(each) is [var key, var item]
            ? (key, item)
            : throw PythonErrors.Value("dictionary update sequence element has not the length 2")),
    };

    private static object?[] Range(PyTuple arguments)
    {
        long start = Arguments.Integer(arguments[0]);
        long stop = Arguments.Integer(arguments[1]);
        long step = Arguments.Integer(arguments[2]);
        var length = step == 0 ? 0 : ((Int128)stop - start + step - Math.Sign(step)) / step;
        if (length > LongestRange)
        {
            throw new PythonException(new PyTuple($"a range of {length} items is not made a list here: at most {LongestRange}"), "MemoryError");
        }

        object?[] items = new object?[Math.Max(0, (int)length)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = PickleNumbers.Of(start + (i * step));
        }

        return items;
    }
}
