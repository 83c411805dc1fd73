namespace Multiproc.Pool;

/// <summary>Tasks that were sent to a worker in one message.</summary>
internal readonly record struct ScheduledChunk(ScheduledJob Job, long First, int Count);

/// <summary>A worker in the scheduling, with its chunks, oldest first.</summary>
internal sealed class ScheduledWorker(int id, long tasksLeft, TimeSpan roundTrip = default)
{
    public int Id { get; } = id;

    /// <summary>How long a message takes to it and back; zero on this machine.</summary>
    public TimeSpan RoundTrip { get; } = roundTrip;

    public Queue<ScheduledChunk> Chunks { get; private set; } = new();

    /// <summary>The tasks that it runs at the same time, beside its chunks.</summary>
    public List<(ScheduledJob Job, long Task)> Concurrent { get; } = [];

    /// <summary>How many tasks it may still get before it is replaced.</summary>
    public long TasksLeft { get; private set; } = tasksLeft;

    /// <summary>Whether it was told to leave.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether it leaves, without replacement, when it has no more chunks.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether it was asked to return the chunks that it has not begun, and has not replied yet.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Whether it was asked for chunks and has made no progress since; it then gets no more.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>How many chunks it has done.</summary>
    public long Done { get; private set; }

    public long Seen { get; set; }

    public bool IsIdle => Chunks.Count == 0 && CanTake;

    public bool CanTake => !IsRetired && !IsLeaving && !IsStalled && TasksLeft > 0;

    public bool HasWork => Load > 0;

    /// <summary>The number of its chunks, and of the tasks beside them.</summary>
    public int Load => Chunks.Count + Concurrent.Count;

    /// <summary>Whether it may run one more task of the job beside those that it has. A chunk that takes long does not matter to these.</summary>
    public bool CanRunAtOnce(ScheduledJob job) => !IsRetired && !IsLeaving && TasksLeft > 0 && Concurrent.Count < job.AtOnce;

    public bool Has(ScheduledJob job) => Chunks.Any(chunk => chunk.Job == job) || Concurrent.Exists(task => task.Job == job);

    public void GiveConcurrent(ScheduledJob job, long task)
    {
        Concurrent.Add((job, task));
        job.InFlight++;
        TasksLeft--;
    }

    /// <summary>Ends a task that it runs beside others; false if it has no such task.</summary>
    public bool FinishConcurrent(ScheduledJob job, long task)
    {
        if (!Concurrent.Remove((job, task)))
        {
            return false;
        }

        job.InFlight--;
        return true;
    }

    /// <summary>Gives it no more tasks, so that it is replaced when it has done those that it has.</summary>
    public void Exhaust() => TasksLeft = 0;

    public void Give(ScheduledChunk chunk)
    {
        Chunks.Enqueue(chunk);
        chunk.Job.InFlight++;
        TasksLeft -= chunk.Count;
    }

    public bool MayBeAsked => Chunks.Count > 1 && !IsAsked && !IsStalled;

    public void Ask()
    {
        IsAsked = true;
        IsStalled = true;
    }

    public ScheduledChunk Finish()
    {
        var chunk = Chunks.Dequeue();
        chunk.Job.InFlight--;
        Done++;
        IsStalled = false;
        return chunk;
    }

    public void Return(IReadOnlyList<(int Job, long First)> returned)
    {
        var kept = new Queue<ScheduledChunk>();
        foreach (var chunk in Chunks)
        {
            if (!returned.Contains((chunk.Job.Id, chunk.First)))
            {
                kept.Enqueue(chunk);
                continue;
            }

            chunk.Job.InFlight--;
            chunk.Job.PutBack(chunk.First, chunk.Count);
            TasksLeft += chunk.Count;
        }

        Chunks = kept;
        IsAsked = false;

        // It had not begun any chunk, so it is not stuck.
        IsStalled &= kept.Count > 0;
    }
}
