namespace Multiproc.Objects.Barriers;

/// <summary>The part of a barrier in mapped memory: what can be read without a message, and whether an arrival must wake the node.</summary>
/// <remarks>
/// Word 0 counts arrivals, each before its message is sent; word 1 says that a party ever came with a time limit. Words 8 to 10 are the node's: how many
/// arrivals it has replied to; how many parties wait, with bit 32 set when the barrier is broken; and whether it is disposed.
/// <para>
/// Only the last arrival of a round must wake a sleeping node. So a party that is not the last sends without a wake, then checks once more: if the round has
/// become full meanwhile, or the barrier has broken, the wake of another party may have come too early for this message, and this party wakes the node again.
/// The first check may count a party that died before it sent its message; that costs a wake, nothing else.
/// </para>
/// </remarks>
internal readonly unsafe struct BarrierCell(byte* address) : ICell<BarrierCell>
{
    public const int Bytes = 16 * sizeof(long);

    private const int Answered = 8;
    private const int Shown = 9;
    private const int Closed = 10;
    private const long BrokenBit = 1L << 32;

    private readonly long* _words = (long*)address;

    static int ICell<BarrierCell>.Size => Bytes;

    static BarrierCell ICell<BarrierCell>.At(byte* address) => new(address);

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

    /// <summary>Whether the node must read all messages now: the round is full, a party has a time limit, or the barrier is broken or disposed.</summary>
    public bool MustBeRead(int parties) =>
        Volatile.Read(ref _words[0]) - Volatile.Read(ref _words[Answered]) >= parties || Volatile.Read(ref _words[1]) != 0 || IsBroken
            || Volatile.Read(ref _words[Closed]) != 0;

    /// <summary>For the node, before it replies.</summary>
    public void Show(int waiting, bool broken, long replied)
    {
        Volatile.Write(ref _words[Answered], replied);
        Interlocked.Exchange(ref _words[Shown], (uint)waiting | (broken ? BrokenBit : 0));
    }

    /// <summary>For the node, before it disposes the barrier. A full fence: what arrived before it is read after it.</summary>
    public void Close() => Interlocked.Exchange(ref _words[Closed], 1);
}
