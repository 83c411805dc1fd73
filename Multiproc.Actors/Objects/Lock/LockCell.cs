namespace Multiproc.Objects.Locks;

/// <summary>How a release ended.</summary>
internal enum ReleaseOutcome
{
    Released,

    /// <summary>There are waiters: the node must be told, and hands the lock over.</summary>
    NeedsNode,

    NotHeld,

    NotOwner,
}

/// <summary>
/// A lock in 64 bytes of mapped memory, acquired and released by one compare-and-swap from any process.
/// </summary>
/// <remarks>
/// Word 0 is the state: bit 0 Contended, bit 1 Abandoned, then the holder - 32 bits of thread id and 29 bits of process number plus one;
/// no holder is 0, and a holder of all ones is HandOff. Word 1 is the fence, word 2 the depth; both are written only by the holder, or by the
/// node while the node has the lock.
/// <code>
/// from                  by                    to                      then
/// free                  acquire               held                    -
/// held                  release               free                    -
/// held                  node, for a waiter    held+Contended          the waiter waits
/// held+Contended        release               HandOff+Contended       the releaser tells the node
/// HandOff+Contended     node                  held(+Contended)        the first waiter gets its reply
/// HandOff+Contended     node, nobody waits    free                    -
/// held, holder died     node                  held by the next, or free; Abandoned set in both cases
/// free                  node, for a waiter    held                    (released between the waiter's try and its message)
/// </code>
/// While Contended is set, only the node gives out the lock, so waiters are served in order. If a releaser dies between HandOff and its message, the node still
/// notices: it checks the word whenever a process is gone.
/// </remarks>
internal readonly unsafe struct LockCell(byte* address) : ICell<LockCell>
{
    public const int Bytes = 64;

    private const long Contended = 1;
    private const long Abandoned = 2;
    private const long Flags = Contended | Abandoned;
    private const int UnknownProcess = (1 << 29) - 3;
    private const long HandOff = ~Flags & long.MaxValue;

    private readonly long* _words = (long*)address;

    static int ICell<LockCell>.Size => Bytes;

    static LockCell ICell<LockCell>.At(byte* address) => new(address);

    public bool IsHeld => HolderOf(Volatile.Read(ref _words[0])) != 0;

    public bool IsAbandoned => (Volatile.Read(ref _words[0]) & Abandoned) != 0;

    public bool IsHandOff => HolderOf(Volatile.Read(ref _words[0])) == HandOff;

    /// <summary>The fencing token: grows by one each time the lock is acquired.</summary>
    public long Fence => Volatile.Read(ref _words[1]);

    public int Depth => (int)_words[2];

    public int HolderProcess => (int)(HolderOf(Volatile.Read(ref _words[0])) >> 34) - 1;

    public int HolderThread => (int)(Volatile.Read(ref _words[0]) >> 2);

    /// <summary>Reads process and thread of the holder at one moment; false when the lock is free, or the node is about to hand it over.</summary>
    public bool TryReadHolder(out int process, out int thread)
    {
        long word = Volatile.Read(ref _words[0]);
        process = (int)(HolderOf(word) >> 34) - 1;
        thread = (int)(word >> 2);
        return HolderOf(word) is not (0 or HandOff);
    }

    public static long OwnerOf(int process, int thread) => ((long)(process + 1) << 34) | ((long)(uint)thread << 2);

    public bool IsHeldBy(int process, int thread) => HolderOf(Volatile.Read(ref _words[0])) == OwnerOf(process, thread);

    public bool TryAcquire(int process, int thread)
    {
        long word = Volatile.Read(ref _words[0]);
        return (word & ~Abandoned) == 0 && Take(word, OwnerOf(process, thread));
    }

    /// <summary>For the owner of a recursive lock: adds or removes levels. The last release goes through <see cref="TryRelease"/>.</summary>
    public int AddDepth(int change) => (int)(_words[2] += change);

    public ReleaseOutcome TryRelease()
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            long holder = HolderOf(word);
            if (holder is 0 or HandOff)
            {
                return ReleaseOutcome.NotHeld;
            }

            long next = (word & Contended) != 0 ? HandOff | (word & Flags) : word & Abandoned;
            if (Interlocked.CompareExchange(ref _words[0], next, word) == word)
            {
                return (word & Contended) != 0 ? ReleaseOutcome.NeedsNode : ReleaseOutcome.Released;
            }
        }
    }

    /// <summary>For a recursive lock: acquires it, or one more level of it.</summary>
    public bool TryAcquireAgain(int process, int thread)
    {
        long owner = OwnerOf(process, thread);
        long word = Volatile.Read(ref _words[0]);
        if ((word & ~Abandoned) == 0)
        {
            return Take(word, owner);
        }

        if (HolderOf(word) != owner)
        {
            return false;
        }

        AddDepth(1);
        return true;
    }

    public ReleaseOutcome TryReleaseOwned(int process, int thread)
    {
        long owner = OwnerOf(process, thread);
        long word = Volatile.Read(ref _words[0]);
        if (HolderOf(word) != owner)
        {
            return HolderOf(word) == 0 ? ReleaseOutcome.NotHeld : ReleaseOutcome.NotOwner;
        }

        // The last level is not counted down: the next holder sets the depth.
        if (_words[2] > 1)
        {
            AddDepth(-1);
            return ReleaseOutcome.Released;
        }

        return word == owner && Interlocked.CompareExchange(ref _words[0], 0, word) == word ? ReleaseOutcome.Released : TryRelease();
    }

    /// <summary>Clears the Abandoned bit, when the holder has repaired what the lock protects.</summary>
    public void ClearAbandoned() => Interlocked.And(ref _words[0], ~Abandoned);

    /// <summary>For the node: acquires the lock for a caller if it is free, otherwise marks it contended.</summary>
    public bool TakeOrContend(long owner)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if (HolderOf(word) == 0)
            {
                if (Take(word, owner))
                {
                    return true;
                }
            }
            else if ((word & Contended) != 0 || Interlocked.CompareExchange(ref _words[0], word | Contended, word) == word)
            {
                return false;
            }
        }
    }

    /// <summary>For the node: gives the lock to the next owner (0: nobody).</summary>
    public void Give(long owner, bool moreWait, bool abandoned)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            long next = owner | (moreWait ? Contended : 0) | (abandoned ? Abandoned : word & Abandoned);
            if (Interlocked.CompareExchange(ref _words[0], next, word) == word)
            {
                BeginHold(owner);
                return;
            }
        }
    }

    /// <summary>For the owner of a new lock: the fence above which those of its holds are, and whether a holder of a lock before it may have died.</summary>
    public void StartAt(long fence, bool abandoned)
    {
        _words[0] = abandoned ? Abandoned : 0;
        _words[1] = fence;
    }

    /// <summary>For the node, when the last waiter has left: opens the fast path again.</summary>
    public void ClearContended() => Interlocked.And(ref _words[0], ~Contended);

    /// <summary>
    /// For a copy of the cell: replaces the holder's number by the one that the reader of the copy knows; -1 for a process that it does not know.
    /// </summary>
    public void Renumber(Func<int, int> numberOf)
    {
        if (TryReadHolder(out int process, out int thread))
        {
            int number = numberOf(process);
            _words[0] = (_words[0] & Flags) | OwnerOf(number < 0 ? UnknownProcess : number, thread);
        }
    }

    private static long HolderOf(long word) => word & HandOff;

    private bool Take(long word, long owner)
    {
        if (Interlocked.CompareExchange(ref _words[0], owner | (word & Flags), word) != word)
        {
            return false;
        }

        BeginHold(owner);
        return true;
    }

    private void BeginHold(long owner)
    {
        if (owner != 0)
        {
            _words[1]++;
            _words[2] = 1;
        }
    }
}
