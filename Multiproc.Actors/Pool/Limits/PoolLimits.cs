using System.Collections.Concurrent;
using System.Diagnostics;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Pool;

/// <summary>Checks periodically whether tasks exceed their time limit. Does nothing before the first call with a time limit.</summary>
internal sealed class PoolLimits(WaitTimeout grace, ConcurrentDictionary<int, PoolMember> members) : IDisposable
{
    /// <summary>How long a worker may take to end itself; one that is stopped or does not respond is then killed.</summary>
    public static readonly TimeSpan ToObey = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private Timer? _timer;
    private TimeSpan _period = TimeSpan.MaxValue;
    private TimeSpan _least = TimeSpan.MaxValue;
    private bool _disposed;

    public void Watch(TimeSpan timeout)
    {
        var period = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks / 8, s_shortest.Ticks, s_longest.Ticks));
        lock (_gate)
        {
            _least = timeout < _least ? timeout : _least;
            if (!_disposed && period < _period)
            {
                _period = period;
                _timer ??= new Timer(_ => Check());
                _timer.Change(period, period);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private void Check()
    {
        foreach (var member in members.Values)
        {
            foreach (var beside in member.TimedBeside?.Values ?? [])
            {
                Check(member, beside);
            }

            if (member.Timed is { } timed)
            {
                Check(member, timed);
            }
            else if (Volatile.Read(ref member.TimedChunks) > 0)
            {
                CheckWhetherItBegins(member);
            }
        }
    }

    /// <summary>
    /// Ends a worker that was stopped by a signal before it began its task, so that no time limit runs. It gets the time that its task would have had; the
    /// tasks that it has not begun go to another worker.
    /// </summary>
    private void CheckWhetherItBegins(PoolMember member)
    {
        if (member.Process.LocalPid is not { } pid || !OtherProcess.IsStopped(pid))
        {
            member.StoppedSince = 0;
        }
        else if (member.StoppedSince == 0)
        {
            member.StoppedSince = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(member.StoppedSince) >= _least)
        {
            member.End();
        }
    }

    private void Check(PoolMember member, TimedTask timed)
    {
        var limit = timed.Job.Settings.Timeout;
        var elapsed = timed.Elapsed;
        if (!limit.IsOver(elapsed))
        {
            return;
        }

        // The sends below must not wait for a worker that reads nothing.
        using var handler = Reactor.EnterHandler();
        if (!timed.IsTold)
        {
            timed.IsTold = true;
            member.Tell(PoolMessage.Overdue, timed.Job.Id, timed.Task, Wake.Always);
        }

        // A function without a token cannot be asked to end, so it gets no grace period.
        var end = timed.Job.TakesToken ? limit.Plus(grace) : limit;
        if (end.IsOver(elapsed) && !timed.IsEnded)
        {
            timed.IsEnded = true;
            member.Process.ExpectEnd();
            member.Tell(PoolMessage.EndTask, timed.Job.Id, timed.Task, Wake.Always);
        }

        if (end.Plus(ToObey).IsOver(elapsed))
        {
            member.End();
        }
    }
}
