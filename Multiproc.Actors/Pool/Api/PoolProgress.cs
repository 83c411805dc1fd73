namespace Multiproc;

/// <summary>Reports the progress of a call of a pool.</summary>
/// <param name="Done">The number of completed tasks, failed ones included.</param>
/// <param name="Failed">The number of failed tasks.</param>
/// <param name="Total">The number of all tasks; null while the end of the input is not known.</param>
/// <param name="Elapsed">The time since the call began.</param>
/// <param name="Retried">How many times a task was run again after its worker died.</param>
public readonly record struct PoolProgress(long Done, long Failed, long? Total, TimeSpan Elapsed, long Retried = 0)
{
    /// <summary>Gets the rate in tasks per second.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>Gets the estimated remaining time at this rate; null if it is unknown.</summary>
    public TimeSpan? Remaining => Total is { } total && Rate > 0 ? TimeSpan.FromSeconds((total - Done) / Rate) : null;
}
