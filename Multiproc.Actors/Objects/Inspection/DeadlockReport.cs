namespace Multiproc;

/// <summary>One step of a deadlock: a thread and the lock that it waits for.</summary>
/// <param name="Who">The waiting thread.</param>
/// <param name="ObjectId">The number of the lock that the thread waits for; the thread of the next step holds that lock.</param>
/// <param name="Site">
/// The place in the code: the innermost method outside this library, with file and line if known; null when the process did not report it in time.
/// </param>
public readonly record struct DeadlockStep(ObjectParty Who, long ObjectId, string? Site = null);

/// <summary>A cycle of threads, each waiting for a lock that the next one holds: none of them can continue without outside help.</summary>
/// <param name="Steps">The steps of the cycle; the last waits for the first. A single step is a thread that waits for a lock that it holds itself.</param>
public sealed record DeadlockReport(IReadOnlyList<DeadlockStep> Steps)
{
    /// <summary>Describes the cycle in words.</summary>
    /// <returns>
    /// For example "process 1, thread 4 waits for lock 7 at Program.Work in Program.cs:12, held by process 2, thread 1, which waits for lock 8 at …, held
    /// by process 1, thread 4".
    /// </returns>
    public override string ToString() =>
        string.Join(
            ", which ",
            Steps.Select((step, i) =>
                $"{(i == 0 ? $"{step.Who} " : "")}waits for lock {step.ObjectId}{(step.Site is null ? "" : $" at {step.Site}")}, held by "
                    + $"{Steps[(i + 1) % Steps.Count].Who}"));
}
