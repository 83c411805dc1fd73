using System.Buffers.Binary;

namespace Multiproc.Objects;

/// <summary>
/// The slots of a <see cref="ShareableList"/> in its block: a mark, the count, where each slot begins and the last one ends, then the slots. A slot is a word
/// with type and length, followed by room for the item. Other processes write the block too, so each number is checked before use.
/// </summary>
internal sealed class SlotTable
{
    private const long Mark = 0x31_5453_494C_504D; // MPLIST1
    private const int Word = 8;
    private const int LengthShift = 32;

    private readonly SharedMemoryBlock _block;
    private readonly int[] _starts;

    private SlotTable(SharedMemoryBlock block, int[] starts)
    {
        _block = block;
        _starts = starts;
    }

    public int Count => _starts.Length - 1;

    public static long BytesFor(int[] capacities) => StartOf(capacities.Length) + capacities.Sum(static capacity => (long)capacity + Word);

    public static SlotTable Make(SharedMemoryBlock block, int[] capacities)
    {
        int[] starts = new int[capacities.Length + 1];
        starts[0] = (int)StartOf(capacities.Length);
        for (int i = 0; i < capacities.Length; i++)
        {
            starts[i + 1] = checked(starts[i] + Word + capacities[i]);
        }

        var words = block.Buf;
        for (int i = 0; i < starts.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(words[((2 + i) * Word)..], starts[i]);
        }

        BinaryPrimitives.WriteInt64LittleEndian(words[Word..], capacities.Length);
        BinaryPrimitives.WriteInt64LittleEndian(words, Mark);
        return new SlotTable(block, starts);
    }

    /// <exception cref="MultiprocException">The block does not hold a list.</exception>
    public static SlotTable Open(SharedMemoryBlock block)
    {
        var words = block.Buf;
        if (words.Length < 3 * Word || BinaryPrimitives.ReadInt64LittleEndian(words) != Mark)
        {
            throw NoList(block);
        }

        long count = BinaryPrimitives.ReadInt64LittleEndian(words[Word..]);
        if (count < 0 || count > (words.Length / Word) - 3)
        {
            throw NoList(block);
        }

        int[] starts = new int[count + 1];
        long before = StartOf((int)count) - Word;
        for (int i = 0; i < starts.Length; i++)
        {
            long start = BinaryPrimitives.ReadInt64LittleEndian(words[((2 + i) * Word)..]);
            if (start < before + Word || start > words.Length)
            {
                throw NoList(block);
            }

            starts[i] = (int)start;
            before = start;
        }

        return new SlotTable(block, starts);
    }

    public int CapacityOf(int index) => _starts[index + 1] - _starts[index] - Word;

    public int[] Capacities() => [.. Enumerable.Range(0, Count).Select(CapacityOf)];

    public SlotItem Read(int index)
    {
        var slot = Slot(index);
        long head = BinaryPrimitives.ReadInt64LittleEndian(slot);
        var type = (SlotType)(byte)head;
        long length = head >> LengthShift;
        if (type > SlotType.Bytes || length < 0 || length > slot.Length - Word)
        {
            throw NoList(_block);
        }

        return new SlotItem(type, slot.Slice(Word, type is SlotType.Text or SlotType.Bytes ? (int)length : Word).ToArray());
    }

    /// <exception cref="ArgumentException">The item is longer than the slot.</exception>
    public void Write(int index, SlotItem item)
    {
        var slot = Slot(index);
        if (item.Stored.Length > slot.Length - Word)
        {
            throw new ArgumentException(
                $"The item has {item.Stored.Length} bytes and exceeds available storage: slot {index} of the list '{_block.Name}' has {slot.Length - Word}.",
                nameof(item));
        }

        item.Stored.CopyTo(slot[Word..]);
        BinaryPrimitives.WriteInt64LittleEndian(slot, (byte)item.Type | ((long)item.Stored.Length << LengthShift));
    }

    private static long StartOf(int count) => (3L + count) * Word;

    private static MultiprocException NoList(SharedMemoryBlock block) =>
        new($"{block} does not hold a ShareableList, or was overwritten.");

    private Span<byte> Slot(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The list '{_block.Name}' has {Count} items.");
        }

        return _block.Buf[_starts[index].._starts[index + 1]];
    }
}
