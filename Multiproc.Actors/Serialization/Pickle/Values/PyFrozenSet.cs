using System.Collections;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>Represents a frozenset of Python: an immutable set of values by Python's equality, for which 1, 1.0 and true are equal. It can be a key.</summary>
public sealed class PyFrozenSet : IReadOnlySet<object?>, IEquatable<PyFrozenSet>
{
    private readonly object?[] _items;

    [NonSerialized] // Hashes are seeded in each process: both are made again where the set arrives.
    private HashSet<object?>? _index;

    [NonSerialized]
    private int? _hash;

    /// <summary>Initializes a set with the given values.</summary>
    /// <param name="items">The values; duplicates are left out.</param>
    public PyFrozenSet(IEnumerable<object?> items)
    {
        _index = new HashSet<object?>(items, PythonEquality.Instance);
        _items = [.. _index];
        (Weight, Depth) = KeyCost.OfAll(_items);
    }

    /// <summary>Gets the number of values.</summary>
    public int Count => _items.Length;

    /// <summary>The cost of comparing or hashing it.</summary>
    internal int Weight { get; }

    /// <summary>The number of nested levels of tuples and frozen sets.</summary>
    internal int Depth { get; }

    private HashSet<object?> Index => _index ??= new HashSet<object?>(_items, PythonEquality.Instance);

    /// <inheritdoc/>
    public bool Contains(object? item) => Index.Contains(item);

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<object?> other) => Index.IsProperSubsetOf(other);

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<object?> other) => Index.IsProperSupersetOf(other);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<object?> other) => Index.IsSubsetOf(other);

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<object?> other) => Index.IsSupersetOf(other);

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<object?> other) => Index.Overlaps(other);

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<object?> other) => Index.SetEquals(other);

    /// <inheritdoc/>
    public bool Equals(PyFrozenSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && other.Count == Count && other.GetHashCode() == GetHashCode() && Index.IsSubsetOf(other.Index));

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
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Formats the values as Python prints them, shortened if there are many.</summary>
    public override string ToString() => PythonText.Of(this);
}
