using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects.Sets;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Represents a set in a manager, made by <c>manager.Set</c>, or in the process that called <c>Mp.Set</c>. Each member is one atomic step, including unions
/// and intersections; items keep their insertion order.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var seen = manager.Set(["a"]);
/// bool isNew = seen.Add("b");        // true
/// seen.UnionWith(["b", "c"]);        // one atomic step
/// </code>
/// </example>
/// <typeparam name="T">The type of the items; items are equal if their serialized forms are.</typeparam>
public sealed partial class SetProxy<T> : BaseProxy, ISet<T>, IReadOnlySet<T>, ISelfCoded<SetProxy<T>>
{
    private const int PageSize = 512;

    internal SetProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the number of items at the time of the call.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Count => (int)Ask(SetCommand.Count.Instance, default).Number;

    bool ICollection<T>.IsReadOnly => false;

    private protected override string Kind => $"SetProxy<{typeof(T).Name}>";

    /// <summary>Adds an item.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True if the item was added; false if the set contained it.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Add(T item) => Combine(SetOperation.Union, [item]).Known == 0;

    /// <summary>Removes an item if the set contains it: Python's <c>discard</c>.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True if the item was removed; false if the set did not contain it.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(T item) => Combine(SetOperation.Except, [item]).Known == 1;

    /// <summary>Tests whether the set contains an item at the time of the call.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True if the set contains the item.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Contains(T item) => Combine(SetOperation.Compare, [item]).Known == 1;

    /// <summary>Removes and returns the oldest item.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="InvalidOperationException">The set is empty.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Pop() => Popped(Ask(SetCommand.Pop.Instance, default));

    /// <summary>Removes all items.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Clear() => Ask(SetCommand.Clear.Instance, default);

    /// <inheritdoc/>
    public void UnionWith(IEnumerable<T> other) => Combine(SetOperation.Union, other);

    /// <inheritdoc/>
    public void ExceptWith(IEnumerable<T> other) => Combine(SetOperation.Except, other);

    /// <inheritdoc/>
    public void IntersectWith(IEnumerable<T> other) => Combine(SetOperation.Intersect, other);

    /// <inheritdoc/>
    public void SymmetricExceptWith(IEnumerable<T> other) => Combine(SetOperation.SymmetricExcept, other);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<T> other) => Combine(SetOperation.Compare, other).IsSubset;

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<T> other) => Combine(SetOperation.Compare, other).IsSuperset;

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<T> other) => Combine(SetOperation.Compare, other).IsProperSubset;

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<T> other) => Combine(SetOperation.Compare, other).IsProperSuperset;

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<T> other) => Combine(SetOperation.Compare, other).Known > 0;

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<T> other) => Combine(SetOperation.Compare, other).IsEqual;

    /// <summary>Copies all items as of a single moment.</summary>
    /// <returns>A new local set.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public HashSet<T> GetValue() => [.. PackedItems.Unpack<T>(Ask(new SetCommand.Page(0, int.MaxValue), default).Value)];

    /// <summary>Copies all items, as of a single moment, into an array.</summary>
    /// <param name="array">The destination.</param>
    /// <param name="arrayIndex">The index in the array at which copying begins.</param>
    public void CopyTo(T[] array, int arrayIndex) => PackedItems.Unpack<T>(Ask(new SetCommand.Page(0, int.MaxValue), default).Value).CopyTo(array, arrayIndex);

    /// <summary>
    /// Enumerates the items in insertion order, page by page. An item that is not removed meanwhile is returned exactly once, regardless of concurrent writes.
    /// </summary>
    /// <returns>Copies of the items.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (long cursor = 0; cursor >= 0;)
        {
            var reply = Ask(new SetCommand.Page(cursor, PageSize), default);
            cursor = reply.Number;
            foreach (var item in PackedItems.Unpack<T>(reply.Value))
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<T>.Add(T item) => Add(item);

    static SetProxy<T> ISelfCoded<SetProxy<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe() =>
        ProxyText.Sequence(PackedItems.Unpack<T>(Ask(new SetCommand.Page(0, int.MaxValue), default).Value), '{', '}');

    private T Popped(Reply reply) =>
        reply.Number >= 0 ? Serializer.Unpack<T>(reply.Value) : throw new InvalidOperationException($"{Identity}: pop from an empty set.");

    private Found Combine(SetOperation operation, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Found.In(Ask(new SetCommand.Combine(operation, PackAll(items)), default));
    }

    /// <summary>Counts of a combination: given items that the set contained, distinct given items, and items that the set had.</summary>
    private readonly record struct Found(long Known, long Given, long Count)
    {
        public bool IsSubset => Known == Count;

        public bool IsSuperset => Known == Given;

        public bool IsProperSubset => IsSubset && Given > Count;

        public bool IsProperSuperset => IsSuperset && Given < Count;

        public bool IsEqual => IsSuperset && Given == Count;

        public static Found In(Reply reply)
        {
            var reader = new WireReader(reply.Value.Bytes.Span);
            return new Found(reply.Number, reader.VarInt(), reader.VarInt());
        }
    }
}
