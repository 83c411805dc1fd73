namespace Multiproc.Objects.Barriers;

/// <summary>What a barrier shows without a message, and what tells a party whether its arrival must wake the node.</summary>
/// <remarks>
/// Word 0 counts arrivals, each before its message; word 1 says that somebody ever came with a time limit. Words 8 to 10 are the node's: how many arrivals it
/// has answered; how many parties wait, with bit 32 set when the barrier is broken; and whether it is disposed.
/// <para>
/// Only the last arrival of a round must wake a node that sleeps. So who is not the last sends without a wake, then looks once more: when in the meantime
/// the round became full, or the barrier broke, the others' wake may have come too early for this message, and it is rung for. The
/// first look may count a party that died before its message; that costs a wake, nothing else.
/// </para>
/// </remarks>
internal readonly unsafe struct BarrierCell(byte* address)
{
    public const int Bytes = 16 * sizeof(long);

    private const int Answered = 8;
    private const int Shown = 9;
    private const int Closed = 10;
    private const long BrokenBit = 1L << 32;

    private readonly long* _words = (long*)address;

    public bool IsBroken => (Volatile.Read(ref _words[Shown]) & BrokenBit) != 0;

    public int Waiting => (int)Volatile.Read(ref _words[Shown]);

    /// <summary>Counts an arrival. True when its message must wake the node.</summary>
    public bool Arrive(int parties, bool hasLimit)
    {
        if (hasLimit && Volatile.Read(ref _words[1]) == 0)
        {
            Interlocked.Exchange(ref _words[1], 1);
        }

        Interlocked.Increment(ref _words[0]);
        return MustBeRead(parties);
    }

    /// <summary>Whether the node must read all messages now: the round is full, somebody has a time limit, or the barrier is broken or disposed.</summary>
    public bool MustBeRead(int parties) =>
        Volatile.Read(ref _words[0]) - Volatile.Read(ref _words[Answered]) >= parties || Volatile.Read(ref _words[1]) != 0 || IsBroken || Volatile.Read(ref _words[Closed]) != 0;

    /// <summary>For the node, before it answers.</summary>
    public void Show(int waiting, bool broken, long replied)
    {
        Volatile.Write(ref _words[Answered], replied);
        Interlocked.Exchange(ref _words[Shown], (uint)waiting | (broken ? BrokenBit : 0));
    }

    /// <summary>For the node, before it disposes the barrier. A full fence: what came in before is read afterwards.</summary>
    public void Close() => Interlocked.Exchange(ref _words[Closed], 1);
}
