namespace Multiproc.Pool;

/// <summary>A job in the scheduling: how many tasks it has, which have been assigned and which were returned.</summary>
internal sealed class ScheduledJob(PoolCommand.Submit submit, Dictionary<int, int>? sharedCredit)
{
    /// <summary>The target time of a chunk of long tasks: long against the cost of a chunk, short as a wait for the last one.</summary>
    private static readonly TimeSpan s_longChunk = TimeSpan.FromMilliseconds(20);

    private readonly Queue<(long First, int Count)> _returned = new();
    private int _chunkSize = submit.ChunkSize;
    private Dictionary<long, int>? _deaths;

    public int Id => submit.Job;

    public long Tasks { get; set; } = submit.Tasks;

    public bool Ended { get; set; } = submit.Ended;

    public int InFlight { get; set; }

    /// <summary>Whether it is in the line of jobs that have tasks to assign.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Whether none of its tasks is assigned any more, those of a dead worker included.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>How many chunks each worker may have at once, by how quick it has been so far.</summary>
    public Dictionary<int, int> Credit { get; } = sharedCredit ?? [];

    /// <summary>The maximum number of chunks for a worker, however quick it is.</summary>
    public int MostAssigned { get; set; } = int.MaxValue;

    /// <summary>How many tasks a worker runs at the same time, of this job and others like it; 0 if it runs them in chunks.</summary>
    public int AtOnce => submit.AtOnce;

    public bool HasWork => _returned.Count > 0 || Next < Tasks;

    /// <summary>Whether a task may be run again after it was perhaps run.</summary>
    public bool MayRepeat => submit.Retries > 0;

    public bool IsFinished => Ended && InFlight == 0 && !HasWork;

    private long Next { get; set; }

    /// <summary>Learns how long a chunk took: long tasks go in smaller chunks, so that no worker holds many of them while another is idle.</summary>
    public void Learn(int count, TimeSpan elapsed)
    {
        if (submit.Adaptive && submit.ChunkSize > 1)
        {
            long fits = elapsed.Ticks <= 0 ? submit.ChunkSize : s_longChunk.Ticks * count / elapsed.Ticks;
            _chunkSize = (int)Math.Clamp(fits, 1, submit.ChunkSize);
        }
    }

    public void Drop()
    {
        IsDropped = true;
        Tasks = Next;
        _returned.Clear();
        Ended = true;
    }

    /// <summary>Takes the next chunk, of at most <paramref name="most"/> tasks. Returned tasks go first.</summary>
    public (long First, int Count) Take(long most)
    {
        most = Math.Min(most, _chunkSize);
        if (_returned.TryPeek(out var returned) && returned.Count <= most)
        {
            return _returned.Dequeue();
        }

        if (returned.Count > 0)
        {
            _returned.Dequeue();
            _returned.Enqueue((returned.First + most, returned.Count - (int)most));
            return (returned.First, (int)most);
        }

        long first = Next;
        Next = Math.Min(Tasks, first + most);
        return (first, (int)(Next - first));
    }

    public void PutBack(long first, int count)
    {
        if (count > 0 && !IsDropped)
        {
            _returned.Enqueue((first, count));
        }
    }

    /// <summary>Counts the death of a worker during the task. Returns the number of deaths so far and whether the task may be run again.</summary>
    public (int Deaths, bool Again) Died(long task)
    {
        if (submit.Retries == 0)
        {
            return (1, false);
        }

        int deaths = (_deaths ??= []).GetValueOrDefault(task) + 1;
        _deaths[task] = deaths;
        return (deaths, deaths <= submit.Retries && !IsDropped);
    }
}
