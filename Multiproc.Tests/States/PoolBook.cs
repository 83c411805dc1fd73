namespace Multiproc.Tests.States;

/// <summary>What has become of a job's tasks.</summary>
internal sealed class PoolBook
{
    private readonly HashSet<long> _unacknowledged = [];
    private readonly HashSet<long> _over = [];
    private readonly Dictionary<long, int> _deaths = [];

    public long Tasks { get; set; }

    public bool Ended { get; set; }

    public bool Dropped { get; set; }

    public bool Finished { get; private set; }

    public int Retries { get; init; }

    /// <summary>Counts a death; whether the task may be run once more.</summary>
    public bool MayRetry(long task)
    {
        _deaths[task] = _deaths.GetValueOrDefault(task) + 1;
        return _deaths[task] <= Retries;
    }

    /// <summary>Whether it is right that it is given up.</summary>
    public bool MayLose(long task, bool onPurpose) => onPurpose || Dropped || _deaths.GetValueOrDefault(task) >= Retries;

    public bool TryTakeInHand(long first, int count) =>
        count > 0 && Range(first, count).All(task => task < Tasks && !_over.Contains(task) && _unacknowledged.Add(task));

    public void End(long first, int count)
    {
        foreach (long task in Range(first, count))
        {
            _over.Add(task).ShouldBeTrue($"task {task} ended twice");
            _unacknowledged.Remove(task);
        }
    }

    public void PutBack(long first, int count) => _unacknowledged.ExceptWith(Range(first, count));

    public bool TryFinish()
    {
        bool right = !Finished && _unacknowledged.Count == 0 && (Dropped || (Ended && _over.Count == Tasks));
        Finished = true;
        return right;
    }

    private static IEnumerable<long> Range(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);
}
