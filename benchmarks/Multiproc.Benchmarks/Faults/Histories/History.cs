namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>All operations of a run, and what is wrong with them.</summary>
internal sealed class History(IReadOnlyList<Operation> operations, IReadOnlySet<int> orderly, IReadOnlySet<int> stopped)
{
    /// <summary>No call waits longer than this, whatever happens to its object.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);

    /// <summary>With what the names of values begin: these are zero before anybody changes them.</summary>
    public const string ValuePrefix = "value ";

    public IReadOnlyList<Operation> Operations => operations;

    /// <summary>How many keys had too many orders to search.</summary>
    public int Undecided { get; private set; }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Check()
    {
        var uncertain = operations.Where(static each => each.Status == OperationStatus.Unknown).Select(static each => each.Incarnation).ToHashSet();
        var faults = new List<string>();
        foreach (var ofObject in operations.GroupBy(static each => each.Object).OrderBy(static each => each.Key, StringComparer.Ordinal))
        {
            Operation[] history = [.. ofObject];
            faults.AddRange(history[0].Kind switch
            {
                OperationKind.Put or OperationKind.Get => QueueHistory.Check(history, each => !orderly.Contains(each) || uncertain.Contains(each)),
                OperationKind.Acquire or OperationKind.Release or OperationKind.Watch or OperationKind.Lose =>
                    [.. LockHistory.Check(history), .. LossHistory.Check(history, stopped.Contains)],
                _ => CheckKey(ofObject.Key, history),
            });
        }

        faults.AddRange(operations
            .Where(static each => each.End != Operation.Never && TimeSpan.FromTicks(each.End - each.Begin) > s_longest)
            .Select(static each => $"took more than {s_longest.TotalSeconds} s: {each}"));
        return faults;
    }

    private IEnumerable<string> CheckKey(string key, Operation[] history)
    {
        var initial = key.StartsWith(ValuePrefix, StringComparison.Ordinal) ? KeyModel.Zero : KeyModel.Missing;
        var verdict = Linearizability.Check(history, initial, KeyModel.Step);
        Undecided += verdict == Verdict.Undecided ? 1 : 0;
        return verdict == Verdict.Violated
            ? [$"{key} has no order that its {history.Length} operations could have come in: {string.Join("; ", history.OrderBy(static each => each.Begin))}"]
            : [];
    }
}
