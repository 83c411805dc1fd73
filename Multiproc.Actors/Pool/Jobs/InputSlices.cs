namespace Multiproc.Pool;

/// <summary>Consecutive inputs that one task adds up.</summary>
/// <param name="First">The number of the first one.</param>
/// <param name="Inputs">The inputs.</param>
internal sealed record InputSlice<TInput>(long First, TInput[] Inputs)
{
    /// <summary>Names the inputs in errors and insights.</summary>
    /// <returns>For example "inputs 96 to 127", or of a single one "input 128 (its text)".</returns>
    public override string ToString() => Inputs is [var single] ? $"input {First} ({single})" : $"inputs {First} to {First + Inputs.Length - 1}";
}

/// <summary>
/// Cuts inputs into slices. Each slice costs a partial sum that is sent, so there are to be few; and the last ones are to be small, so that all workers finish
/// together.
/// </summary>
internal static class InputSlices
{
    /// <summary>Where nobody knows the end, slices are no larger than this, so that an endless input gives partial sums at all.</summary>
    private const int LargestOfUnknown = 1024;

    public static IEnumerable<InputSlice<TInput>> Cut<TInput>(IEnumerable<TInput> inputs, int workers)
    {
        bool isCounted = inputs.TryGetNonEnumeratedCount(out int count);
        long first = 0;
        int last = 0;
        var slice = new List<TInput>();
        foreach (var input in inputs)
        {
            if (slice.Count == 0)
            {
                last = isCounted ? OfCounted(count - first, workers) : Math.Clamp(last * 2, 1, LargestOfUnknown);
            }

            slice.Add(input);
            if (slice.Count == last)
            {
                yield return new InputSlice<TInput>(first, [.. slice]);
                first += slice.Count;
                slice.Clear();
            }
        }

        if (slice.Count > 0)
        {
            yield return new InputSlice<TInput>(first, [.. slice]);
        }
    }

    /// <summary>A third of what each worker has left to do: large slices first, single inputs at the end.</summary>
    private static int OfCounted(long left, int workers) => (int)Math.Clamp(left / (3L * workers), 1, int.MaxValue);
}
