namespace Multiproc;

/// <summary>How far a job of a pool is.</summary>
/// <param name="Done">Tasks that are done, failed ones included.</param>
/// <param name="Failed">Tasks that failed.</param>
/// <param name="Total">All tasks; null when the input has not ended.</param>
/// <param name="Elapsed">Since the job began.</param>
/// <param name="Retried">How often a task was run again after its worker died.</param>
public readonly record struct PoolProgress(long Done, long Failed, long? Total, TimeSpan Elapsed, long Retried = 0)
{
    /// <summary>Tasks per second.</summary>
    public double Rate => Elapsed > TimeSpan.Zero ? Done / Elapsed.TotalSeconds : 0;

    /// <summary>How much longer it takes at this rate; null when that cannot be told.</summary>
    public TimeSpan? Remaining => Total is { } total && Rate > 0 ? TimeSpan.FromSeconds((total - Done) / Rate) : null;
}
