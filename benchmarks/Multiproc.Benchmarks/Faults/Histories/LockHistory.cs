namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>
/// Checks a lock by its fences, in O(n log n): they rise in the order in which the lock was granted, none comes twice, and while a hold lasted that was
/// released in good order nobody else was granted the lock. A hold whose release failed was lost at some time, which its holder is told late.
/// </summary>
internal static class LockHistory
{
    /// <returns>What is wrong.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<Operation> history)
    {
        var faults = new List<string>();
        Operation[] grants =
        [
            .. history.Where(static each => each is { Kind: OperationKind.Acquire, Status: OperationStatus.Done }).OrderBy(static each => each.Begin),
        ];
        faults.AddRange(grants.GroupBy(static each => each.Result).Where(static each => each.Count() > 1)
            .Select(static each => $"fence {each.Key} was given twice: {string.Join("; ", each)}"));
        faults.AddRange(OutOfOrder(grants));
        var releases = history.Where(static each => each is { Kind: OperationKind.Release, Status: OperationStatus.Done })
            .ToLookup(static each => (each.Client, each.Argument));
        long[] begins = [.. grants.Select(static each => each.Begin)];
        foreach (var hold in grants)
        {
            if (releases[(hold.Client, hold.Result)].FirstOrDefault() is { } release)
            {
                int first = Array.BinarySearch(begins, hold.End + 1);
                for (int i = first < 0 ? ~first : first; i < grants.Length && begins[i] < release.Begin; i++)
                {
                    if (grants[i].End < release.Begin)
                    {
                        faults.Add($"granted while it was held: {hold}; {grants[i]}; {release}");
                    }
                }
            }
        }

        return faults;
    }

    /// <summary>A grant that ended before another began has the lower fence.</summary>
    private static IEnumerable<string> OutOfOrder(Operation[] grants)
    {
        Operation? highest = null;
        var byEnd = new Queue<Operation>(grants.OrderBy(static each => each.End));
        foreach (var grant in grants)
        {
            while (byEnd.TryPeek(out var ended) && ended.End < grant.Begin)
            {
                byEnd.Dequeue();
                highest = highest is null || ended.Result > highest.Result ? ended : highest;
            }

            if (highest is not null && highest.Result > grant.Result)
            {
                yield return $"a lower fence was given later: {highest}; {grant}";
            }
        }
    }
}
