using Multiproc.SharedMemory.Linux;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>The event descriptor by which a thread that sleeps in poll(2) is woken; one for each such thread.</summary>
internal sealed unsafe class Sleeper : IWakeable
{
    [ThreadStatic]
    private static Sleeper? s_current;

    private readonly SafeDescriptor _event;

    private Sleeper() => _event = NewEvent();

    public static Sleeper Current => s_current ??= new Sleeper();

    /// <exception cref="MultiprocException">The process has no free descriptor.</exception>
    public static SafeDescriptor NewEvent()
    {
        int descriptor = SocketCalls.eventfd(0, SocketCalls.CloseOnExec | SocketCalls.NonBlocking);
        return descriptor >= 0
            ? new SafeDescriptor(descriptor)
            : throw new MultiprocException($"No event descriptor could be made ({SystemError.Last}).");
    }

    public static void Raise(SafeDescriptor target)
    {
        long one = 1;
        SocketCalls.write(target.Number, (byte*)&one, sizeof(long));
    }

    public static void Clear(SafeDescriptor target)
    {
        long count;
        SocketCalls.read(target.Number, (byte*)&count, sizeof(long));
    }

    public void Wake() => Raise(_event);

    /// <summary>Sleeps until an entry is ready, the thread is woken, or the time is up. May return early.</summary>
    /// <param name="entries">The entries; the first is reserved, the caller fills the others.</param>
    /// <param name="deadline">When to give up.</param>
    public void Poll(Span<SocketCalls.PollEntry> entries, Deadline deadline)
    {
        entries[0] = new SocketCalls.PollEntry { Descriptor = _event.Number, Wanted = SocketCalls.PollIn };
        fixed (SocketCalls.PollEntry* first = entries)
        {
            if (SocketCalls.poll(first, (nuint)entries.Length, deadline.RemainingMilliseconds) <= 0)
            {
                // Interrupted or out of time: the entries' results are not from this call.
                foreach (ref var entry in entries)
                {
                    entry.Seen = 0;
                }
            }
        }

        if (entries[0].Seen != 0)
        {
            Clear(_event);
        }
    }
}
