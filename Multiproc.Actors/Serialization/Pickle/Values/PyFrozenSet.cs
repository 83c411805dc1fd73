using System.Collections;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>A frozenset of Python: values without order and without doubles by Python's equality (1, 1.0 and true are one). It can be a key.</summary>
public sealed class PyFrozenSet : IReadOnlySet<object?>, IEquatable<PyFrozenSet>
{
    private readonly HashSet<object?> _items;
    private int? _hash;

    /// <summary>Makes a set of these values.</summary>
    /// <param name="items">The values; doubles are left out.</param>
    public PyFrozenSet(IEnumerable<object?> items)
    {
        _items = new HashSet<object?>(items, PythonEquality.Instance);
        (Weight, Depth) = KeyCost.OfAll(_items);
    }

    /// <summary>How many values it has.</summary>
    public int Count => _items.Count;

    /// <summary>What comparing or hashing it costs.</summary>
    internal int Weight { get; }

    /// <summary>How many levels of tuples and frozen sets it has.</summary>
    internal int Depth { get; }

    /// <inheritdoc/>
    public bool Contains(object? item) => _items.Contains(item);

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<object?> other) => _items.IsProperSubsetOf(other);

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<object?> other) => _items.IsProperSupersetOf(other);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<object?> other) => _items.IsSubsetOf(other);

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<object?> other) => _items.IsSupersetOf(other);

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<object?> other) => _items.Overlaps(other);

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<object?> other) => _items.SetEquals(other);

    /// <inheritdoc/>
    public bool Equals(PyFrozenSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && other.Count == Count && other.GetHashCode() == GetHashCode() && _items.IsSubsetOf(other._items));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PyFrozenSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash is not { } known)
        {
            known = Count;
            foreach (object? item in _items)
            {
                known += HashCode.Combine(PythonEquality.Instance.HashOf(item)); // A sum: the order must not matter.
            }

            _hash = known;
        }

        return known;
    }

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>The values as Python would print them, shortened when there are many.</summary>
    public override string ToString() => PythonText.Of(this);
}
