using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects.Lists;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A list in a manager. Each member is one step there. Enumerating while others write neither fails nor blocks them: it goes by place, page by page, as
/// Python's; <see cref="GetValue"/> is a copy of one moment.
/// </summary>
/// <remarks>
/// What the indexer gives is a copy: <c>list[0].Add(x)</c> changes only that copy. Use <see cref="Update(Index, Action{T})"/>, which writes
/// back, or put a <see cref="ListProxy{T}"/> inside. Items are equal when their serialized forms are.
/// </remarks>
/// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
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

    /// <summary>How many items there are at the moment of asking.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Count => (int)Ask(ListCommand.Count.Instance, default).Number;

    bool ICollection<T>.IsReadOnly => false;

    private protected override string Kind => $"ListProxy<{typeof(T).Name}>";

    /// <summary>A copy of an item, or a new item in its place.</summary>
    /// <remarks>
    /// A copy: <c>list[0].Add(x)</c> changes what only you have, and the shared list never hears of it. Say <c>list.Update(0, item => item.Add(x))</c>, or let the
    /// item be shared itself: a <see cref="ListProxy{T}"/> inside stays the same list.
    /// </remarks>
    /// <param name="index">Its place, from 0.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[int index]
    {
        get => this[FromStart(index)];
        set => this[FromStart(index)] = value;
    }

    /// <summary>A copy of an item, or a new item in its place; <c>^1</c> is the last one, as Python's -1.</summary>
    /// <remarks>A copy: to change its inside use <see cref="Update(Index, Action{T})"/>.</remarks>
    /// <param name="index">Its place, from either end.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[Index index]
    {
        get => Opened(Ask(new ListCommand.Get(PackedItems.Place(index)), default), index);
        set => Check(Ask(new ListCommand.Set(PackedItems.Place(index), Serializer.Pack(value)), default), index);
    }

    /// <summary>Adds an item at the end.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="SerializationException">The item cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Append(T item) => Splice(Index.End, 0, [Serializer.Pack(item)]);

    /// <summary>The same as <see cref="Append"/>.</summary>
    /// <param name="item">The item.</param>
    public void Add(T item) => Append(item);

    /// <summary>Adds items at the end, all in one step.</summary>
    /// <param name="items">The items.</param>
    /// <exception cref="SerializationException">An item cannot be sent; nothing was added.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Extend(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Splice(Index.End, 0, PackedItems.Pack(items));
    }

    /// <summary>Puts an item before another; beyond the end it is appended, as in Python.</summary>
    /// <param name="index">Where it will be, from 0.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative place: what Python writes as -1 is <c>^1</c>.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Insert(int index, T item) => Insert(FromStart(index), item);

    /// <summary>Puts an item before another; beyond an end of the list it is put at that end, as in Python.</summary>
    /// <param name="index">Where it will be, from either end: at <c>^1</c> it comes before the last item.</param>
    /// <param name="item">The item.</param>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Insert(Index index, T item) => Ask(Inserted(index, item), default);

    /// <summary>Removes the last item and gives it.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="InvalidOperationException">The list is empty.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Pop() => TryPop(out var item) ? item! : throw new InvalidOperationException($"{Identity}: pop from an empty list.");

    /// <summary>Removes an item and gives it.</summary>
    /// <param name="index">Its place; <c>^1</c> is the last one.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Pop(Index index) => Opened(Ask(new ListCommand.Take(PackedItems.Place(index)), default), index);

    /// <summary>Removes the last item if there is one.</summary>
    /// <param name="item">The item.</param>
    /// <returns>False when the list was empty.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool TryPop(out T? item)
    {
        var reply = Ask(new ListCommand.Take(PackedItems.Place(^1)), default);
        item = reply.Number >= 0 ? Serializer.Unpack<T>(reply.Value) : default;
        return reply.Number >= 0;
    }

    /// <summary>Removes an item.</summary>
    /// <param name="index">Its place.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void RemoveAt(int index) => Splice(index, 1, []);

    /// <summary>Removes the first item that is equal to another.</summary>
    /// <param name="item">The other.</param>
    /// <returns>False when there is none (where Python raises a ValueError).</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Remove(T item) => Ask(new ListCommand.Remove(Serializer.Pack(item)), default).Number == 1;

    /// <summary>Where the first item is that is equal to another. Python's <c>index</c>.</summary>
    /// <param name="item">The other.</param>
    /// <returns>Its place, or -1.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int IndexOf(T item) => (int)Ask(new ListCommand.Find(Serializer.Pack(item)), default).Number;

    /// <summary>How many items are equal to another. Python's <c>count</c>.</summary>
    /// <param name="item">The other.</param>
    /// <returns>Their number.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int CountOf(T item)
    {
        PackedNumber.TryRead(Ask(new ListCommand.Find(Serializer.Pack(item)), default).Value, out long count);
        return (int)count;
    }

    /// <summary>Whether an item is equal to another.</summary>
    /// <param name="item">The other.</param>
    /// <returns>True when there is one.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public bool Contains(T item) => IndexOf(item) >= 0;

    /// <summary>Removes all items.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Clear() => Ask(ListCommand.Clear.Instance, default);

    /// <summary>Turns the order around, in one step.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Reverse() => Ask(ListCommand.Reverse.Instance, default);

    /// <summary>A copy of all items at one moment.</summary>
    /// <returns>A list of this process.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public List<T> GetValue() => PackedItems.Unpack<T>(Ask(new ListCommand.Range(0, long.MaxValue), default).Value);

    /// <summary>Gives the items by place, page by page; what others write behind the current page is seen.</summary>
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

    /// <summary>Copies all items of one moment into an array.</summary>
    /// <param name="array">The array.</param>
    /// <param name="arrayIndex">Where the first one goes.</param>
    public void CopyTo(T[] array, int arrayIndex) => GetValue().CopyTo(array, arrayIndex);

    static ListProxy<T> ISelfCoded<ListProxy<T>>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    private protected override string Describe() => ProxyText.Of(GetValue());

    private void Splice(Index at, int removed, Payload[] items) =>
        Check(Ask(new ListCommand.Splice(PackedItems.Place(at), removed, items), default), at);

    private static ListCommand.SetSlice Inserted(Index index, T item) => new(PackedItems.Place(index), PackedItems.Place(index), [Serializer.Pack(item)]);

    private Index FromStart(int index) => index >= 0
        ? new Index(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has no such place: what Python writes as [{index}] is [^{-(long)index}].");

    private T Opened(Reply reply, Index index) => Serializer.Unpack<T>(Check(reply, index).Value);

    private Reply Check(Reply reply, Index index) =>
        reply.Number >= 0 ? reply : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has no such place.");
}
