namespace Multiproc.Objects.Queues;

/// <summary>
/// What a home has handed to processes ahead of their asking: for each process a word of mapped memory that says how much of its batch is claimed. The
/// process claims the next item, and the home calls back what is not claimed, each by one compare-and-swap: so an item is the one's or the other's,
/// whoever of them stops or dies, and when.
/// </summary>
/// <remarks>A word: 32 bits with the number of the batch, 16 bits with where it ends, 16 bits with how many items of it are claimed.</remarks>
internal readonly unsafe struct AheadCell(byte* address)
{
    public const int Slots = 64;
    public const int Bytes = Slots * sizeof(long);

    private const int EndShift = 16;
    private const int BatchShift = 32;
    private const int CountMask = 0xFFFF;

    private readonly long* _words = (long*)address;

    /// <summary>For the home: from now on the process of the slot may claim.</summary>
    public void Offer(int slot, uint batch, int count) => Volatile.Write(ref _words[slot], ((long)batch << BatchShift) | ((long)count << EndShift));

    /// <summary>For the process of the slot: claims the next item of a batch.</summary>
    /// <returns>False when all are claimed or called back.</returns>
    public bool TryClaim(int slot, uint batch, out int index)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[slot]);
            index = (int)word & CountMask;
            if ((uint)(word >> BatchShift) != batch || index >= EndOf(word))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _words[slot], word + 1, word) == word)
            {
                return true;
            }
        }
    }

    /// <summary>For the home: no more of the batch can be claimed. The process writes to the word too, so what it says is cut to what it can say.</summary>
    /// <returns>How many were claimed.</returns>
    public int CallBack(int slot, int count)
    {
        long word = Interlocked.Exchange(ref _words[slot], 0);
        return Math.Min((int)word & CountMask, count);
    }

    /// <summary>For the home: how many are claimed at this moment.</summary>
    public int Claimed(int slot, int count) => Math.Min((int)Volatile.Read(ref _words[slot]) & CountMask, count);

    private static int EndOf(long word) => (int)(word >> EndShift) & CountMask;
}
