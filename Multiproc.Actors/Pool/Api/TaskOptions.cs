namespace Multiproc;

/// <summary>Sets retries and time limit of the tasks of one call of a pool.</summary>
/// <example>
/// <code>
/// long[] sizes = pool.Map(Measure, paths, options: new TaskOptions { Idempotent = true, Timeout = TimeSpan.FromSeconds(30) });
/// </code>
/// </example>
public sealed record TaskOptions
{
    /// <summary>
    /// Whether a task may safely run more than once. If so, a task whose worker died is run again, at most <see cref="PoolOptions.Retries"/> times. Default
    /// false.
    /// </summary>
    public bool Idempotent { get; init; }

    /// <summary>
    /// How long a task may run; null (the default): as <see cref="PoolOptions.TaskTimeout"/> says. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>
    /// for ever, otherwise more than zero.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    internal void Validate()
    {
        if (Timeout is { } timeout)
        {
            WaitTimeout.RequireSomeTime(timeout, nameof(Timeout));
        }
    }
}
