using System.Runtime.CompilerServices;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>Whether two values are equal for Python: numbers, text and tuples by value, all other things when they are alike byte by byte.</summary>
internal static class Equality
{
    /// <exception cref="InsufficientExecutionStackException">A list contains itself, or is nested too deeply: a RecursionError, as in Python.</exception>
    public static bool Same(object? one, object? other)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return PythonEquality.Instance.Equals(one, other) || (IsDeep(one) && IsDeep(other) && Deep(one, other));
    }

    private static bool IsDeep(object? value) => value is List<object?> or Dictionary<object, object?> or HashSet<object?> or PythonObject or Memory<byte>;

    private static bool Deep(object? one, object? other) => one is List<object?> a && other is List<object?> b
        ? a.Count == b.Count && a.Zip(b).All(static pair => Same(pair.First, pair.Second))
        : Serializer.Pack(one).Bytes.Span.SequenceEqual(Serializer.Pack(other).Bytes.Span);
}
