using System.Collections;
using System.Runtime.CompilerServices;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>
/// Represents a tuple of Python: an immutable sequence of values, which are compared one by one by Python's equality (1 equals 1.0 and true).
/// </summary>
/// <example><c>connection.Send(new PyTuple(1, "two", 3.0))</c>; a C# tuple is sent in the same form.</example>
public sealed class PyTuple : IReadOnlyList<object?>, ITuple, IEquatable<PyTuple>
{
    private readonly object?[] _items;

    [NonSerialized] // Hashes are seeded in each process.
    private int? _hash;

    /// <summary>Initializes a tuple with the given values.</summary>
    /// <param name="items">The values; they are copied.</param>
    public PyTuple(params ReadOnlySpan<object?> items)
        : this(items.ToArray(), owned: true)
    {
    }

    internal PyTuple(object?[] items, bool owned)
    {
        _items = owned ? items : [.. items];
        (Weight, Depth) = KeyCost.OfAll(_items);
    }

    /// <summary>Gets the empty tuple.</summary>
    public static PyTuple Empty { get; } = new([], owned: true);

    /// <summary>Gets the number of values.</summary>
    public int Count => _items.Length;

    int ITuple.Length => _items.Length;

    /// <summary>The cost of comparing or hashing it, or <see cref="KeyCost.Unhashable"/>.</summary>
    internal int Weight { get; }

    /// <summary>The number of nested levels of tuples and frozen sets.</summary>
    internal int Depth { get; }

    internal ReadOnlySpan<object?> Items => _items;

    /// <summary>Gets the value at an index.</summary>
    /// <param name="index">The index, from 0.</param>
    public object? this[int index] => _items[index];

    /// <inheritdoc/>
    public bool Equals(PyTuple? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other._items.Length != _items.Length || other.GetHashCode() != GetHashCode())
        {
            return false;
        }

        for (int i = 0; i < _items.Length; i++)
        {
            if (!PythonEquality.Instance.Equals(_items[i], other._items[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PyTuple);

    // The hash code is cached, since a tuple of shared tuples has exponentially many parts.
    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash is not { } known)
        {
            var hash = new HashCode();
            foreach (object? item in _items)
            {
                hash.Add(PythonEquality.Instance.HashOf(item));
            }

            _hash = known = hash.ToHashCode();
        }

        return known;
    }

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Formats the values as Python prints them, shortened if there are many.</summary>
    public override string ToString() => PythonText.Of(this);
}
