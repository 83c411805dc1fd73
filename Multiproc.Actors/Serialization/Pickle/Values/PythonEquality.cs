using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Implements Python's equality of values that can be keys: numbers by value whatever their type; text, bytes, tuples and frozen sets by content;
/// anything else by .NET's equality. NaN equals only the same object. Hashes are seeded, so that a peer cannot send keys that collide on purpose.
/// </summary>
internal sealed class PythonEquality : IEqualityComparer<object?>
{
    public static PythonEquality Instance { get; } = new();

    public new bool Equals(object? x, object? y)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        return (x, y) switch
        {
            (null or DBNull, null or DBNull) => true,
            (null, _) or (_, null) => false,
            (string left, string right) => string.Equals(left, right, StringComparison.Ordinal),
            (byte[] left, byte[] right) => left.AsSpan().SequenceEqual(right),
            (double.NaN or float.NaN, _) or (_, double.NaN or float.NaN) => false,
            _ => NumberKey.TryMake(x, out var a) ? NumberKey.TryMake(y, out var b) && a == b : x.Equals(y),
        };
    }

    public int GetHashCode(object? obj) => HashOf(obj);

    public int HashOf(object? value)
    {
        switch (value)
        {
            case null or DBNull:
                return 0;
            case string text:
                return text.GetHashCode(StringComparison.Ordinal);
            case byte[] bytes:
                var hash = default(HashCode);
                hash.AddBytes(bytes);
                return hash.ToHashCode();
            default:
                return NumberKey.TryMake(value, out var key) ? HashCode.Combine(key.Small, key.Large, key.Real, key.Imaginary)
                    : IsNumber(value) ? RuntimeHelpers.GetHashCode(value)
                    : HashCode.Combine(value.GetHashCode());
        }
    }

    /// <summary>The hash code of a NaN, by identity: if all were in one bucket, a set of them would take quadratic time.</summary>
    private static bool IsNumber(object value) => value is double or float or System.Numerics.Complex;
}
