namespace Multiproc.Pool;

/// <summary>
/// Decides which worker gets which tasks: a deterministic state machine without processes, clocks or threads. A worker runs its chunks in the order in
/// which it got them, so when it dies it was working on its oldest chunk; the others are given to other workers.
/// </summary>
internal sealed partial class PoolState(int startAttempts, int? tasksPerWorker = null)
{
    /// <summary>
    /// A chunk that is given to a busy worker waits for its current task, however long that takes, so only workers that were quick at the job get more than
    /// one.
    /// </summary>
    private const int LeastCredit = 1;

    private const int MostCredit = 64;

    /// <summary>A far worker has one chunk to run and one on the way to it, until it is known how quick it is: else each chunk costs a round trip.</summary>
    private const int LeastFarCredit = 2;

    /// <summary>A round trip this much longer than <see cref="s_inHand"/> needs as much more chunks under way.</summary>
    private const int MostFarCredit = 4096;

    /// <summary>
    /// How much work a worker should have been sent: enough to hide the latency of a message to the pool and back, but not so much that others lack work.
    /// </summary>
    private static readonly TimeSpan s_inHand = TimeSpan.FromMilliseconds(2);

    private readonly SortedList<int, ScheduledWorker> _ready = [];
    private readonly Dictionary<int, ScheduledJob> _jobs = [];
    private readonly Queue<ScheduledJob> _waiting = new();
    private readonly List<ScheduledJob> _touched = [];
    private readonly Dictionary<int, int> _singleCredit = [];
    private bool _watching;

    public void Step(PoolCommand command, List<PoolEffect> effects)
    {
        switch (command)
        {
            case PoolCommand.ChunkDone done:
                Finish(done);
                break;
            case PoolCommand.ConcurrentDone done:
                Finish(done);
                break;
            case PoolCommand.Submit submit:
                Submit(submit, effects);
                break;
            case PoolCommand.MoreInput more when _jobs.TryGetValue(more.Job, out var job) && !job.IsDropped:
                job.Tasks = more.Tasks;
                job.Ended = more.Ended;
                _touched.Add(job);
                break;
            case PoolCommand.Heavy heavy when _jobs.TryGetValue(heavy.Job, out var job):
                job.MostAssigned = heavy.MostAssigned;
                break;
            case PoolCommand.Cancel cancel when _jobs.TryGetValue(cancel.Job, out var job):
                Cancel(job, cancel.Stop, effects);
                break;
            case PoolCommand.GraceOver over:
                EndWork(over, effects);
                break;
            case PoolCommand.Tick:
                TakeBack(effects);
                break;
            case PoolCommand.ChunksReturned returned when _ready.TryGetValue(returned.Worker, out var worker):
                Touch(worker.Chunks);
                worker.Return(returned.Chunks);
                break;
            default:
                StepWorkers(command, effects);
                break;
        }

        FinishJobs(effects);
        if (command is PoolCommand.WorkerGone)
        {
            Replace(effects);
        }

        Assign(effects);
        AssignConcurrent(effects);
        Retire(effects);
        Watch(effects);
    }

    private void Submit(PoolCommand.Submit submit, List<PoolEffect> effects)
    {
        if (_closing)
        {
            // It arrived after Close, when perhaps no worker is left to run it.
            effects.Add(new PoolEffect.JobRefused(submit.Job));
            return;
        }

        var job = new ScheduledJob(submit, submit.Single ? _singleCredit : null);
        _jobs.Add(submit.Job, job);
        _touched.Add(job);
        if (_broken)
        {
            job.Drop();
        }
    }

    private void Finish(PoolCommand.ChunkDone done)
    {
        var worker = _ready[done.Worker];
        long each = done.Elapsed.Ticks / done.Count;
        int least = LeastCreditOf(worker);
        long most = worker.RoundTrip == TimeSpan.Zero
            ? MostCredit : Math.Min(MostFarCredit, MostCredit * (1 + (worker.RoundTrip.Ticks / s_inHand.Ticks)));
        long fits = each <= 0 ? most : least - 1 + ((s_inHand + worker.RoundTrip).Ticks / each);
        for (int i = 0; i < done.Count; i++)
        {
            var chunk = worker.Finish();
            var job = chunk.Job;
            job.Learn(chunk.Count, TimeSpan.FromTicks(each));
            if (_touched.Count == 0 || _touched[^1] != job)
            {
                _touched.Add(job);
            }

            int known = job.Credit.GetValueOrDefault(done.Worker, least);
            job.Credit[done.Worker] = (int)Math.Clamp(fits, least, Math.Min(most, known * 2L));
        }
    }

    private static int LeastCreditOf(ScheduledWorker worker) => worker.RoundTrip == TimeSpan.Zero ? LeastCredit : LeastFarCredit;

    private void Cancel(ScheduledJob job, bool stop, List<PoolEffect> effects)
    {
        job.Drop();
        _touched.Add(job);
        if (job.InFlight == 0)
        {
            return;
        }

        foreach (var worker in _ready.Values)
        {
            if (worker.Has(job))
            {
                effects.Add(new PoolEffect.CancelWork(worker.Id, job.Id));
            }
        }

        if (stop)
        {
            effects.Add(new PoolEffect.Remind(job.Id, Last: false));
        }
    }

    private void EndWork(PoolCommand.GraceOver over, List<PoolEffect> effects)
    {
        bool any = false;
        foreach (var worker in _ready.Values)
        {
            if ((worker.Chunks.TryPeek(out var oldest) && oldest.Job.Id == over.Job) || worker.Concurrent.Exists(task => task.Job.Id == over.Job))
            {
                any = true;
                effects.Add(over.Last ? new PoolEffect.KillWorker(worker.Id) : new PoolEffect.StopWorker(worker.Id, over.Job));
            }
        }

        if (any && !over.Last)
        {
            effects.Add(new PoolEffect.Remind(over.Job, Last: true));
        }
    }

    private void Touch(IEnumerable<ScheduledChunk> chunks)
    {
        foreach (var chunk in chunks)
        {
            _touched.Add(chunk.Job);
        }
    }

    /// <summary>Finishes completed jobs. Only looks at the jobs that this step touched, since there may be thousands.</summary>
    private void FinishJobs(List<PoolEffect> effects)
    {
        foreach (var job in _touched)
        {
            if (job.IsFinished)
            {
                if (_jobs.Remove(job.Id))
                {
                    effects.Add(new PoolEffect.JobFinished(job.Id));
                }
            }
            else if (job.HasWork && !job.IsWaiting)
            {
                job.IsWaiting = true;
                (job.AtOnce > 0 ? _waitingConcurrent : _waiting).Enqueue(job);
            }
        }

        _touched.Clear();
    }

    /// <summary>Gives chunks to workers up to their credit, first to the one with the fewest; jobs take turns.</summary>
    private void Assign(List<PoolEffect> effects)
    {
        while (_waiting.TryPeek(out var job))
        {
            if (job.HasWork)
            {
                if (LeastLoaded(job) is not { } worker)
                {
                    return;
                }

                var (first, count) = job.Take(worker.TasksLeft);
                worker.Give(new ScheduledChunk(job, first, count));
                effects.Add(new PoolEffect.Send(worker.Id, job.Id, first, count));
            }

            _waiting.Dequeue();
            job.IsWaiting = job.HasWork;
            if (job.IsWaiting)
            {
                _waiting.Enqueue(job);
            }
        }
    }

    private ScheduledWorker? LeastLoaded(ScheduledJob job)
    {
        ScheduledWorker? best = null;
        for (int i = 0; i < _ready.Count; i++)
        {
            var worker = _ready.GetValueAtIndex(i);
            if (worker.CanTake && worker.Chunks.Count < Math.Min(job.MostAssigned, job.Credit.GetValueOrDefault(worker.Id, LeastCreditOf(worker)))
                    && (best is null || worker.Chunks.Count < best.Chunks.Count))
            {
                best = worker;
            }
        }

        return best;
    }
}
