namespace Multiproc.Objects.Semaphores;

/// <summary>How a release ended.</summary>
internal enum PermitOutcome
{
    Done,

    /// <summary>Somebody waits: the home must be told.</summary>
    NeedsHome,

    /// <summary>More permits than the maximum.</summary>
    TooMany,
}

/// <summary>
/// A semaphore in mapped memory that knows at any moment how many permits each process holds, although taking one is a single
/// compare-and-swap by a process that may die right after it.
/// </summary>
/// <remarks>
/// Word 0 is the state: 24 bits of count, 8 bits of the slot that did the last operation, 1 bit that says which (0 took, 1 gave), 1 bit
/// Waiters, 30 bits of sequence. Words 8 to 70 are the slots: 32 bits of permits held (signed: a process may give more than it took) and the
/// sequence of the last operation that is counted there. Before anybody changes word 0, the operation that it names is counted in its slot if
/// it is not yet - by a swap that only one can win, and only while word 0 still names it. So at every moment at most one operation is not
/// counted, and it is the one that word 0 names: nothing is lost with a process that dies between its two steps.
/// </remarks>
internal readonly unsafe struct SemaphoreCell(byte* address)
{
    /// <summary>Slots for processes; the home has the first. Slot numbers above are nobody's.</summary>
    public const int Slots = 63;
    public const int HomeSlot = 0;
    public const int NoSlot = 255;
    public const int Bytes = (8 + Slots) * sizeof(long) + 8;
    public const int MaxCount = (1 << 24) - 1;

    private const int SlotShift = 24;
    private const long GaveBit = 1L << 32;
    private const long WaitersBit = 1L << 33;
    private const int SequenceShift = 34;
    private const long SequenceMask = (1L << 30) - 1;

    private readonly long* _words = (long*)address;

    public int Count => (int)(Volatile.Read(ref _words[0]) & MaxCount);

    public void Initialize(int count) => Volatile.Write(ref _words[0], Pack(count, NoSlot, false, false, 0));

    /// <summary>Takes a permit if there is one and nobody waits for it.</summary>
    public bool TryTake(int slot) => TryTake(slot, pastWaiters: false);

    public bool TryTake(int slot, bool pastWaiters)
    {
        while (true)
        {
            long word = Settled();
            int count = (int)(word & MaxCount);
            bool waiters = (word & WaitersBit) != 0;
            if (count == 0 || (waiters && !pastWaiters))
            {
                return false;
            }

            if (Change(word, Pack(count - 1, slot, false, waiters, Sequence(word) + 1)))
            {
                return true;
            }
        }
    }

    public PermitOutcome Give(int slot, int maximum)
    {
        while (true)
        {
            long word = Settled();
            int count = (int)(word & MaxCount);
            if (count >= maximum)
            {
                return PermitOutcome.TooMany;
            }

            bool waiters = (word & WaitersBit) != 0;
            if (Change(word, Pack(count + 1, slot, true, waiters, Sequence(word) + 1)))
            {
                return waiters ? PermitOutcome.NeedsHome : PermitOutcome.Done;
            }
        }
    }

    /// <summary>For the home: takes a permit for somebody, or says that he waits.</summary>
    public bool TakeOrAnnounce(int slot)
    {
        while (true)
        {
            long word = Settled();
            int count = (int)(word & MaxCount);
            if (count > 0)
            {
                if (Change(word, Pack(count - 1, slot, false, (word & WaitersBit) != 0, Sequence(word) + 1)))
                {
                    return true;
                }
            }
            else if ((word & WaitersBit) != 0 || Change(word, Pack(0, NoSlot, false, true, Sequence(word) + 1)))
            {
                return false;
            }
        }
    }

    /// <summary>For the home: nobody waits any more.</summary>
    public void ClearWaiters()
    {
        while (true)
        {
            long word = Settled();
            if ((word & WaitersBit) == 0 || Change(word, Pack((int)(word & MaxCount), NoSlot, false, false, Sequence(word) + 1)))
            {
                return;
            }
        }
    }

    /// <summary>For the home: the process of a slot is dead; what it held is free again. What it gave beyond that stays given.</summary>
    public void Reclaim(int slot)
    {
        Settled();
        int held = Held(slot);

        // Nobody but the dead process changes this slot, once the last operation is counted. The sequence stays: word 0 may still name
        // that operation, and it must not be counted again for the next process of this slot.
        Volatile.Write(ref _words[8 + slot], Volatile.Read(ref _words[8 + slot]) & ~(long)uint.MaxValue);
        if (held > 0)
        {
            AddPermits(held);
        }
    }

    public int Held(int slot) => (int)Volatile.Read(ref _words[8 + slot]);

    private void AddPermits(int permits)
    {
        while (true)
        {
            long word = Settled();
            int count = (int)Math.Min(MaxCount, (word & MaxCount) + permits);
            if (Change(word, Pack(count, NoSlot, false, (word & WaitersBit) != 0, Sequence(word) + 1)))
            {
                return;
            }
        }
    }

    private static long Pack(int count, int slot, bool gave, bool waiters, long sequence) =>
        (long)(uint)count | ((long)slot << SlotShift) | (gave ? GaveBit : 0) | (waiters ? WaitersBit : 0) | ((sequence & SequenceMask) << SequenceShift);

    private static long Sequence(long word) => (word >> SequenceShift) & SequenceMask;

    /// <summary>The state word, after its operation has been counted.</summary>
    private long Settled()
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if (Settle(word))
            {
                return word;
            }
        }
    }

    /// <summary>False when the word is not the current one any more.</summary>
    private bool Settle(long word)
    {
        int slot = (int)((word >> SlotShift) & 0xFF);
        if (slot >= Slots)
        {
            return true;
        }

        ref long counted = ref _words[8 + slot];
        long before = Volatile.Read(ref counted);
        long sequence = Sequence(word);
        if ((before >> 32) == sequence)
        {
            return true;
        }

        // The slot was read before this look: if the word still stands, the slot does not count it yet, and if somebody counts it now, our swap fails.
        if (Volatile.Read(ref _words[0]) != word)
        {
            return false;
        }

        int held = (int)before + ((word & GaveBit) != 0 ? -1 : 1);
        Interlocked.CompareExchange(ref counted, (uint)held | (sequence << 32), before);
        return true;
    }

    private bool Change(long word, long next)
    {
        if (Interlocked.CompareExchange(ref _words[0], next, word) != word)
        {
            return false;
        }

        Settle(next);
        return true;
    }
}
