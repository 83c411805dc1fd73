namespace Multiproc.Objects.Events;

/// <summary>An event in mapped memory: bit 0 means that it is set, bit 1 that the node has waiters.</summary>
/// <remarks>Set clears the waiters' bit with the same swap that sets the flag, so exactly one setter tells the node.</remarks>
internal readonly unsafe struct EventCell(byte* address) : ICell<EventCell>
{
    public const int Bytes = 64;

    private const int Flag = 1;
    private const int Waiters = 2;

    private readonly int* _word = (int*)address;

    static int ICell<EventCell>.Size => Bytes;

    static EventCell ICell<EventCell>.At(byte* address) => new(address);

    public bool IsSet => (Volatile.Read(ref *_word) & Flag) != 0;

    /// <returns>True when there are waiters: the node must be told.</returns>
    public bool Set() => (Interlocked.Exchange(ref *_word, Flag) & Waiters) != 0;

    public void Clear() => Interlocked.And(ref *_word, ~Flag);

    /// <summary>For the node: announces a waiter. False when the event is set, so that no wait is needed.</summary>
    public bool TryAnnounceWaiter()
    {
        while (true)
        {
            int word = Volatile.Read(ref *_word);
            if ((word & Flag) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref *_word, word | Waiters, word) == word)
            {
                return true;
            }
        }
    }

    /// <summary>For the node: whether a setter has cleared the bit of its waiters.</summary>
    public bool WaitersWereCalled => (Volatile.Read(ref *_word) & Waiters) == 0;
}
