namespace Multiproc;

/// <content>Inspection of shared objects and deadlocks.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Inspect()"/>
    public static IReadOnlyList<ObjectReport> Inspect() => MultiprocContext.Inspect();

    /// <inheritdoc cref="MultiprocContext.FindDeadlocks()"/>
    public static IReadOnlyList<DeadlockReport> FindDeadlocks() => MultiprocContext.FindDeadlocks();
}
