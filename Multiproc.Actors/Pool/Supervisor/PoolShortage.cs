using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Logging;

namespace Multiproc.Pool;

/// <summary>
/// A running pool cannot replace a worker because the system has too little of something: descriptors, processes, memory. It goes on with the workers that it has
/// and tries again; when it has none, for a time.
/// </summary>
internal sealed class PoolShortage(TimeProvider? time = null)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_withoutWorkers = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _since;
    private bool _known;
    private TimeSpan _pause;

    public bool IsKnown
    {
        get
        {
            lock (_gate)
            {
                return _known;
            }
        }
    }

    /// <summary>How long to wait before the next attempt; longer each time.</summary>
    public TimeSpan NextPause()
    {
        lock (_gate)
        {
            return _pause = _pause == TimeSpan.Zero ? s_firstPause : _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        }
    }

    /// <summary>Whether another attempt is worth it. The first time it is told on stderr and in the log.</summary>
    public bool MayPass(MultiprocException failure, bool hasWorkers)
    {
        // What is not the start of a process that failed is a thread, a descriptor or memory for it.
        if (failure is ProcessStartException { IsShortage: false })
        {
            return false;
        }

        lock (_gate)
        {
            if (_known)
            {
                return hasWorkers || _time.GetElapsedTime(_since) < s_withoutWorkers;
            }

            _known = true;
            _since = _time.GetTimestamp();
        }

        string said = $"A pool cannot replace a worker at the moment, and tries again: {failure.Message}";
        StandardStreams.Complain(said);
        ProcessLog.Current.Write(LogLevel.Warning, 0, said);
        return true;
    }

    /// <summary>A worker could be started again.</summary>
    public void End()
    {
        lock (_gate)
        {
            _known = false;
            _pause = TimeSpan.Zero;
        }
    }
}
