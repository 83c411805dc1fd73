using System.Collections;
using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A list of fixed length in a named block of shared memory: Python's <c>ShareableList</c>. Its items are null, bool, long, double, string or byte[], each in a
/// slot whose size is fixed when the list is created. Values are read back exactly as stored, including trailing zero bytes.
/// </summary>
/// <remarks>Items are not protected against concurrent writers: hold a lock while you change an item that others may change too.</remarks>
/// <example>
/// <code>
/// using var list = new ShareableList(["howdy", 273.154, 100L, null, true]);
/// list[0] = "hello";
/// using var same = ShareableList.Attach(list.Name);
/// Console.WriteLine(same[0]); // hello
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class ShareableList : IReadOnlyList<object?>, IDisposable, ISelfCoded<ShareableList>
{
    private readonly SlotTable _slots;

    /// <summary>Creates a list in a new block of shared memory.</summary>
    /// <param name="items">The items. Another <see cref="ShareableList"/> is copied together with the sizes of its slots.</param>
    /// <param name="name">The name of the block; null (the default) generates a unique one.</param>
    /// <exception cref="ArgumentException">An item has a type that a list cannot hold, or <paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="IOException">The name is in use, or there is not enough shared memory.</exception>
    public ShareableList(IEnumerable<object?> items, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        SlotItem[] contents = [.. items.Select(SlotItem.Of)];
        int[] capacities = items is ShareableList other ? other._slots.Capacities() : [.. contents.Select(static item => item.Capacity)];
        Block = SharedMemoryBlock.Create(SlotTable.BytesFor(capacities), name);
        _slots = SlotTable.Make(Block, capacities);
        for (int i = 0; i < contents.Length; i++)
        {
            _slots.Write(i, contents[i]);
        }
    }

    private ShareableList(SharedMemoryBlock block)
    {
        Block = block;
        _slots = SlotTable.Open(block);
    }

    /// <summary>The block of shared memory that holds the list: Python's <c>shm</c>. Unlink it when the list is no longer needed.</summary>
    public SharedMemoryBlock Block { get; }

    /// <summary>The name of the block, which other processes attach to.</summary>
    public string Name => Block.Name;

    /// <summary>The number of items.</summary>
    public int Count => _slots.Count;

    /// <summary>
    /// The layout of the slots in the notation of Python's <c>struct</c>: <c>8sdq</c> means a string or bytes of up to 8 bytes, a double and a long.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The list was disposed in this process.</exception>
    public string Format => string.Concat(Enumerable.Range(0, Count).Select(i => _slots.Read(i).Format(_slots.CapacityOf(i))));

    /// <summary>Gets or sets an item; <c>list[^1]</c> counts from the end.</summary>
    /// <param name="index">The index, from 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The item: null, bool, long, double, string or byte[].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is out of range.</exception>
    /// <exception cref="ArgumentException">The new value has a type that a list cannot hold, or does not fit its slot; the item is unchanged.</exception>
    /// <exception cref="ObjectDisposedException">The list was disposed in this process.</exception>
    public object? this[int index]
    {
        get => _slots.Read(index).Value;
        set => _slots.Write(index, SlotItem.Of(value));
    }

    /// <summary>Attaches to an existing list.</summary>
    /// <param name="name">The name of the list's block.</param>
    /// <returns>The list; changes are visible to every process that is attached to it.</returns>
    /// <exception cref="FileNotFoundException">There is no block with this name.</exception>
    /// <exception cref="MultiprocException">The block does not hold a list.</exception>
    public static ShareableList Attach(string name)
    {
        var block = SharedMemoryBlock.Attach(name);
        try
        {
            return new ShareableList(block);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>Returns the index of the first item that equals a value. Types matter: the string "100" does not equal the number 100.</summary>
    /// <param name="value">The value to look for.</param>
    /// <returns>The index, or -1 when there is no such item.</returns>
    public int IndexOf(object? value)
    {
        var wanted = SlotItem.Of(value);
        for (int i = 0; i < Count; i++)
        {
            if (_slots.Read(i).Equals(wanted))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Returns the number of items that equal a value: Python's <c>count</c>.</summary>
    /// <param name="value">The value to look for.</param>
    /// <returns>The number of equal items; 0 when there are none.</returns>
    public int CountOf(object? value)
    {
        var wanted = SlotItem.Of(value);
        return Enumerable.Range(0, Count).Count(i => _slots.Read(i).Equals(wanted));
    }

    /// <inheritdoc/>
    public IEnumerator<object?> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Releases the block, which is freed when no other process uses it.</summary>
    public void Dispose() => Block.Dispose();

    /// <summary>Returns the items and the name.</summary>
    /// <returns>For example "ShareableList([1, "a"], name='psm_21467f3e')".</returns>
    public override string ToString() =>
        $"ShareableList([{string.Join(", ", Enumerable.Range(0, Count).Select(i => _slots.Read(i).ToString()))}], name='{Name}')";

    void ISelfCoded.WriteTo(WireWriter writer) => writer.String(Name);

    static ShareableList ISelfCoded<ShareableList>.ReadFrom(ref WireReader reader) => Attach(reader.String());
}
