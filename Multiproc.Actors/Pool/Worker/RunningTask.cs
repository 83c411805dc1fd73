using Multiproc.Processes;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Tracks the task that a worker is running so that it can be ended: its token, and whether its time is over. Only tasks that take a token or have a time
/// limit are tracked.
/// </summary>
internal sealed class RunningTask
{
    private readonly Lock _gate = new();
    private HashSet<int>? _cancelled; // Created at the first cancellation, which most workers never get.
    private volatile bool _anyCancelled;
    private CancellationTokenSource? _source;
    private int _job;
    private long _task;
    private bool _overdue;
    private bool _all;

    public bool IsCancelled(int job)
    {
        if (!_anyCancelled)
        {
            return false;
        }

        lock (_gate)
        {
            return _all || (_cancelled is not null && _cancelled.Contains(job));
        }
    }

    public CancellationToken Begin(int job, long task, bool takesToken)
    {
        lock (_gate)
        {
            (_job, _task, _overdue) = (job, task, false);
            if (!takesToken)
            {
                return CancellationToken.None;
            }

            _source = new CancellationTokenSource();
            return _source.Token;
        }
    }

    /// <summary>Marks the task as ended. Returns true if its time was over.</summary>
    public bool End()
    {
        lock (_gate)
        {
            // Not disposed, since a cancellation may be running its callbacks on another thread.
            _source = null;
            _job = 0;
            return _overdue;
        }
    }

    public void Forget(int job)
    {
        lock (_gate)
        {
            _cancelled?.Remove(job);
            _anyCancelled = _all || _cancelled is { Count: > 0 };
        }
    }

    public void Cancel(int job)
    {
        lock (_gate)
        {
            (_cancelled ??= []).Add(job);
            _anyCancelled = true;
            if (_job == job)
            {
                CancelToken();
            }
        }
    }

    /// <summary>Cancels the tasks of this job and of all later ones.</summary>
    public void CancelAll()
    {
        lock (_gate)
        {
            _all = true;
            _anyCancelled = true;
            CancelToken();
        }
    }

    public void SetOverdue(int job, long task)
    {
        lock (_gate)
        {
            if (_job == job && _task == task)
            {
                _overdue = true;
                CancelToken();
            }
        }
    }

    /// <summary>Ends this process if it is still running the task; under the lock, so that it cannot have gone on to another task.</summary>
    public void EndProcessIfAt(int job, long task)
    {
        lock (_gate)
        {
            if (_job == job && _task == task)
            {
                ProcessEnd.Immediately();
            }
        }
    }

    // On another thread: registered callbacks may block, and this thread delivers messages.
    private void CancelToken()
    {
        if (_source is { } source)
        {
            UserCode.Cancel(source, "A callback of the token of a task");
        }
    }
}
