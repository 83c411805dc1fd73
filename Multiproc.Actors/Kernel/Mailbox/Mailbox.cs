namespace Multiproc.Kernel;

/// <summary>
/// The messages of one actor: the kernel's first, then users' in the order of their arrival. Also says who must run the actor: the
/// sender that finds it idle has it scheduled, all others only add.
/// </summary>
internal sealed class Mailbox
{
    private readonly Lock _gate = new();
    private readonly Queue<Envelope> _users = new();
    private readonly Queue<SystemMessage> _system = new();
    private bool _scheduled;
    private bool _closed;

    /// <summary>False when the mailbox is closed. <paramref name="schedule"/>: the caller must have the actor run.</summary>
    public bool TryAdd(Envelope envelope, out bool schedule)
    {
        lock (_gate)
        {
            schedule = !_closed && !_scheduled;
            if (_closed)
            {
                return false;
            }

            _users.Enqueue(envelope);
            _scheduled = true;
            return true;
        }
    }

    public bool TryAdd(SystemMessage message, out bool schedule)
    {
        lock (_gate)
        {
            schedule = !_closed && !_scheduled;
            if (_closed)
            {
                return false;
            }

            _system.Enqueue(message);
            _scheduled = true;
            return true;
        }
    }

    /// <summary>The next message, or the end of this run. While suspended only the kernel's messages are taken.</summary>
    public bool TryTake(bool suspended, out SystemMessage? system, out Envelope user)
    {
        lock (_gate)
        {
            user = default;
            if (_system.TryDequeue(out system))
            {
                return true;
            }

            if (!suspended && _users.TryDequeue(out user))
            {
                return true;
            }

            _scheduled = false;
            return false;
        }
    }

    /// <summary>Takes no more, and gives back what is left.</summary>
    public (List<Envelope> Users, List<SystemMessage> System) Close()
    {
        lock (_gate)
        {
            _closed = true;
            List<Envelope> users = [.. _users];
            List<SystemMessage> system = [.. _system];
            _users.Clear();
            _system.Clear();
            return (users, system);
        }
    }
}
