namespace Multiproc.Transport.Rings;

/// <summary>
/// A page of a link's memory in which one side marks its abandoned calls: the other side checks the marks before it executes a request that lay in the ring
/// while it was stopped. Written by both: set by the caller, cleared by the node when the corresponding message has arrived.
/// </summary>
/// <remarks>
/// Word 0 counts the marks, so that a node pays one load for each request. A mark without a free place is left out: the message still arrives. A process that
/// dies between two steps leaves a count that is too high, which costs its peer a search at most, since the link ends with it.
/// </remarks>
internal readonly unsafe struct GivenUpCalls(byte* page)
{
    public const int Bytes = 4096;

    private const int Words = Bytes / sizeof(long);

    private readonly long* _words = (long*)page;

    public void Mark(long call)
    {
        // The count is incremented first: a reader that skips the search because of the count must not miss the mark.
        Interlocked.Increment(ref _words[0]);
        for (int i = 1; i < Words; i++)
        {
            if (Volatile.Read(ref _words[i]) == 0 && Interlocked.CompareExchange(ref _words[i], call, 0) == 0)
            {
                return;
            }
        }

        Interlocked.Decrement(ref _words[0]);
    }

    public bool Contains(long call) => Volatile.Read(ref _words[0]) != 0 && Find(call) > 0;

    public void Forget(long call)
    {
        int place = Find(call);
        if (place > 0 && Interlocked.CompareExchange(ref _words[place], 0, call) == call)
        {
            Interlocked.Decrement(ref _words[0]);
        }
    }

    private int Find(long call)
    {
        for (int i = 1; i < Words; i++)
        {
            if (Volatile.Read(ref _words[i]) == call)
            {
                return i;
            }
        }

        return 0;
    }
}
