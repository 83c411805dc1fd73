namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>
/// Checks a queue of distinct values in O(n log n), by the four patterns that a history of a queue must not have (Henzinger, Sezgin, Vafeiadis: Aspect-oriented
/// linearizability proofs): a value from nowhere, a value twice, values overtaken, and "empty" while there were values; and that none was lost.
/// </summary>
/// <remarks>
/// The promise is weaker where a client died: an item that it had been given, or may have been given, comes back to its place. So a get without a known end
/// may have held one value for some time, or for good; and a value that a client of a lost node got may come again. Each such get excuses one value. A get
/// with a timeout, its argument in milliseconds, that ended long after it was given up by its own node: it says that nothing came, not that nothing was there.
/// The next owner may still carry it out, and then undo it: it may have held one value for a moment, too, but not for good.
/// </remarks>
internal static class QueueHistory
{
    /// <summary>A node gives a call up a second after its timeout.</summary>
    private static readonly TimeSpan s_givenUp = TimeSpan.FromSeconds(0.9);

    /// <param name="history">The operations of one queue; at its end somebody has emptied it.</param>
    /// <param name="isLost">Whether an incarnation of a node died, or was taken for dead.</param>
    /// <returns>What is wrong.</returns>
    public static IReadOnlyList<string> Check(IReadOnlyList<Operation> history, Func<int, bool> isLost)
    {
        var faults = new List<string>();
        var puts = history.Where(static each => each.Kind == OperationKind.Put).ToDictionary(static each => each.Argument);
        var gets = history.Where(static each => each is { Kind: OperationKind.Get, Status: OperationStatus.Done })
            .GroupBy(static each => each.Result)
            .ToDictionary(static each => each.Key, static each => each.OrderBy(get => get.End).ToArray());
        int excuses = history.Count(static each => each is { Kind: OperationKind.Get, Status: OperationStatus.Unknown });
        int held = excuses + history.Count(static each => each is { Kind: OperationKind.Get, Status: OperationStatus.Nothing } && IsGivenUp(each));
        foreach (var (value, ofValue) in gets)
        {
            Origin(value, ofValue[0], puts.GetValueOrDefault(value), faults);
            if (ofValue.SkipLast(1).FirstOrDefault(each => !isLost(each.Incarnation)) is { } kept)
            {
                faults.Add($"{value} was got twice, although the node of the first one lived: {kept}; {ofValue[^1]}");
            }
        }

        var values = puts.Values.Where(each => each.Status == OperationStatus.Done || gets.ContainsKey(each.Argument))
            .Select(put => new Stay(put, gets.GetValueOrDefault(put.Argument)?[0])).ToArray();
        var lost = values.Where(static each => each.Get is null).ToArray();
        if (lost.Length > excuses)
        {
            faults.Add($"{lost.Length} values were put and never got, and only {excuses} gets have an unknown outcome: {lost[0].Put}");
        }

        var overtaken = Overtaken([.. values.Where(static each => each.Get is not null)]).ToArray();
        if (overtaken.Length > held)
        {
            faults.Add($"{overtaken.Length} values were overtaken by later ones, and only {held} gets were given up or have an unknown outcome: "
                + $"{overtaken[0].Put}; "
                + $"{overtaken[0].Get}");
        }

        var presence = new Presence(values);
        faults.AddRange(history.Where(static each => each is { Kind: OperationKind.Get, Status: OperationStatus.Nothing } && !IsGivenUp(each))
            .Where(each => presence.Least(each.Begin, each.End) > held)
            .Select(each => $"found empty, although more than {held} values were there all the time: {each}"));
        return faults;
    }

    private static bool IsGivenUp(Operation get) =>
        get.Argument > 0 && TimeSpan.FromTicks(get.End - get.Begin) >= TimeSpan.FromMilliseconds(get.Argument) + s_givenUp;

    private static void Origin(long value, Operation get, Operation? put, List<string> faults)
    {
        if (put is null)
        {
            faults.Add($"{value} was got, and never put: {get}");
        }
        else if (put.Status == OperationStatus.Failed)
        {
            faults.Add($"{value} was got, although its put had failed: {put}; {get}");
        }
        else if (put.Begin > get.End)
        {
            faults.Add($"{value} was got before it was put: {put}; {get}");
        }
    }

    /// <summary>Values that were put wholly before others, and got wholly after them.</summary>
    private static IEnumerable<Stay> Overtaken(Stay[] values)
    {
        Stay[] byPut = [.. values.OrderBy(static each => each.Put.Begin)];
        long[] begins = [.. byPut.Select(static each => each.Put.Begin)];

        // The earliest end of a get among values whose puts began at or after each place.
        long[] earliest = new long[byPut.Length + 1];
        earliest[^1] = Operation.Never;
        for (int i = byPut.Length - 1; i >= 0; i--)
        {
            earliest[i] = Math.Min(earliest[i + 1], byPut[i].Get!.End);
        }

        return values.Where(static each => each.Put.Status == OperationStatus.Done)
            .Where(each => earliest[FirstAfter(begins, each.Put.End)] < each.Get!.Begin);
    }

    private static int FirstAfter(long[] sorted, long moment)
    {
        int low = 0;
        for (int high = sorted.Length; low < high;)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] > moment ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private readonly record struct Stay(Operation Put, Operation? Get);

    /// <summary>How many values were surely there, from the end of the put to the beginning of the get, at each moment.</summary>
    private sealed class Presence
    {
        private readonly long[] _moments;

        /// <summary>The least count of 2^level steps from each moment on.</summary>
        private readonly List<int[]> _least = [];

        public Presence(IEnumerable<Stay> values)
        {
            var changes = new SortedDictionary<long, int>();
            foreach (var (put, get) in values)
            {
                long end = get?.Begin ?? Operation.Never;
                if (put.Status == OperationStatus.Done && put.End < end)
                {
                    // It is there after its put, and until just before its get.
                    changes[put.End + 1] = changes.GetValueOrDefault(put.End + 1) + 1;
                    changes[end] = changes.GetValueOrDefault(end) - 1;
                }
            }

            _moments = [.. changes.Keys];
            int[] counts = new int[_moments.Length];
            int count = 0;
            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] = count += changes[_moments[i]];
            }

            _least.Add(counts);
            for (int step = 1; step * 2 <= counts.Length; step *= 2)
            {
                int[] before = _least[^1];
                int[] next = new int[counts.Length - (step * 2) + 1];
                for (int i = 0; i < next.Length; i++)
                {
                    next[i] = Math.Min(before[i], before[i + step]);
                }

                _least.Add(next);
            }
        }

        /// <summary>The least count from one moment to another, both included.</summary>
        public int Least(long from, long to)
        {
            int first = FirstAfter(_moments, from) - 1;
            int last = FirstAfter(_moments, to) - 1;
            if (first < 0)
            {
                return 0;
            }

            int level = System.Numerics.BitOperations.Log2((uint)(last - first + 1));
            return Math.Min(_least[level][first], _least[level][last - (1 << level) + 1]);
        }
    }
}
