namespace Multiproc.Python.Values;

/// <summary>The places that a slice of Python names in a sequence of some length: the first, how many, and the step.</summary>
internal readonly record struct Slice(int Start, int Count, int Step)
{
    /// <summary>Whether the slice is one piece, which may be replaced by one of another length.</summary>
    public bool IsPiece => Step == 1;

    public static bool IsSlice(object? index) =>
        index is PythonObject { IsInstance: true, Module: "builtins", Name: "slice", Arguments.Count: 3 };

    /// <summary>Places a slice as CPython does: ends that lie outside are moved inside.</summary>
    public static Slice Of(object? index, int length)
    {
        var parts = ((PythonObject)index!).Arguments;
        long step = parts[2] is null ? 1 : Arguments.Integer(parts[2]);
        if (step == 0)
        {
            throw PythonErrors.Value("slice step cannot be zero");
        }

        long lowest = step < 0 ? -1 : 0;
        long highest = step < 0 ? length - 1 : length;
        long start = parts[0] is null ? (step < 0 ? highest : lowest) : Inside(Arguments.Integer(parts[0]), length, lowest, highest);
        long stop = parts[1] is null ? (step < 0 ? lowest : highest) : Inside(Arguments.Integer(parts[1]), length, lowest, highest);
        long count = step < 0
            ? (stop < start ? ((start - stop - 1) / Negated(step)) + 1 : 0)
            : (start < stop ? ((stop - start - 1) / step) + 1 : 0);
        return new Slice((int)start, (int)count, (int)Math.Clamp(step, int.MinValue, int.MaxValue));
    }

    public List<T> Of<T>(IReadOnlyList<T> items)
    {
        var cut = new List<T>(Count);
        for (int i = 0; i < Count; i++)
        {
            cut.Add(items[Start + (i * Step)]);
        }

        return cut;
    }

    /// <summary>Replaces the items of the slice.</summary>
    /// <exception cref="PythonException">A ValueError: the slice has gaps, and the number of items is another.</exception>
    public void Replace<T>(List<T> items, IReadOnlyList<T> by)
    {
        if (IsPiece)
        {
            items.RemoveRange(Start, Count);
            items.InsertRange(Start, by);
            return;
        }

        if (by.Count != Count)
        {
            throw PythonErrors.Value($"attempt to assign sequence of size {by.Count} to extended slice of size {Count}");
        }

        for (int i = 0; i < Count; i++)
        {
            items[Start + (i * Step)] = by[i];
        }
    }

    public void Remove<T>(List<T> items)
    {
        if (IsPiece)
        {
            items.RemoveRange(Start, Count);
            return;
        }

        var (start, count, step) = this;
        var gone = Enumerable.Range(0, count).Select(i => start + (i * step)).ToHashSet();
        int place = 0;
        items.RemoveAll(_ => gone.Contains(place++));
    }

    private static long Inside(long place, int length, long lowest, long highest) =>
        Math.Clamp(place < 0 ? Math.Max(place, long.MinValue + length) + length : place, lowest, highest);

    private static long Negated(long step) => step == long.MinValue ? long.MaxValue : -step;
}
