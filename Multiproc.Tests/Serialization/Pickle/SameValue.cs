using System.Numerics;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>Whether two values are the same to the last bit and type, order of dictionaries included.</summary>
internal static class SameValue
{
    public static bool Are(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || (double.IsNaN(a) && double.IsNaN(b)),
        (Complex a, Complex b) => Are(a.Real, b.Real) && Are(a.Imaginary, b.Imaginary),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (Memory<byte> a, Memory<byte> b) => a.Span.SequenceEqual(b.Span),
        (PyTuple a, PyTuple b) => AreAll(a, b),
        (List<object?> a, List<object?> b) => AreAll(a, b),
        (HashSet<object?> a, HashSet<object?> b) => a.SetEquals(b) && a.All(item => b.TryGetValue(item, out object? other) && Are(item, other)),
        (PyFrozenSet a, PyFrozenSet b) => a.Equals(b),
        (Dictionary<object, object?> a, Dictionary<object, object?> b) => AreAll(a.Keys, b.Keys) && AreAll(a.Values, b.Values),
        (PythonException a, PythonException b) =>
            a.TypeName == b.TypeName && AreAll(a.Arguments, b.Arguments) && AreAll(a.Attributes.Keys, b.Attributes.Keys)
                && AreAll(a.Attributes.Values, b.Attributes.Values),
        (PyTimeZone a, PyTimeZone b) => a.Offset == b.Offset && a.Name == b.Name,
        (DateTimeOffset a, DateTimeOffset b) => a.EqualsExact(b),
        _ => left.GetType() == right.GetType() && left.Equals(right),
    };

    private static bool AreAll(IEnumerable<object?> left, IEnumerable<object?> right)
    {
        var (a, b) = (left.ToArray(), right.ToArray());
        return a.Length == b.Length && a.Zip(b).All(pair => Are(pair.First, pair.Second));
    }
}
