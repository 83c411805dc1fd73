using System.Collections;
using Multiproc.Managers;
using Multiproc.Objects;
using Multiproc.Objects.Lists;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>An array in a manager: items of any type that can be sent, in a fixed number.</summary>
/// <typeparam name="T">What the items are.</typeparam>
public sealed partial class ArrayProxy<T> : BaseProxy, IReadOnlyList<T>, ISelfCoded<ArrayProxy<T>>
{
    private const int PageSize = 512;

    internal ArrayProxy(ObjectHandle handle, int length)
        : base(handle) => Length = length;

    /// <summary>How many items there are; never changes.</summary>
    public int Length { get; }

    int IReadOnlyCollection<T>.Count => Length;

    private protected override string Kind => $"ArrayProxy<{typeof(T).Name}>";

    /// <summary>A copy of an item, or a new item in its place.</summary>
    /// <param name="index">Its place; <c>^1</c> is the last one.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T this[int index]
    {
        get => Serializer.Unpack<T>(Ask(new ListCommand.Get(Inside(index)), default).Value);
        set => Ask(new ListCommand.Set(Inside(index), Serializer.Pack(value)), default);
    }

    /// <summary>Reads an item without a blocked thread.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>A copy of the item.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask<T> GetAsync(int index, CancellationToken cancellation = default) =>
        Serializer.Unpack<T>((await AskAsync(new ListCommand.Get(Inside(index)), cancellation).ConfigureAwait(false)).Value);

    /// <summary>Sets an item without a blocked thread.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="item">The new item.</param>
    /// <param name="cancellation">Gives up waiting; the item may be set all the same.</param>
    /// <returns>A task that ends when it is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public async ValueTask SetAsync(int index, T item, CancellationToken cancellation = default) =>
        await AskAsync(new ListCommand.Set(Inside(index), Serializer.Pack(item)), cancellation).ConfigureAwait(false);

    /// <summary>Copies of the items of a range, all of one moment; also <c>array[1..3]</c>.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="length">How many.</param>
    /// <returns>An array of this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the array.</exception>
    public T[] Slice(int start, int length)
    {
        RequireInside(start, length);
        return [.. PackedItems.Unpack<T>(Ask(new ListCommand.Range(start, length), default).Value)];
    }

    /// <summary>Sets the items of a range in one step.</summary>
    /// <param name="start">The first place.</param>
    /// <param name="items">The items.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the array.</exception>
    public void SetRange(int start, IReadOnlyCollection<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        RequireInside(start, items.Count);
        Ask(new ListCommand.Splice(start, items.Count, PackedItems.Pack(items)), default);
    }

    /// <summary>Changes an item; nobody else's change is lost.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="update">Makes the new item from the known one; called here, again when somebody else was faster.</param>
    /// <returns>What is there now.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public T Update(int index, Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        long at = Inside(index);
        while (true)
        {
            var known = Ask(new ListCommand.Get(at), default).Value;
            var next = update(Serializer.Unpack<T>(known));
            if (Ask(new ListCommand.CompareAndSet(at, known, Serializer.Pack(next)), default).Number == 1)
            {
                return next;
            }
        }
    }

    /// <summary>A copy of all items at one moment.</summary>
    /// <returns>An array of this process.</returns>
    public T[] GetValue() => Slice(0, Length);

    /// <summary>Gives the items page by page.</summary>
    /// <returns>Copies of the items.</returns>
    public IEnumerator<T> GetEnumerator()
    {
        for (int at = 0; at < Length; at += PageSize)
        {
            foreach (var item in Slice(at, Math.Min(PageSize, Length - at)))
            {
                yield return item;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    static ArrayProxy<T> ISelfCoded<ArrayProxy<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new(handle, reader.Natural());
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Length);
    }

    private protected override string Describe() => ProxyText.Of(GetValue());

    private void RequireInside(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
    }

    private int Inside(int index) => (uint)index < (uint)Length
        ? index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{Identity} has {Length} items.");
}
