using Multiproc.SharedMemory;

namespace Multiproc.Transport.Rings;

/// <summary>
/// One page per process, mapped by all its peers: the links that have messages for it, and the thread that sleeps.
/// </summary>
/// <remarks>
/// Layout: sleeper (int) at 0; the pump's futex word at 64, the leader's at 128; the ready bits, one per link, from 256. A sender publishes its frame, sets the
/// bit (a full fence), then reads the sleeper; a process that goes to sleep sets the sleeper (a full fence), then reads the bits once more. So one of the two
/// always sees the other. Only the holder of the leader's role sets the sleeper; any process may reset it to 0 and then wakes that sleeper, unless it is killed
/// between the two: therefore the owner wakes both when a peer has died.
/// </remarks>
internal sealed unsafe class Doorbell : IDisposable
{
    public const int Bytes = 4096;
    public const int MaxLinks = 64 * Words;

    public const int Awake = 0;
    public const int PumpSleeps = 1;
    public const int LeaderSleeps = 2;

    /// <summary>The pump sleeps, and a parked thread depends on it: treated like a waiting thread.</summary>
    public const int PumpSleepsForWaiter = 3;

    private const int Words = 64;
    private const int FirstFutexOffset = 64;
    private const int ReadyOffset = 256;

    private readonly MappedMemory _memory;
    private readonly int* _sleeper;
    private readonly long* _ready;

    public Doorbell(MappedMemory memory)
    {
        if (memory.Size < Bytes)
        {
            throw new SerializationException($"Malformed handshake: a doorbell has {Bytes} bytes, not {memory.Size}.");
        }

        _memory = memory;
        _sleeper = (int*)memory.Address;
        _ready = (long*)(memory.Address + ReadyOffset);
    }

    public MappedMemory Memory => _memory;

    public static Doorbell Create() => new(MappedMemory.Create(Bytes));

    /// <summary>Sets the ready bit of a link, and wakes the owner as requested.</summary>
    public void Ring(int link, Wake wake)
    {
        Interlocked.Or(ref _ready[link >> 6], 1L << (link & 63));
        int sleeper = Volatile.Read(ref *_sleeper);
        if (sleeper == Awake || wake == Wake.Never || (wake == Wake.WhenWaiting && sleeper == PumpSleeps))
        {
            return;
        }

        if (Interlocked.CompareExchange(ref *_sleeper, Awake, sleeper) == sleeper)
        {
            WakeUp(sleeper);
        }
    }

    /// <summary>
    /// For the owner, after the death of a peer: it may have been killed after taking the sleeper's mark and before waking the sleeper, which no other process
    /// would wake then. So both are woken, whatever the mark says.
    /// </summary>
    public void RingForTheDead(int link)
    {
        Interlocked.Or(ref _ready[link >> 6], 1L << (link & 63));
        WakeUp(PumpSleeps);
        WakeUp(LeaderSleeps);
    }

    /// <summary>For the owner: resets the sleeper's mark and wakes the sleeper, whatever the bits say.</summary>
    public void Rouse(int sleeper)
    {
        if (Interlocked.CompareExchange(ref *_sleeper, Awake, sleeper) == sleeper)
        {
            WakeUp(sleeper);
        }
    }

    public void SetAwake() => Volatile.Write(ref *_sleeper, Awake);

    /// <summary>Sets the sleeper with a full fence: later reads are not reordered before it.</summary>
    public void SetSleeper(int sleeper) => Interlocked.Exchange(ref *_sleeper, sleeper);

    /// <summary>The futex word to read before going to sleep: the sleep fails if it has changed since.</summary>
    public int Turn(int sleeper) => Volatile.Read(ref *FutexOf(sleeper));

    public void Sleep(int sleeper, int turn, TimeSpan? timeout) => Futex.Wait(FutexOf(sleeper), turn, timeout);

    public bool AnyReady(int links)
    {
        int words = (links + 63) >> 6;
        for (int i = 0; i < words; i++)
        {
            if (Volatile.Read(ref _ready[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the bits of 64 links, beginning with link 64 * <paramref name="word"/>.</summary>
    public ulong TakeReady(int word) =>
        Volatile.Read(ref _ready[word]) == 0 ? 0 : (ulong)Interlocked.Exchange(ref _ready[word], 0);

    public void Dispose() => _memory.Dispose();

    /// <summary>
    /// The futex word of a sleeper. The sleeper was read from a page that the other process writes: whatever its value, the word is within the page.
    /// </summary>
    private int* FutexOf(int sleeper) => (int*)((byte*)_sleeper + (FirstFutexOffset * (sleeper == LeaderSleeps ? LeaderSleeps : PumpSleeps)));

    private void WakeUp(int sleeper)
    {
        int* word = FutexOf(sleeper);
        Interlocked.Increment(ref *word);
        Futex.Wake(word);
    }
}
