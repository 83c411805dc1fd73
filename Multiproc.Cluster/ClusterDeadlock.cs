namespace Multiproc;

/// <summary>One step of a deadlock in a cluster: a thread and the lock that it waits for.</summary>
/// <param name="Who">The waiting thread.</param>
/// <param name="Lock">The name of the lock that it waits for; the thread of the next step holds that lock.</param>
/// <param name="Site">The place in the code, with file and line if known; null when the process did not report it in time.</param>
public readonly record struct ClusterDeadlockStep(ClusterParty Who, string Lock, string? Site = null);

/// <summary>A cycle of threads, each waiting for a lock of the cluster that the next one holds: none of them can continue without outside help.</summary>
/// <param name="Steps">The steps of the cycle; the last waits for the first.</param>
public sealed record ClusterDeadlock(IReadOnlyList<ClusterDeadlockStep> Steps)
{
    /// <summary>Describes the cycle in words.</summary>
    /// <returns>For example "10.0.0.1:4053, process 1, thread 4 waits for lock 'a', held by 10.0.0.2:4053, process 2, thread 1, which waits for …".</returns>
    public override string ToString() => string.Join(", which ", Steps.Select((step, i) =>
        $"{(i == 0 ? $"{step.Who} " : "")}waits for lock '{step.Lock}'{(step.Site is null ? "" : $" at {step.Site}")}, held by "
            + $"{Steps[(i + 1) % Steps.Count].Who}"));
}
