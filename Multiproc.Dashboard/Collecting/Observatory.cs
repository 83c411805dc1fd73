using Microsoft.Extensions.Logging;

namespace Multiproc.Dashboard.Collecting;

/// <summary>
/// Looks at the programs while somebody watches, and keeps the latest snapshot for all viewers: each takes it when it can, so that a slow one misses snapshots
/// and costs no memory.
/// </summary>
/// <param name="source">The programs.</param>
/// <param name="options">The options of the dashboard.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives failures.</param>
/// <param name="stopping">Ends the looking for good.</param>
internal sealed class Observatory(IProgramSource source, DashboardOptions options, TimeProvider time, ILogger log, CancellationToken stopping)
{
    /// <summary>For how long the curves go on after the last viewer has left, who may only have reloaded the page.</summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private int _viewers;
    private bool _isLooking;
    private long _lastLeft;
    private (long Number, byte[] Json) _latest;
    private TaskCompletionSource _next = NextSource();

    /// <summary>The number of connected viewers.</summary>
    public int Viewers
    {
        get
        {
            lock (_gate)
            {
                return _viewers;
            }
        }
    }

    /// <summary>Whether the programs are being looked at.</summary>
    public bool IsLooking
    {
        get
        {
            lock (_gate)
            {
                return _isLooking;
            }
        }
    }

    /// <summary>Admits a viewer. Dispose it when it leaves.</summary>
    /// <returns>Null if there are too many.</returns>
    public Viewer? Join()
    {
        lock (_gate)
        {
            if (_viewers >= options.MaxViewers)
            {
                return null;
            }

            _viewers++;
            if (_isLooking)
            {
                return new Viewer(this, seen: 0);
            }

            // Not what was seen long ago.
            _isLooking = true;
            _ = Task.Run(LookAsync, CancellationToken.None);
            return new Viewer(this, _latest.Number);
        }
    }

    private async Task LookAsync()
    {
        var collector = new Collector(options.History);
        using var timer = new PeriodicTimer(options.Interval, time);
        try
        {
            do
            {
                Publish(await SnapshotAsync(collector).ConfigureAwait(false));
            }
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false) && IsWanted());
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The program ends: so do the streams of all viewers.
        }
        catch (Exception failure)
        {
            // The next viewer tries again.
            DashboardLog.LookFailed(log, failure);
            lock (_gate)
            {
                _isLooking = false;
            }
        }
    }

    private async Task<Snapshot> SnapshotAsync(Collector collector)
    {
        string? problem = null;
        IReadOnlyList<ProgramSnapshot> programs = [];
        try
        {
            programs = collector.Add(await source.LookAsync(stopping).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One look may fail, for lack of descriptors as an example; the next one may not.
            DashboardLog.LookFailed(log, failure);
            problem = failure.Message;
        }

        return new Snapshot(time.GetUtcNow().ToUnixTimeMilliseconds(), options.Interval.TotalSeconds, Environment.ProcessorCount, problem, programs);
    }

    private void Publish(Snapshot snapshot)
    {
        byte[] json = SnapshotJson.Write(snapshot);
        TaskCompletionSource published;
        lock (_gate)
        {
            _latest = (_latest.Number + 1, json);
            (published, _next) = (_next, NextSource());
        }

        published.SetResult();
    }

    private bool IsWanted()
    {
        lock (_gate)
        {
            // In one step: a viewer that joins after it starts the looking anew.
            _isLooking = _viewers > 0 || time.GetElapsedTime(_lastLeft) < Afterglow;
            return _isLooking;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _viewers--;
            _lastLeft = time.GetTimestamp();
        }
    }

    private (long Number, byte[] Json, Task Next) Latest()
    {
        lock (_gate)
        {
            return (_latest.Number, _latest.Json, _next.Task);
        }
    }

    private static TaskCompletionSource NextSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A connected browser. It holds nothing but the number of the last snapshot that it took.</summary>
    internal sealed class Viewer(Observatory observatory, long seen) : IDisposable
    {
        private long _seen = seen;
        private int _left;

        /// <summary>Waits until there is a snapshot that this viewer has not taken, and takes the latest.</summary>
        /// <returns>The snapshot as JSON, and its number.</returns>
        public async ValueTask<(long Number, byte[] Json)> TakeAsync(CancellationToken cancellation)
        {
            while (true)
            {
                var (number, json, next) = observatory.Latest();
                if (number > _seen)
                {
                    _seen = number;
                    return (number, json);
                }

                await next.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                observatory.Leave();
            }
        }
    }
}
