namespace Multiproc.Objects.Events;

/// <summary>An event in mapped memory: bit 0 says that it is set, bit 1 that somebody waits at the node.</summary>
/// <remarks>Set takes the waiters' mark away with the same swap that sets the flag: exactly one setter tells the node.</remarks>
internal readonly unsafe struct EventCell(byte* address)
{
    public const int Bytes = 64;

    private const int Flag = 1;
    private const int Waiters = 2;

    private readonly int* _word = (int*)address;

    public bool IsSet => (Volatile.Read(ref *_word) & Flag) != 0;

    /// <returns>True when somebody waits: the node must be told.</returns>
    public bool Set() => (Interlocked.Exchange(ref *_word, Flag) & Waiters) != 0;

    public void Clear() => Interlocked.And(ref *_word, ~Flag);

    /// <summary>For the node: announces a waiter. False when the event is set, and nobody needs to wait.</summary>
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

    /// <summary>For the node: was the mark of its waiters taken away by a setter?</summary>
    public bool WaitersWereCalled => (Volatile.Read(ref *_word) & Waiters) == 0;
}
