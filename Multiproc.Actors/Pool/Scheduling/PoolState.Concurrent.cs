namespace Multiproc.Pool;

/// <content>
/// Tasks that a worker runs at the same time, beside its chunks: those of asynchronous functions. Each is sent alone and ends alone, in any order; a worker
/// begins one as soon as it gets it, so all that it has are lost when it dies, and none comes back.
/// </content>
internal sealed partial class PoolState
{
    /// <summary>Jobs with tasks for which no worker has a place; apart from those in chunks, since neither must wait for the other.</summary>
    private readonly Queue<ScheduledJob> _waitingConcurrent = new();

    private void Finish(PoolCommand.ConcurrentDone done)
    {
        if (_jobs.TryGetValue(done.Job, out var job) && _ready.TryGetValue(done.Worker, out var worker) && worker.FinishConcurrent(job, done.Task))
        {
            _touched.Add(job);
        }
    }

    /// <summary>Gives one task at a time, first to the worker that has the fewest; jobs take turns.</summary>
    private void AssignConcurrent(List<PoolEffect> effects)
    {
        while (_waitingConcurrent.TryPeek(out var job))
        {
            if (job.HasWork)
            {
                if (WithFewest(job) is not { } worker)
                {
                    return;
                }

                var (task, _) = job.Take(1);
                worker.GiveConcurrent(job, task);
                effects.Add(new PoolEffect.SendConcurrent(worker.Id, job.Id, task));
            }

            _waitingConcurrent.Dequeue();
            job.IsWaiting = job.HasWork;
            if (job.IsWaiting)
            {
                _waitingConcurrent.Enqueue(job);
            }
        }
    }

    private ScheduledWorker? WithFewest(ScheduledJob job)
    {
        ScheduledWorker? best = null;
        for (int i = 0; i < _ready.Count; i++)
        {
            var worker = _ready.GetValueAtIndex(i);
            if (worker.CanRunAtOnce(job) && (best is null || worker.Concurrent.Count < best.Concurrent.Count))
            {
                best = worker;
            }
        }

        return best;
    }

    private void LoseConcurrent(PoolCommand.WorkerGone gone, ScheduledWorker worker, List<PoolEffect> effects)
    {
        foreach (var (job, task) in worker.Concurrent)
        {
            job.InFlight--;
            _touched.Add(job);
            LoseTask(gone, job, task, gone.Overdue?.Contains((job.Id, task)) == true, effects);
        }

        worker.Concurrent.Clear();
    }
}
