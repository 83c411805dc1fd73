namespace Multiproc;

/// <summary>One edge of a deadlock.</summary>
/// <param name="Who">Who waits.</param>
/// <param name="ObjectId">The number of the lock that he waits for; the next one of the cycle holds it.</param>
/// <param name="Site">Where in the code: the innermost method that is not of this library, with file and line where they are known; null when the process did not say it in time.</param>
public readonly record struct DeadlockStep(ObjectParty Who, long ObjectId, string? Site = null);

/// <summary>A cycle of threads, each of which waits for a lock that the next one holds: without help none of them goes on.</summary>
/// <param name="Steps">The cycle; the last waits for the first. One step: a thread that waits for a lock that it holds itself.</param>
public sealed record DeadlockReport(IReadOnlyList<DeadlockStep> Steps)
{
    /// <summary>The cycle in words.</summary>
    /// <returns>For example "process 1, thread 4 waits for lock 7 at Program.Work in Program.cs:12, held by process 2, thread 1, which waits for lock 8 at …, held by process 1, thread 4".</returns>
    public override string ToString() =>
        string.Join(", which ", Steps.Select((step, i) => $"{(i == 0 ? $"{step.Who} " : "")}waits for lock {step.ObjectId}{(step.Site is null ? "" : $" at {step.Site}")}, held by {Steps[(i + 1) % Steps.Count].Who}"));
}
