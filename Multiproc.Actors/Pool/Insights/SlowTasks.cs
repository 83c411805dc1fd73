namespace Multiproc.Pool;

/// <summary>Keeps the slowest tasks that were seen. Tasks below a millisecond are ignored, so that they cost nothing here.</summary>
internal sealed class SlowTasks
{
    private const int Most = 5;
    private const int LeastMicroseconds = 1000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private readonly List<(long Task, Task<string> Argument, TimeSpan Elapsed)> _slowest = [];

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
                _slowest.Insert(place, (task, job.DescribeLater(task), elapsed));
                _slowest.RemoveRange(Math.Min(Most, _slowest.Count), Math.Max(0, _slowest.Count - Most));
            }
        }
    }

    public IReadOnlyList<SlowTask> List()
    {
        (long Task, Task<string> Argument, TimeSpan Elapsed)[] slowest;
        lock (_gate)
        {
            slowest = [.. _slowest];
        }

        // ToString of an argument is code of the program and may not return.
        return [.. slowest.Select(static each => new SlowTask(
            each.Task, each.Argument.Wait(s_patience) ? each.Argument.Result : "an argument whose text is not available yet", each.Elapsed))];
    }
}
