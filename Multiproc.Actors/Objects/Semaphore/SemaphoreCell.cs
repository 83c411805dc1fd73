namespace Multiproc.Objects.Semaphores;

/// <summary>How a release ended.</summary>
internal enum PermitOutcome
{
    Done,

    /// <summary>There are waiters: the node must be told.</summary>
    NeedsNode,

    /// <summary>The release would exceed the maximum.</summary>
    TooMany,

    /// <summary>The slot holds none.</summary>
    NotHeld,
}

/// <summary>
/// A semaphore in mapped memory that knows at any moment how many permits each process holds, although acquiring one is a single compare-and-swap by a process
/// that may die right after it.
/// </summary>
/// <remarks>
/// Word 0 is the state: 24 bits of count, 6 bits that name a slot, 4 bits with the balance of this slot since it was last counted (permits acquired minus
/// released, plus eight), 1 bit Closed, 1 bit Waiters, 28 bits of the slot's sequence. Words 8 to 70 are the slots: 32 bits of permits held (signed: a process
/// may release more than it acquired) and 32 bits of sequence, the number of times that the slot was counted.
/// <para>
/// While word 0 names a slot and is open, the process of that slot acquires and releases by one swap of word 0. Any other process first closes word 0, so that
/// its balance cannot change any more, then counts the balance in the named slot, by a swap that only one process can win, and then makes word 0 name its own
/// slot. So at every moment everything uncounted is in word 0: nothing is lost with a process that dies between two steps, and the next one continues from
/// there.
/// </para>
/// </remarks>
internal readonly unsafe partial struct SemaphoreCell(byte* address) : ICell<SemaphoreCell>
{
    /// <summary>Slots for processes; the node has the first.</summary>
    public const int Slots = 62;
    public const int NodeSlot = 0;

    /// <summary>The slot after them is for all processes that have none.</summary>
    public const int SharedSlot = Slots;
    public const int Bytes = (8 + Slots + 1) * sizeof(long);
    public const int MaxCount = (1 << 24) - 1;

    private const int SlotShift = 24;
    private const int SlotMask = 63;
    private const int BalanceShift = 30;
    private const int BalanceMask = 15;
    private const int Even = 8;
    private const long OneTaken = 1L << BalanceShift;
    private const long ClosedBit = 1L << 34;
    private const long WaitersBit = 1L << 35;
    private const int SequenceShift = 36;
    private const uint SequenceMask = (1 << 28) - 1;

    private readonly long* _words = (long*)address;

    static int ICell<SemaphoreCell>.Size => Bytes;

    static SemaphoreCell ICell<SemaphoreCell>.At(byte* address) => new(address);

    public int Count => (int)(Volatile.Read(ref _words[0]) & MaxCount);

    public void Initialize(int count) => Volatile.Write(ref _words[0], Naming(count, NodeSlot));

    /// <summary>Takes a permit if there is one and there are no waiters.</summary>
    public bool TryTake(int slot) => TryTake(slot, pastWaiters: false);

    public bool TryTake(int slot, bool pastWaiters)
    {
        long seen = Volatile.Read(ref _words[0]);
        return (IsOpenFor(slot, seen) && (seen & MaxCount) != 0 && (seen & WaitersBit) == 0 && Swap(seen, seen + OneTaken - 1))
            || TryTakeSlowly(slot, pastWaiters);
    }

    private bool TryTakeSlowly(int slot, bool pastWaiters)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if ((word & MaxCount) == 0 || ((word & WaitersBit) != 0 && !pastWaiters))
            {
                return false;
            }

            if (TryNaming(slot, ref word, out long ours) && Swap(word, ours + OneTaken - 1))
            {
                return true;
            }
        }
    }

    public PermitOutcome Give(int slot, int maximum)
    {
        long seen = Volatile.Read(ref _words[0]);
        return IsOpenFor(slot, seen) && (seen & MaxCount) < maximum && (seen & WaitersBit) == 0 && Swap(seen, seen - OneTaken + 1)
            ? PermitOutcome.Done
            : GiveSlowly(slot, maximum);
    }

    private PermitOutcome GiveSlowly(int slot, int maximum)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if ((word & MaxCount) >= maximum)
            {
                return PermitOutcome.TooMany;
            }

            if (TryNaming(slot, ref word, out long ours) && Swap(word, ours - OneTaken + 1))
            {
                return (word & WaitersBit) != 0 ? PermitOutcome.NeedsNode : PermitOutcome.Done;
            }
        }
    }

    /// <summary>For the node: takes a permit for a caller, or marks that there are waiters.</summary>
    public bool TakeOrAnnounce(int slot)
    {
        while (!TryTake(slot, pastWaiters: true))
        {
            long word = Volatile.Read(ref _words[0]);
            if ((word & MaxCount) == 0 && Swap(word, word | WaitersBit))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>For the node: clears the mark, since there are no waiters any more.</summary>
    public void ClearWaiters() => Interlocked.And(ref _words[0], ~WaitersBit);

    /// <summary>For the node: frees the permits of a dead process's slot. Permits that it released beyond those it held stay.</summary>
    public void Reclaim(int slot)
    {
        while (!TryCount())
        {
        }

        // Once word 0 is counted, only the dead process would change this slot. The sequence stays: word 0 may still name the slot, and its balance must not be
        // counted again for the next process of the slot.
        ref long counted = ref _words[8 + slot];
        int held = (int)Volatile.Read(ref counted);
        Volatile.Write(ref counted, Volatile.Read(ref counted) & ~(long)uint.MaxValue);
        while (held > 0)
        {
            long word = Volatile.Read(ref _words[0]);
            if (Swap(word, word + Math.Min(held, MaxCount - (word & MaxCount))))
            {
                return;
            }
        }
    }

    public int Held(int slot)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            long counted = Volatile.Read(ref _words[8 + slot]);
            if (Volatile.Read(ref _words[0]) == word)
            {
                return (int)counted + (SlotOf(word) == slot && !Includes(counted, word) ? BalanceOf(word) : 0);
            }
        }
    }

    /// <summary>Closes word 0, and counts its balance in the slot that it names.</summary>
    /// <returns>False when word 0 was changed meanwhile.</returns>
    public bool TryCount()
    {
        long word = Volatile.Read(ref _words[0]);
        return TryCount(ref word);
    }

    /// <summary>The first step of <see cref="TryCount()"/>.</summary>
    public bool TryClose(ref long word)
    {
        if ((word & ClosedBit) != 0)
        {
            return true;
        }

        long closed = word | ClosedBit;
        bool done = Swap(word, closed);
        word = closed;
        return done;
    }

    private static int SlotOf(long word) => (int)(word >> SlotShift) & SlotMask;

    private static int BalanceOf(long word) => ((int)(word >> BalanceShift) & BalanceMask) - Even;

    private static uint SequenceOf(long word) => (uint)((ulong)word >> SequenceShift);

    private static long Naming(long rest, int slot) => rest | ((long)slot << SlotShift) | ((long)Even << BalanceShift);

    /// <summary>Whether a slot already includes the balance of a word, since its sequence has moved on. An open word is never counted.</summary>
    private static bool Includes(long counted, long word) =>
        (word & ClosedBit) != 0 && ((uint)(counted >> 32) & SequenceMask) != SequenceOf(word);

    private bool Swap(long word, long next) => Interlocked.CompareExchange(ref _words[0], next, word) == word;

    /// <summary>Whether the word names the slot, is not closed, and has room for one more in either direction.</summary>
    private static bool IsOpenFor(int slot, long word) =>
        (word & (ClosedBit | ((long)SlotMask << SlotShift))) == (long)slot << SlotShift && BalanceOf(word) is > -Even and < Even - 1;

    /// <summary>Computes the new word 0 that is open for the slot.</summary>
    /// <returns>False when word 0 was changed meanwhile.</returns>
    private bool TryNaming(int slot, ref long word, out long ours)
    {
        if (IsOpenFor(slot, word))
        {
            ours = word;
            return true;
        }

        bool isCounted = TryCount(ref word);

        // No slot is counted while word 0 is unchanged, so the sequence is right if the following swap succeeds.
        long sequence = (uint)(Volatile.Read(ref _words[8 + slot]) >> 32) & SequenceMask;
        ours = Naming((word & (MaxCount | WaitersBit)) | (sequence << SequenceShift), slot);
        return isCounted;
    }

    private bool TryCount(ref long word)
    {
        if (!TryClose(ref word))
        {
            return false;
        }

        ref long slot = ref _words[8 + SlotOf(word)];
        long counted = Volatile.Read(ref slot);
        if (Includes(counted, word))
        {
            return true;
        }

        // The slot was read before this check: if word 0 is unchanged, the slot does not include it yet, and if another process counts it now, our swap fails.
        if (Volatile.Read(ref _words[0]) != word)
        {
            return false;
        }

        uint held = (uint)((int)counted + BalanceOf(word));
        Interlocked.CompareExchange(ref slot, held | (((counted >> 32) + 1) << 32), counted);
        return true;
    }
}
