namespace Multiproc.Pool;

/// <summary>
/// Which worker gets which tasks: a deterministic machine without processes, clocks or threads. A worker runs its chunks in the order in which it
/// got them, so what it was doing when it died is its oldest chunk; the rest of its chunks go to others.
/// </summary>
internal sealed class PoolState(int startAttempts)
{
    /// <summary>What is given to a busy worker waits for its task, however long that takes: only one that was quick at this job gets more.</summary>
    private const int LeastCredit = 1;

    private const int MostCredit = 64;

    /// <summary>A worker should have about this much work in hand: enough to hide the way to us and back, not so much that it hoards.</summary>
    private static readonly TimeSpan s_inHand = TimeSpan.FromMilliseconds(2);

    private readonly SortedDictionary<int, Worker> _ready = [];
    private readonly SortedDictionary<int, Job> _jobs = [];
    private int _failedStarts;
    private int _lastServed;
    private bool _closing;
    private bool _broken;

    public void Step(PoolCommand command, List<PoolEffect> effects)
    {
        switch (command)
        {
            case PoolCommand.Submit submit:
                Submit(submit);
                break;
            case PoolCommand.MoreInput more when _jobs.TryGetValue(more.Job, out var job) && !job.IsDropped:
                job.Tasks = more.Tasks;
                job.Ended = more.Ended;
                break;
            case PoolCommand.WorkerReady ready:
                _ready.Add(ready.Worker, new Worker(ready.Worker));
                _failedStarts = 0;
                break;
            case PoolCommand.ChunkDone done:
                Finish(done);
                break;
            case PoolCommand.WorkerGone gone:
                Lose(gone, effects);
                break;
            case PoolCommand.Cancel cancel when _jobs.TryGetValue(cancel.Job, out var job):
                job.Drop();
                break;
            case PoolCommand.Close:
                _closing = true;
                break;
        }

        FinishJobs(effects);
        if (command is PoolCommand.WorkerGone)
        {
            Replace(effects);
        }

        Assign(effects);
        Retire(effects);
    }

    private void Submit(PoolCommand.Submit submit)
    {
        var job = new Job(submit.Job, submit.ChunkSize) { Tasks = submit.Tasks, Ended = submit.Ended };
        _jobs.Add(submit.Job, job);
        if (_broken)
        {
            job.Drop();
        }
    }

    private void Finish(PoolCommand.ChunkDone done)
    {
        var worker = _ready[done.Worker];
        var chunk = worker.Chunks.Dequeue();
        chunk.Job.InFlight--;
        long fits = done.Elapsed.Ticks <= 0 ? MostCredit : s_inHand.Ticks / done.Elapsed.Ticks;
        int known = chunk.Job.Credit.GetValueOrDefault(worker.Id, LeastCredit);
        chunk.Job.Credit[worker.Id] = (int)Math.Clamp(fits, LeastCredit, Math.Min(MostCredit, known * 2));
    }

    private void Lose(PoolCommand.WorkerGone gone, List<PoolEffect> effects)
    {
        if (!_ready.Remove(gone.Worker, out var worker))
        {
            OnFailedStart(effects);
            return;
        }

        bool oldest = true;
        foreach (var chunk in worker.Chunks)
        {
            var (first, count) = (chunk.First, chunk.Count);
            chunk.Job.InFlight--;
            if (oldest)
            {
                first += gone.TasksDone;
                count -= gone.TasksDone;
                if (gone.Started && count > 0)
                {
                    effects.Add(new PoolEffect.TaskLost(gone.Worker, chunk.Job.Id, first));
                    first++;
                    count--;
                }
            }

            oldest = false;
            if (count > 0 && !chunk.Job.IsDropped)
            {
                chunk.Job.Returned.Enqueue((first, count));
            }
        }
    }

    /// <summary>A closing pool still needs workers for the jobs that it has.</summary>
    private void Replace(List<PoolEffect> effects)
    {
        if (!_broken && (!_closing || _jobs.Count > 0))
        {
            effects.Add(new PoolEffect.StartWorker());
        }
    }

    private void OnFailedStart(List<PoolEffect> effects)
    {
        if (++_failedStarts >= startAttempts && !_broken)
        {
            _broken = true;
            effects.Add(new PoolEffect.Broken());
            foreach (var job in _jobs.Values)
            {
                job.Drop();
            }
        }
    }

    private void FinishJobs(List<PoolEffect> effects)
    {
        List<int>? finished = null;
        foreach (var job in _jobs.Values)
        {
            if (job.IsFinished)
            {
                (finished ??= []).Add(job.Id);
            }
        }

        if (finished is not null)
        {
            foreach (int job in finished)
            {
                _jobs.Remove(job);
                effects.Add(new PoolEffect.JobFinished(job));
            }
        }
    }

    /// <summary>Fills the credit of the workers, the one with the least in hand first; jobs take turns.</summary>
    private void Assign(List<PoolEffect> effects)
    {
        while (NextJob() is { } job && LeastLoaded(job) is { } worker)
        {
            var (first, count) = job.Take();
            job.InFlight++;
            worker.Chunks.Enqueue(new Chunk(job, first, count));
            effects.Add(new PoolEffect.Send(worker.Id, job.Id, first, count));
        }
    }

    private Worker? LeastLoaded(Job job)
    {
        Worker? best = null;
        foreach (var worker in _ready.Values)
        {
            if (worker.Chunks.Count < job.Credit.GetValueOrDefault(worker.Id, LeastCredit) && (best is null || worker.Chunks.Count < best.Chunks.Count))
            {
                best = worker;
            }
        }

        return best;
    }

    private Job? NextJob()
    {
        Job? first = null;
        foreach (var job in _jobs.Values)
        {
            if (!job.HasWork)
            {
                continue;
            }

            first ??= job;
            if (job.Id > _lastServed)
            {
                _lastServed = job.Id;
                return job;
            }
        }

        _lastServed = first?.Id ?? 0;
        return first;
    }

    private void Retire(List<PoolEffect> effects)
    {
        if (!_closing || _jobs.Count > 0)
        {
            return;
        }

        foreach (var worker in _ready.Values)
        {
            if (!worker.IsRetired && worker.Chunks.Count == 0)
            {
                worker.IsRetired = true;
                effects.Add(new PoolEffect.RetireWorker(worker.Id));
            }
        }
    }

    private readonly record struct Chunk(Job Job, long First, int Count);

    private sealed class Worker(int id)
    {
        public int Id { get; } = id;

        public Queue<Chunk> Chunks { get; } = new();

        public bool IsRetired { get; set; }
    }

    private sealed class Job(int id, int chunkSize)
    {
        public int Id { get; } = id;

        public long Tasks { get; set; }

        public bool Ended { get; set; }

        public long Next { get; private set; }

        public int InFlight { get; set; }

        /// <summary>Nothing of it is given out any more, also not what a dead worker leaves.</summary>
        public bool IsDropped { get; private set; }

        /// <summary>How many chunks each worker may have in hand, as far as it has shown how quick it is.</summary>
        public Dictionary<int, int> Credit { get; } = [];

        public Queue<(long First, int Count)> Returned { get; } = new();

        public bool HasWork => Returned.Count > 0 || Next < Tasks;

        public bool IsFinished => Ended && InFlight == 0 && !HasWork;

        public void Drop()
        {
            IsDropped = true;
            Tasks = Next;
            Returned.Clear();
            Ended = true;
        }

        public (long First, int Count) Take()
        {
            if (Returned.TryDequeue(out var returned))
            {
                return returned;
            }

            long first = Next;
            Next = Math.Min(Tasks, first + chunkSize);
            return (first, (int)(Next - first));
        }
    }
}
