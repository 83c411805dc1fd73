using Multiproc.Nodes;
using Multiproc.Objects.Inspection;

namespace Multiproc;

/// <content>Inspection of shared objects and deadlocks.</content>
public sealed partial class MultiprocContext
{
    /// <summary>
    /// Reports on every object that lives in this process: its type, its holders, its waiters and how long they have waited, and its contents. Each report
    /// is consistent in itself, but they are made one after the other.
    /// </summary>
    /// <returns>A report for each object, ordered by the objects' numbers.</returns>
    public static IReadOnlyList<ObjectReport> Inspect() => NodeInspector.Report(Node.Current);

    /// <summary>
    /// Finds deadlocks: cycles of threads, in any processes, each of which waits for a lock that the next one holds. The locks may live in this process and in
    /// those of this machine that it is connected to: its managers, its children, its parent. Reports where in the code each thread waits. Only a timeout, a
    /// cancellation or a death ends a deadlock.
    /// </summary>
    /// <remarks>
    /// While warnings are logged (<see cref="LogToStderr"/>, <see cref="LogTo"/>), every process checks its own locks by itself when a thread has waited
    /// for more than a second, and logs each deadlock once, as a warning; cycles through locks of several processes are found by this method only. Waits by
    /// <c>await</c> block no thread and are not part of a cycle. A process that does not reply within four seconds is left out.
    /// </remarks>
    /// <returns>The deadlocks; an empty list when there are none.</returns>
    public static IReadOnlyList<DeadlockReport> FindDeadlocks() => Deadlocks.Find(Node.Current);
}
