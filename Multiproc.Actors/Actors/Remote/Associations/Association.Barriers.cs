using System.Collections.Concurrent;

namespace Multiproc.Actors.Remote;

/// <content>
/// Barriers: a process answers one after all that it has sent before, so when the answer comes, all of that has been delivered.
/// </content>
internal sealed partial class Association
{
    /// <summary>The longest wait for an answer. Two processes could wait for each other's, each behind a message that waits.</summary>
    private static readonly TimeSpan s_longestBarrier = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<long, Barrier> _barriers = new();
    private readonly List<ulong> _unanswered = [];
    private long _lastBarrier;

    /// <summary>Calls <paramref name="passed"/> when all that the process has sent until now has been delivered, or it has ended, or does not answer.</summary>
    public void AwaitBarrier(Action passed)
    {
        long number = Interlocked.Increment(ref _lastBarrier);
        var barrier = new Barrier(this, number, passed);
        _barriers[number] = barrier;
        if (Open() is not { } link || !SendOwn(link, ActorFrame.Barrier, (ulong)number))
        {
            OnPassed(number);
            return;
        }

        barrier.Limit(s_longestBarrier);
    }

    /// <summary>Answers after the messages that wait for a connection.</summary>
    private void AnswerBarrier(ActorLink link, ulong number)
    {
        lock (_gate)
        {
            if (_isConnecting)
            {
                _unanswered.Add(number);
                return;
            }
        }

        SendOwn(link, ActorFrame.Passed, number);
    }

    private void OnPassed(long number)
    {
        if (_barriers.TryRemove(number, out var barrier))
        {
            barrier.Pass();
        }
    }

    private void PassAllBarriers()
    {
        foreach (long number in _barriers.Keys)
        {
            OnPassed(number);
        }
    }

    private sealed class Barrier(Association association, long number, Action passed)
    {
        private Timer? _limit;
        private bool _isPassed;

        public void Limit(TimeSpan longest)
        {
            lock (this)
            {
                if (!_isPassed)
                {
                    _limit = new Timer(_ => association.OnPassed(number), null, longest, Timeout.InfiniteTimeSpan);
                }
            }
        }

        public void Pass()
        {
            lock (this)
            {
                _isPassed = true;
                _limit?.Dispose();
            }

            passed();
        }
    }
}
