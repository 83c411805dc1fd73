using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>
/// Processes of other machines, each by the number that it made up for its session: a connection that breaks does not end what it holds, but a lease does.
/// </summary>
internal sealed class Sessions(Action<int> ended)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Session> _sessions = [];

    /// <summary>Whether the process of a number is connected or may come back.</summary>
    public bool Has(int number)
    {
        lock (_gate)
        {
            return _sessions.Values.Any(session => session.Number == number);
        }
    }

    /// <summary>A process has come, or come back.</summary>
    /// <returns>Its number: the one that it had, or a new one.</returns>
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

    /// <summary>The connection broke: the lease begins.</summary>
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

    /// <summary>The process has ended, or wants no more.</summary>
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
                return; // It came back while its time ran out.
            }

            session.Lease.Dispose();
        }

        ended(session.Number);
    }

    private sealed class Session(int number)
    {
        public int Number => number;

        /// <summary>Runs while the process is away.</summary>
        public Timer? Lease { get; set; }
    }
}
