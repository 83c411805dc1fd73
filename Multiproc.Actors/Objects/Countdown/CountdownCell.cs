namespace Multiproc.Objects.Countdowns;

/// <summary>What a signal did.</summary>
internal enum SignalOutcome
{
    /// <summary>The count is lower, and not zero.</summary>
    Counted,

    /// <summary>The count is zero now.</summary>
    Reached,

    /// <summary>The count is zero now, and there are waiters: the node must be told.</summary>
    NeedsNode,

    /// <summary>The count is lower than the signal, and stays.</summary>
    TooMany,
}

/// <summary>A countdown in mapped memory, counted down and up by one compare-and-swap from any process.</summary>
/// <remarks>
/// Word 0 has the count in its low half, and bit 32 set while the node has waiters. Word 1 is the initial count, which only the node writes. A count of zero
/// stays zero until the node resets it, which first lets go those that wait: so a signaller that dies before it has told the node is found out by the death,
/// and nobody who waited for that zero is forgotten.
/// </remarks>
internal readonly unsafe struct CountdownCell(byte* address) : ICell<CountdownCell>
{
    public const int Bytes = 64;

    private const long Waiters = 1L << 32;

    private readonly long* _words = (long*)address;

    static int ICell<CountdownCell>.Size => Bytes;

    static CountdownCell ICell<CountdownCell>.At(byte* address) => new(address);

    public int Count => (int)Volatile.Read(ref _words[0]);

    public int Initial => (int)Volatile.Read(ref _words[1]);

    /// <summary>Counts down.</summary>
    public SignalOutcome Signal(int count)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if ((int)word < count)
            {
                return SignalOutcome.TooMany;
            }

            if (Interlocked.CompareExchange(ref _words[0], word - count, word) == word)
            {
                return (int)word > count ? SignalOutcome.Counted : word == count ? SignalOutcome.Reached : SignalOutcome.NeedsNode;
            }
        }
    }

    /// <summary>Counts up.</summary>
    /// <returns>The count before; 0 when it was zero, or -1 when it would become too large: then it stays.</returns>
    public int Add(int count)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if ((int)word == 0)
            {
                return 0;
            }

            if ((int)word > int.MaxValue - count)
            {
                return -1;
            }

            if (Interlocked.CompareExchange(ref _words[0], word + count, word) == word)
            {
                return (int)word;
            }
        }
    }

    /// <summary>For the node: sets both counts; the mark of waiters stays.</summary>
    public void Reset(int count)
    {
        Volatile.Write(ref _words[1], count);
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if (Interlocked.CompareExchange(ref _words[0], (word & Waiters) | (uint)count, word) == word)
            {
                return;
            }
        }
    }

    /// <summary>For the node: announces a waiter. False when the count is zero, so that no wait is needed.</summary>
    public bool TryAnnounceWaiter() => (int)Interlocked.Or(ref _words[0], Waiters) != 0;

    /// <summary>For the node: there are no waiters any more.</summary>
    public void ClearWaiters() => Interlocked.And(ref _words[0], ~Waiters);
}
