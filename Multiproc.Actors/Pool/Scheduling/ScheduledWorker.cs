namespace Multiproc.Pool;

/// <summary>Tasks that went to a worker in one piece.</summary>
internal readonly record struct ScheduledChunk(ScheduledJob Job, long First, int Count);

/// <summary>A worker as the scheduling sees it: what it has in hand, oldest first.</summary>
internal sealed class ScheduledWorker(int id, long tasksLeft)
{
    public int Id { get; } = id;

    public Queue<ScheduledChunk> Chunks { get; private set; } = new();

    /// <summary>How many tasks it may still be given before it is replaced.</summary>
    public long TasksLeft { get; private set; } = tasksLeft;

    /// <summary>It was told to go.</summary>
    public bool IsRetired { get; set; }

    /// <summary>It goes when it has nothing in hand, and is not replaced.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It was asked to give back what it has not begun, and has not answered.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>It was asked, and has not got on since: nothing more is given to it.</summary>
    public bool IsStalled { get; private set; }

    /// <summary>How many chunks it has done, and had done when it was looked at last.</summary>
    public long Done { get; private set; }

    public long Seen { get; set; }

    public bool IsIdle => Chunks.Count == 0 && CanTake;

    public bool CanTake => !IsRetired && !IsLeaving && !IsStalled && TasksLeft > 0;

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

        // It had not begun any: nothing holds it up.
        IsStalled &= kept.Count > 0;
    }
}
