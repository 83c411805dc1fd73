namespace Multiproc.Objects.Conditions;

/// <summary>
/// The order of waits and notifications of a condition, in mapped memory: both are written under the condition's lock, so there is one order.
/// </summary>
/// <remarks>
/// Word 0 is the last ticket: each wait takes one. Word 1 counts the calls: each notification writes one. Words 8 to 10 are the node's: how many tickets are
/// done with, how many calls it has seen, and whether the condition is disposed. Words 16 to 23 are the processes that took the last 8 tickets, words 24 to 39
/// the last 8 calls, each with the number of waiters it is for and the last ticket at its time: it is for no later one.
/// <para>
/// Messages only say that the cell has changed, or bring a caller and its ticket. So it does not matter in which order messages of different processes arrive.
/// A notifier that dies before it sends its message has notified all the same, since the node reads the cell at every step. A waiter that dies between its
/// ticket and its message is known by its process.
/// </para>
/// </remarks>
internal readonly unsafe struct ConditionCell(byte* address) : ICell<ConditionCell>
{
    public const int Bytes = 40 * sizeof(long);
    public const int Remembered = 8;

    private const int Resolved = 8;
    private const int Seen = 9;
    private const int Closed = 10;
    private const int Owners = 16;
    private const int Calls = 24;

    private readonly long* _words = (long*)address;

    static int ICell<ConditionCell>.Size => Bytes;

    static ConditionCell ICell<ConditionCell>.At(byte* address) => new(address);

    public long LastTicket => Volatile.Read(ref _words[0]);

    /// <summary>Whether there is a waiter to notify. Exact under the lock, except for waiters whose timeout has just passed.</summary>
    public bool HasWaiters => LastTicket != Volatile.Read(ref _words[Resolved]);

    /// <summary>The number of calls that the node has not seen.</summary>
    public bool HasCalls => Volatile.Read(ref _words[1]) != _words[Seen];

    public bool IsClosed => Volatile.Read(ref _words[Closed]) != 0;

    /// <summary>Under the lock: takes a new ticket.</summary>
    public long TakeTicket(int process)
    {
        long ticket = LastTicket + 1;
        Volatile.Write(ref _words[Owners + (ticket % Remembered)], process);
        Volatile.Write(ref _words[0], ticket);
        return ticket;
    }

    /// <summary>Under the lock: notifies. False when the node must first handle the calls that are there.</summary>
    public bool TryCall(int count)
    {
        long number = _words[1];
        if (number - Volatile.Read(ref _words[Seen]) >= Remembered)
        {
            return false;
        }

        long* call = CallAt(number);
        call[0] = count;
        call[1] = LastTicket;
        Volatile.Write(ref _words[1], number + 1);
        return true;
    }

    /// <summary>For the node: reads the next call that it has not seen.</summary>
    public (int Count, long UpTo) SeeCall()
    {
        long* call = CallAt(_words[Seen]);
        var seen = ((int)call[0], call[1]);
        Volatile.Write(ref _words[Seen], _words[Seen] + 1);
        return seen;
    }

    /// <summary>For the node: whether a process took a ticket. False also when the cell no longer remembers it.</summary>
    public bool WasTakenBy(long ticket, int process)
    {
        // The owner is read before the last ticket: the taker of the next ticket may already be writing its number.
        long owner = Volatile.Read(ref _words[Owners + (ticket % Remembered)]);
        return owner == process && ticket > LastTicket + 1 - Remembered;
    }

    /// <summary>For the node: how many tickets are done with.</summary>
    public void Resolve(long tickets) => Volatile.Write(ref _words[Resolved], tickets);

    /// <summary>For the node, before it disposes the condition. A full fence: what arrived before it is read after it.</summary>
    public void Close() => Interlocked.Exchange(ref _words[Closed], 1);

    private long* CallAt(long number) => _words + Calls + (2 * (number % Remembered));
}
