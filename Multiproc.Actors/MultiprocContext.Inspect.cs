using Multiproc.Nodes;
using Multiproc.Objects.Inspection;

namespace Multiproc;

/// <content>Looking at what there is.</content>
public sealed partial class MultiprocContext
{
    /// <summary>
    /// Tells of every object that lives in this process what it is, who holds it, who waits at it and for how long, and how much is in it. Each is seen
    /// at one moment, all of them not at the same.
    /// </summary>
    /// <returns>A report for each object, by its number.</returns>
    public static IReadOnlyList<ObjectReport> Inspect() => NodeInspector.Report(Node.Current);

    /// <summary>
    /// Finds threads that wait for each other: cycles, each of which waits for a lock of this process that the next one holds, in whatever processes
    /// they are, and where in the code each of them waits. What is reported was so at one moment; only a timeout, a cancellation or a death ends it.
    /// </summary>
    /// <remarks>
    /// While the log has warnings (<see cref="LogToStderr"/>, <see cref="LogTo"/>) every process looks at its locks by itself when somebody waits for
    /// more than a second, and writes what it finds as a warning, once. Waits by <c>await</c> block no thread and are no part of a cycle. Cycles of
    /// locks that live in different processes are not found.
    /// </remarks>
    /// <returns>The cycles; none when all is well.</returns>
    public static IReadOnlyList<DeadlockReport> FindDeadlocks() => Deadlocks.Find(Node.Current);
}
