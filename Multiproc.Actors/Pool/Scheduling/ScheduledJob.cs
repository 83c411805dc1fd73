namespace Multiproc.Pool;

/// <summary>A job as the scheduling sees it: how many tasks there are, which have been given out, which came back.</summary>
internal sealed class ScheduledJob(PoolCommand.Submit submit, Dictionary<int, int>? sharedCredit)
{
    /// <summary>A chunk of long tasks takes no longer than this: its cost is small against it, and so is the wait for the last one.</summary>
    private static readonly TimeSpan s_longChunk = TimeSpan.FromMilliseconds(20);

    private readonly Queue<(long First, int Count)> _returned = new();
    private int _chunkSize = submit.ChunkSize;
    private Dictionary<long, int>? _deaths;

    public int Id => submit.Job;

    public long Tasks { get; set; } = submit.Tasks;

    public bool Ended { get; set; } = submit.Ended;

    public int InFlight { get; set; }

    /// <summary>It stands in the line of jobs that have work to give.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Nothing of it is given out any more, also not what a dead worker leaves.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>How many chunks each worker may have in hand, as far as it has shown how quick it is.</summary>
    public Dictionary<int, int> Credit { get; } = sharedCredit ?? [];

    /// <summary>However quick they are.</summary>
    public int MostAssigned { get; set; } = int.MaxValue;

    public bool HasWork => _returned.Count > 0 || Next < Tasks;

    public bool IsFinished => Ended && InFlight == 0 && !HasWork;

    private long Next { get; set; }

    /// <summary>A chunk of so many tasks took this long: long tasks go in smaller chunks, so that no worker sits on them while another has nothing to do.</summary>
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

    /// <summary>The next chunk, of at most so many tasks. What came back goes first.</summary>
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

    /// <summary>A worker died of the task: how many have by now, and whether it may be run once more.</summary>
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
