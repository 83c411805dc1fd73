namespace Multiproc.Pool;

/// <summary>The slowest tasks that were seen. Those below a millisecond are nobody's trouble, and cost nothing here.</summary>
internal sealed class SlowTasks
{
    private const int Most = 5;
    private const int LeastMicroseconds = 1000;

    private readonly Lock _gate = new();
    private readonly List<SlowTask> _slowest = [];

    public void Consider(PoolJob job, long task, int microseconds)
    {
        if (microseconds < LeastMicroseconds)
        {
            return;
        }

        var elapsed = TimeSpan.FromMicroseconds(microseconds);
        lock (_gate)
        {
            int place = _slowest.FindIndex(other => other.Elapsed < elapsed);
            place = place < 0 ? _slowest.Count : place;
            if (place < Most)
            {
                _slowest.Insert(place, new SlowTask(task, job.Describe(task), elapsed));
                _slowest.RemoveRange(Math.Min(Most, _slowest.Count), Math.Max(0, _slowest.Count - Most));
            }
        }
    }

    public IReadOnlyList<SlowTask> List()
    {
        lock (_gate)
        {
            return [.. _slowest];
        }
    }
}
