namespace Multiproc.Objects.Queues;

/// <summary>
/// The items that a node has handed to processes in advance: for each process a word of mapped memory that says how much of its batch is claimed. The process
/// claims the next item, and the node calls back what is not claimed, each by one compare-and-swap: so an item belongs to exactly one of the two, whichever of
/// them stops or dies, and when. A claimed item is acknowledged in a second word when its value was deserialized.
/// </summary>
/// <remarks>
/// The first word: 32 bits with the number of the batch, 16 bits with its end, 16 bits with the number of claimed items. The second word: a bit for each
/// acknowledged item of the batch. It belongs to the last batch until everything claimed of it is acknowledged: no other batch is offered before.
/// </remarks>
internal readonly unsafe struct AheadCell(byte* address)
{
    public const int Slots = 64;
    public const int LargestBatch = 64;
    public const int Bytes = Slots * WordsPerSlot * sizeof(long);

    // Side by side: the process that claims then has the cache line of the acknowledgement too.
    private const int WordsPerSlot = 2;

    private const int EndShift = 16;
    private const int BatchShift = 32;
    private const int CountMask = 0xFFFF;

    private readonly long* _words = (long*)address;

    /// <summary>For the node: offers a batch, which the process of the slot may claim from now on.</summary>
    public void Offer(int slot, uint batch, int count)
    {
        // There is no concurrent acknowledgement: everything claimed before is acknowledged, and nothing of this batch can be claimed yet.
        Volatile.Write(ref Acknowledgements(slot), 0);
        Volatile.Write(ref Claims(slot), ((long)batch << BatchShift) | ((long)count << EndShift));
    }

    /// <summary>For the process of the slot: claims the next item of a batch.</summary>
    /// <returns>False when all are claimed or called back.</returns>
    public bool TryClaim(int slot, uint batch, out int index)
    {
        while (true)
        {
            long word = Volatile.Read(ref Claims(slot));
            index = (int)word & CountMask;
            if ((uint)(word >> BatchShift) != batch || index >= EndOf(word))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref Claims(slot), word + 1, word) == word)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// For the node: closes the batch, so that no more can be claimed. The process writes to the word too, so its count is clamped to a possible one.
    /// </summary>
    /// <returns>The number of claimed items.</returns>
    public int CallBack(int slot, int count)
    {
        long word = Interlocked.Exchange(ref Claims(slot), 0);
        return Math.Min((int)word & CountMask, count);
    }

    /// <summary>For the node: the number of claimed items at this moment.</summary>
    public int Claimed(int slot, int count) => Math.Min((int)Volatile.Read(ref Claims(slot)) & CountMask, count);

    /// <summary>For the process of the slot: acknowledges a claimed item, whose value was deserialized.</summary>
    public void Acknowledge(int slot, int index) => Interlocked.Or(ref Acknowledgements(slot), 1L << index);

    /// <summary>For the node: whether an item that was claimed of the last batch is acknowledged.</summary>
    public bool IsAcknowledged(int slot, int index) => (Volatile.Read(ref Acknowledgements(slot)) & (1L << index)) != 0;

    private ref long Claims(int slot) => ref _words[slot * WordsPerSlot];

    private ref long Acknowledgements(int slot) => ref _words[(slot * WordsPerSlot) + 1];

    private static int EndOf(long word) => (int)(word >> EndShift) & CountMask;
}
