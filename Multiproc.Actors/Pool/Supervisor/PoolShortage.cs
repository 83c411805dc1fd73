using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Logging;

namespace Multiproc.Pool;

/// <summary>
/// Handles a shortage of descriptors, processes or memory in which a running pool cannot replace a worker. The pool goes on with its remaining workers and
/// retries; if it has none, it retries only for some time.
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

    /// <summary>Gets how long to wait before the next attempt; longer each time.</summary>
    public TimeSpan NextPause()
    {
        lock (_gate)
        {
            return _pause = _pause == TimeSpan.Zero ? s_firstPause : _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        }
    }

    /// <summary>Whether another attempt is worthwhile. The first shortage is reported on stderr and in the log.</summary>
    public bool MayPass(MultiprocException failure, bool hasWorkers)
    {
        // Any other failure than that of a process start is a shortage of threads, descriptors or memory.
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

        string said = $"A pool cannot replace a worker at the moment and will try again: {failure.Message}";
        StandardStreams.Complain(said);
        ProcessLog.Current.Write(LogLevel.Warning, 0, said);
        return true;
    }

    /// <summary>Ends the shortage, since a worker could be started.</summary>
    public void End()
    {
        lock (_gate)
        {
            _known = false;
            _pause = TimeSpan.Zero;
        }
    }
}
