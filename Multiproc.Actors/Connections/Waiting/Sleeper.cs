using System.Runtime.InteropServices;
using Multiproc.SharedMemory.Linux;
using Multiproc.States;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>A thread that sleeps in poll(2), and the event descriptor by which others wake it. One for each thread that ever sleeps so.</summary>
internal sealed unsafe class Sleeper : IWakeable
{
    [ThreadStatic]
    private static Sleeper? s_current;

    private readonly SafeDescriptor _event;

    private Sleeper() => _event = NewEvent();

    public static Sleeper Current => s_current ??= new Sleeper();

    /// <exception cref="MultiprocException">No descriptor is free.</exception>
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

    /// <summary>Sleeps until an entry is ready, somebody wakes us, or the time is up; may return early.</summary>
    /// <param name="entries">The first is ours; the caller fills the others.</param>
    /// <param name="deadline">When to give up.</param>
    public void Poll(Span<SocketCalls.PollEntry> entries, Deadline deadline)
    {
        entries[0] = new SocketCalls.PollEntry { Descriptor = _event.Number, Wanted = SocketCalls.PollIn };
        fixed (SocketCalls.PollEntry* first = entries)
        {
            if (SocketCalls.poll(first, (nuint)entries.Length, deadline.RemainingMilliseconds) <= 0)
            {
                // Interrupted or out of time: what the entries say is not from this call.
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
