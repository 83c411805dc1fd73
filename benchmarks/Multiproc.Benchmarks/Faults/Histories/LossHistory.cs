namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>
/// Checks the tokens of held locks: when a lock was granted to somebody else while its holder went on, the token of the holder had fired before. Nodes that
/// were stopped are left out: theirs fire when they go on.
/// </summary>
internal static class LossHistory
{
    /// <param name="history">The operations of one lock.</param>
    /// <param name="wasStopped">Whether an incarnation of a node was ever stopped.</param>
    /// <returns>What is wrong.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<Operation> history, Func<int, bool> wasStopped)
    {
        var faults = new List<string>();
        Operation[] grants = [.. Done(history, OperationKind.Acquire).OrderBy(static each => each.Result)];
        var ends = history
            .Where(static each => each is { Kind: OperationKind.Release, Status: OperationStatus.Done or OperationStatus.Failed })
            .ToLookup(static each => (each.Client, each.Argument));
        var losses = Done(history, OperationKind.Lose).ToLookup(static each => (each.Client, each.Argument));
        foreach (var watched in Done(history, OperationKind.Watch).Where(each => !wasStopped(each.Incarnation)))
        {
            var hold = (watched.Client, watched.Argument);
            var next = grants.FirstOrDefault(each => each.Result > watched.Argument);

            // It was alive at the grant, since it did something after it.
            if (next is not null && ends[hold].FirstOrDefault() is { } end && end.Begin > next.End && !losses[hold].Any(each => each.End <= next.End))
            {
                string fired = losses[hold].FirstOrDefault()?.ToString() ?? "never fired";
                faults.Add($"granted before the token of its holder had fired: {watched}; {next}; {fired}");
            }
        }

        return faults;
    }

    private static IEnumerable<Operation> Done(IEnumerable<Operation> history, OperationKind kind) =>
        history.Where(each => each.Kind == kind && each.Status == OperationStatus.Done);
}
