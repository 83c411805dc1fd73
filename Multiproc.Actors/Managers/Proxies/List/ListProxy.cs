using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// Represents a list in a manager, made by <c>manager.List</c>, or in the process that called <c>Mp.List</c>. Each member is one atomic step. Enumerating
/// neither fails during concurrent writes nor blocks them: it goes by index, page by page; <see cref="GetValue"/> copies a single moment.
/// </summary>
/// <remarks>
/// The indexer returns a copy: <c>list[0].Add(x)</c> changes only that copy. Use <see cref="Update(Index, Action{T})"/>, which writes the item
/// back, or store a <see cref="ListProxy{T}"/> as the item. Items are equal if their serialized forms are.
/// </remarks>
/// <typeparam name="T">The type of the items: any sendable type.</typeparam>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var names = manager.List&lt;string&gt;(["b", "a"]);
/// names.Append("c");
/// names.Sort();
/// Console.WriteLine(names); // ["a", "b", "c"]
/// </code>
/// </example>
public sealed partial class ListProxy<T> : BaseProxy, IList<T>, IReadOnlyList<T>, ISelfCoded<ListProxy<T>>
{
    private const int PageSize = 512;

    internal ListProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Gets the number of items at the time of the call.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Count => (int)Ask(ListCommand.Count.Instance, default).Number;

    bool ICollection<T>.IsReadOnly => false;

    private protected override string Kind => $"ListProxy<{typeof(T).Name}>";

    /// <summary>Gets a copy of an item, or replaces it.</summary>
    /// <remarks>
    /// Because the getter returns a copy, <c>list[0].Add(x)</c> does not change the shared list. Call <c>list.Update(0, item => item.Add(x))</c>, or store a
    /// shared object as the item, such as a <see cref="ListProxy{T}"/>.
    /// </remarks>
    /// <param name="index">The item's index, from 0.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[int index]
    {
        get => this[FromStart(index)];
        set => this[FromStart(index)] = value;
    }

    /// <summary>Gets a copy of an item, or replaces it; <c>^1</c> is the last item, Python's -1.</summary>
    /// <remarks>The getter returns a copy; to mutate the item in the list, use <see cref="Update(Index, Action{T})"/>.</remarks>
    /// <param name="index">The item's index; it may count from the end.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[Index index]
    {
        get => Opened(Ask(new ListCommand.Get(PackedItems.Place(index)), default), index);
        set => Check(Ask(new ListCommand.Set(PackedItems.Place(index), Pack(value)), default), index);
    }

    /// <summary>Adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="SerializationException">The item cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Append(T item) => Splice(Index.End, 0, [Pack(item)]);

    /// <summary>Adds an item at the end. <see cref="Append"/> is the name in Python.</summary>
    /// <param name="item">The item.</param>
    public void Add(T item) => Append(item);

    /// <summary>Adds items at the end, in one atomic step.</summary>
    /// <param name="items">The items.</param>
    /// <exception cref="SerializationException">An item cannot be serialized; nothing was added.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Extend(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Splice(Index.End, 0, PackAll(items));
    }

    /// <summary>Inserts an item at an index; an index beyond the end appends it, as in Python.</summary>
    /// <param name="index">The index that the item will have, from 0.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative: write Python's -1 as <c>^1</c>.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Insert(int index, T item) => Insert(FromStart(index), item);

    /// <summary>Inserts an item at an index; an index beyond either end inserts it at that end, as in Python.</summary>
    /// <param name="index">The index, which may count from the end: <c>^1</c> inserts before the last item.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Insert(Index index, T item) => Ask(Inserted(index, item), default);

    /// <summary>Removes and returns the last item: Python's <c>pop</c>.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="InvalidOperationException">The list is empty.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Pop() => TryPop(out var item) ? item! : throw new InvalidOperationException($"{Identity}: pop from an empty list.");

    /// <summary>Removes the item at an index and returns it: Python's <c>pop</c>.</summary>
    /// <param name="index">The item's index; <c>^1</c> is the last item.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Pop(Index index) => Opened(Ask(new ListCommand.Take(PackedItems.Place(index)), default), index);

    /// <summary>Removes and returns the last item, if the list is not empty.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True if an item was removed; false if the list is empty.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryPop(out T? item)
    {
        var reply = Ask(new ListCommand.Take(PackedItems.Place(^1)), default);
        item = reply.Number >= 0 ? Serializer.Unpack<T>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Removes the item at an index.</summary>
    /// <param name="index">The item's index.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveAt(int index) => Splice(index, 1, []);

    /// <summary>Removes the first item that equals the given one.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <returns>True if an item was removed; false if none is equal (Python raises a ValueError).</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(T item) => Ask(new ListCommand.Remove(Pack(item)), default).Number == 1;

    /// <summary>Finds the first item that equals the given one: Python's <c>index</c>.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <returns>Its index, or -1 if no item is equal.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int IndexOf(T item) => (int)Ask(new ListCommand.Find(Pack(item)), default).Number;

    /// <summary>Counts the items that equal the given one: Python's <c>count</c>.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <returns>The number of equal items.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int CountOf(T item)
    {
        PackedNumber.TryRead(Ask(new ListCommand.Find(Pack(item)), default).Value, out long count);
        return (int)count;
    }

    /// <summary>Tests whether the list contains an item that equals the given one.</summary>
    /// <param name="item">The item to compare with.</param>
    /// <returns>True if an item is equal.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Contains(T item) => IndexOf(item) >= 0;

    /// <summary>Removes all items.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Clear() => Ask(ListCommand.Clear.Instance, default);

    /// <summary>Reverses the order of the items in one atomic step.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Reverse() => Ask(ListCommand.Reverse.Instance, default);

    /// <summary>Copies all items as of a single moment.</summary>
    /// <returns>A new local list.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetValue() => PackedItems.Unpack<T>(Ask(new ListCommand.Range(0, long.MaxValue), default).Value);

    /// <summary>Enumerates the items by index, page by page; concurrent writes beyond the current page are seen.</summary>
    /// <returns>Copies of the items.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (long at = 0; ;)
        {
            var page = PackedItems.Unpack<T>(Ask(new ListCommand.Range(at, PageSize), default).Value);
            foreach (var item in page)
            {
                yield return item;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            at += page.Count;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Copies all items, as of a single moment, into an array.</summary>
    /// <param name="array">The destination.</param>
    /// <param name="arrayIndex">The index in the array at which copying begins.</param>
    public void CopyTo(T[] array, int arrayIndex) => GetValue().CopyTo(array, arrayIndex);

    static ListProxy<T> ISelfCoded<ListProxy<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe() => ProxyText.Of(GetValue());

    private void Splice(Index at, int removed, Payload[] items) =>
        Check(Ask(new ListCommand.Splice(PackedItems.Place(at), removed, items), default), at);

    private ListCommand.SetSlice Inserted(Index index, T item) => new(PackedItems.Place(index), PackedItems.Place(index), [Pack(item)]);

    private Index FromStart(int index) => index >= 0
        ? new Index(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has no such index: what Python writes as [{index}] is [^{-(long)index}].");

    private T Opened(Reply reply, Index index) => Serializer.Unpack<T>(Check(reply, index).Value);

    private Reply Check(Reply reply, Index index) =>
        reply.Number >= 0 ? reply : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has no item at this index.");
}
