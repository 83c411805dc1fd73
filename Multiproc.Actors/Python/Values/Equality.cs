using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>Whether two values are equal for Python: numbers, text and tuples by value, all other things when they are alike byte by byte.</summary>
internal static class Equality
{
    public static bool Same(object? one, object? other) =>
        PythonEquality.Instance.Equals(one, other) || (IsDeep(one) && IsDeep(other) && Deep(one, other));

    private static bool IsDeep(object? value) => value is List<object?> or Dictionary<object, object?> or HashSet<object?> or PythonObject or Memory<byte>;

    private static bool Deep(object? one, object? other) => one is List<object?> a && other is List<object?> b
        ? a.Count == b.Count && a.Zip(b).All(static pair => Same(pair.First, pair.Second))
        : Serializer.Pack(one).Bytes.Span.SequenceEqual(Serializer.Pack(other).Bytes.Span);
}
