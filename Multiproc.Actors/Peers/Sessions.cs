namespace Multiproc.Peers;

/// <summary>
/// Processes of other machines, each by the session id that it chose. A broken connection does not release what a process holds; the end of its lease does.
/// </summary>
internal sealed class Sessions(Action<int> ended)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Session> _sessions = [];

    /// <summary>Whether the process with this number is connected or may come back.</summary>
    public bool Has(int number)
    {
        lock (_gate)
        {
            return _sessions.Values.Any(session => session.Number == number);
        }
    }

    /// <summary>Registers a process that connects or reconnects.</summary>
    /// <returns>The number of the process: its former one, or a new one.</returns>
    public int Begin(Guid id, Func<int> newNumber)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session))
            {
                _sessions.Add(id, session = new Session(newNumber()));
            }

            session.Lease?.Dispose();
            session.Lease = null;
            return session.Number;
        }
    }

    /// <summary>Begins the lease, because the connection broke.</summary>
    public void Suspend(Guid id, WaitTimeout lease)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(id, out var session))
            {
                var timer = new Timer(_ => Expire(id, session), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                session.Lease = timer;
                timer.Change(lease.Milliseconds, Timeout.Infinite);
            }
        }
    }

    /// <summary>Removes a process that has ended or has closed its session.</summary>
    public void End(Guid id)
    {
        lock (_gate)
        {
            _sessions.Remove(id);
        }
    }

    private void Expire(Guid id, Session session)
    {
        lock (_gate)
        {
            if (session.Lease is null || !_sessions.Remove(id))
            {
                return; // It came back while its lease ran out.
            }

            session.Lease.Dispose();
        }

        ended(session.Number);
    }

    private sealed class Session(int number)
    {
        public int Number => number;

        /// <summary>The timer that runs while the process is disconnected.</summary>
        public Timer? Lease { get; set; }
    }
}
