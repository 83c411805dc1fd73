namespace Multiproc.Pool;

/// <content>Starts and ends of workers, and the redistribution of the chunks of a worker that ends or is stuck.</content>
internal sealed partial class PoolState
{
    private int _failedStarts;

    /// <summary>The number of workers that were started and are not needed any more.</summary>
    private int _surplus;

    private bool _closing;
    private bool _broken;
    private bool _replaceGone;
    private bool _someLeave = tasksPerWorker is not null;

    private void StepWorkers(PoolCommand command, List<PoolEffect> effects)
    {
        switch (command)
        {
            case PoolCommand.WorkerReady ready:
                var worker = new ScheduledWorker(ready.Worker, tasksPerWorker ?? long.MaxValue, ready.RoundTrip) { IsLeaving = _surplus > 0 };
                _surplus -= worker.IsLeaving ? 1 : 0;
                _ready.Add(ready.Worker, worker);
                _failedStarts = 0;
                break;
            case PoolCommand.WorkerGone gone:
                Lose(gone, effects);
                break;
            case PoolCommand.WorkerLeaves leaves when _ready.TryGetValue(leaves.Worker, out var leaving):
                _someLeave = true;
                leaving.IsLeaving = true;
                if (leaving.MayBeAsked)
                {
                    leaving.Ask();
                    effects.Add(new PoolEffect.TakeBack(leaves.Worker));
                }

                break;
            case PoolCommand.WorkerGrown grown when _ready.TryGetValue(grown.Worker, out var large):
                _someLeave = true;
                large.Exhaust();
                break;
            case PoolCommand.Resize resize:
                Resize(resize.By, effects);
                break;
            case PoolCommand.Close:
                _closing = true;
                _someLeave = true;
                break;
        }
    }

    private void Lose(PoolCommand.WorkerGone gone, List<PoolEffect> effects)
    {
        if (!_ready.Remove(gone.Worker, out var worker))
        {
            OnFailedStart(effects);
            _replaceGone = _surplus == 0;
            _surplus -= _replaceGone ? 0 : 1;
            return;
        }

        _replaceGone = !worker.IsRetired && !worker.IsLeaving;
        _singleCredit.Remove(gone.Worker);
        LoseConcurrent(gone, worker, effects);
        bool oldest = true;
        foreach (var chunk in worker.Chunks)
        {
            var (job, first, count) = (chunk.Job, chunk.First, chunk.Count);
            job.InFlight--;
            _touched.Add(job);
            if (oldest)
            {
                first += gone.TasksDone;
                count -= gone.TasksDone;
                if ((gone.Started || gone.Unseen) && count > 0)
                {
                    LoseTask(gone, job, first, gone.OnPurpose, effects);
                    first++;
                    count--;
                }
            }

            oldest = false;
            if (gone.Unseen && !job.MayRepeat)
            {
                for (; count > 0; first++, count--)
                {
                    LoseTask(gone, job, first, gone.OnPurpose, effects);
                }
            }

            job.PutBack(first, count);
        }
    }

    private static void LoseTask(PoolCommand.WorkerGone gone, ScheduledJob job, long task, bool onPurpose, List<PoolEffect> effects)
    {
        var (deaths, again) = job.Died(task);
        if (again && !onPurpose)
        {
            job.PutBack(task, 1);
            effects.Add(new PoolEffect.TaskRetried(gone.Worker, job.Id, task));
        }
        else
        {
            effects.Add(new PoolEffect.TaskLost(gone.Worker, job.Id, task, deaths));
        }
    }

    /// <summary>Starts a worker in place of another if needed; a closing pool still needs workers for its remaining jobs.</summary>
    private void Replace(List<PoolEffect> effects)
    {
        if (_replaceGone && NeedsWorkers)
        {
            effects.Add(new PoolEffect.StartWorker());
        }
    }

    private bool NeedsWorkers => !_broken && (!_closing || _jobs.Count > 0);

    private void OnFailedStart(List<PoolEffect> effects)
    {
        if (++_failedStarts >= startAttempts && !_broken)
        {
            _broken = true;
            effects.Add(new PoolEffect.Broken());
            foreach (var job in _jobs.Values)
            {
                job.Drop();
                _touched.Add(job);
            }
        }
    }

    private void Resize(int by, List<PoolEffect> effects)
    {
        _someLeave = true;
        for (; by > 0 && NeedsWorkers; by--)
        {
            if (_surplus > 0)
            {
                _surplus--;
            }
            else
            {
                effects.Add(new PoolEffect.StartWorker());
            }
        }

        for (; by < 0; by++)
        {
            if (LeastBusy() is { } worker)
            {
                worker.IsLeaving = true;
            }
            else
            {
                _surplus++;
            }
        }
    }

    private ScheduledWorker? LeastBusy()
    {
        ScheduledWorker? best = null;
        foreach (var worker in _ready.Values)
        {
            if (!worker.IsRetired && !worker.IsLeaving && (best is null || worker.Load < best.Load))
            {
                best = worker;
            }
        }

        return best;
    }

    private void Retire(List<PoolEffect> effects)
    {
        if (!_someLeave)
        {
            return;
        }

        foreach (var worker in _ready.Values)
        {
            bool over = worker.IsLeaving || (_closing && _jobs.Count == 0);
            if (worker.IsRetired || worker.HasWork || (!over && worker.TasksLeft > 0))
            {
                continue;
            }

            worker.IsRetired = true;
            effects.Add(new PoolEffect.RetireWorker(worker.Id));
            if (!over && NeedsWorkers)
            {
                effects.Add(new PoolEffect.StartWorker());
            }
        }
    }

    /// <summary>
    /// A worker that was quick may have many chunks when it meets a slow task. If another worker is idle, the first one is checked again a little later: if
    /// it has made no progress by then, it returns the chunks that it has not begun.
    /// </summary>
    private void Watch(List<PoolEffect> effects)
    {
        if (_watching || _waiting.Count > 0 || !SomebodyIsIdle())
        {
            return;
        }

        var longer = TimeSpan.Zero;
        for (int i = 0; i < _ready.Count; i++)
        {
            var worker = _ready.GetValueAtIndex(i);
            worker.Seen = worker.Done;
            longer = worker.RoundTrip > longer ? worker.RoundTrip : longer;
            _watching |= worker.MayBeAsked;
        }

        if (_watching)
        {
            effects.Add(new PoolEffect.TickSoon(longer));
        }
    }

    private void TakeBack(List<PoolEffect> effects)
    {
        _watching = false;
        if (_waiting.Count > 0 || !SomebodyIsIdle())
        {
            return;
        }

        for (int i = 0; i < _ready.Count; i++)
        {
            var worker = _ready.GetValueAtIndex(i);
            if (worker.MayBeAsked && worker.Seen == worker.Done)
            {
                worker.Ask();
                effects.Add(new PoolEffect.TakeBack(worker.Id));
            }
        }
    }

    private bool SomebodyIsIdle()
    {
        for (int i = 0; i < _ready.Count; i++)
        {
            var worker = _ready.GetValueAtIndex(i);
            if (worker.IsIdle)
            {
                return true;
            }
        }

        return false;
    }
}
