using System.Collections;
using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A list of fixed length in a block of shared memory: Python's <c>ShareableList</c>. Its items are null, bool, long, double, text or bytes, each in a slot of
/// a size that is fixed when the list is made. What was stored is read back exactly, also zeroes at its end.
/// </summary>
/// <remarks>One item is not protected against two writers at once: hold a lock around changes of the same item.</remarks>
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

    /// <summary>Makes a list.</summary>
    /// <param name="items">Its items; also another list, which is copied with the sizes of its slots.</param>
    /// <param name="name">The name of its block; null (the default): a fresh one.</param>
    /// <exception cref="ArgumentException">An item is of another type; or the name cannot be one.</exception>
    /// <exception cref="IOException">The name is in use, or the system has no room.</exception>
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

    /// <summary>The block that the list is in: Python's <c>shm</c>. Unlink it when the list is needed no more.</summary>
    public SharedMemoryBlock Block { get; }

    /// <summary>By this name others attach to it.</summary>
    public string Name => Block.Name;

    /// <summary>How many items it has.</summary>
    public int Count => _slots.Count;

    /// <summary>What is in the slots, in the letters of Python's <c>struct</c>: <c>8sdq</c> is text or bytes of up to 8 bytes, a double, a long.</summary>
    /// <exception cref="ObjectDisposedException">The list was disposed here.</exception>
    public string Format => string.Concat(Enumerable.Range(0, Count).Select(i => _slots.Read(i).Format(_slots.CapacityOf(i))));

    /// <summary>An item. From the end: <c>list[^1]</c>.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>Null, bool, long, double, string or byte[].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="ArgumentException">It is of no such type, or text or bytes are longer than the slot: nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The list was disposed here.</exception>
    public object? this[int index]
    {
        get => _slots.Read(index).Value;
        set => _slots.Write(index, SlotItem.Of(value));
    }

    /// <summary>Attaches to a list that exists.</summary>
    /// <param name="name">The name of its block.</param>
    /// <returns>The same list.</returns>
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

    /// <summary>Where a value is first. Types count: the text "100" is not the number 100.</summary>
    /// <param name="value">The value.</param>
    /// <returns>-1 when it is not there.</returns>
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

    /// <summary>How often a value is there.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Zero or more.</returns>
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

    /// <summary>Lets go of the block: it ends when nobody else uses it.</summary>
    public void Dispose() => Block.Dispose();

    /// <summary>Tells items and name.</summary>
    /// <returns>For example "ShareableList([1, "a"], name='psm_21467f3e')".</returns>
    public override string ToString() => $"ShareableList([{string.Join(", ", Enumerable.Range(0, Count).Select(i => _slots.Read(i).ToString()))}], name='{Name}')";

    void ISelfCoded.WriteTo(WireWriter writer) => writer.String(Name);

    static ShareableList ISelfCoded<ShareableList>.ReadFrom(ref WireReader reader) => Attach(reader.String());
}
