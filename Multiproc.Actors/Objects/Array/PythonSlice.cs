namespace Multiproc.Objects;

/// <summary>Clips a slice as Python does: both ends are moved into the sequence, and the end is never before the start.</summary>
internal static class PythonSlice
{
    public static (int Start, int Count) Of(Range range, int length)
    {
        // Counted from the end, an offset may be negative, but never below int.MinValue.
        int start = Math.Clamp(range.Start.GetOffset(length), 0, length);
        return (start, Math.Clamp(range.End.GetOffset(length), start, length) - start);
    }

    /// <exception cref="ArgumentOutOfRangeException">A negative start or count.</exception>
    public static (int Start, int Count) Of(int start, int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int first = Math.Min(start, length);
        return (first, Math.Min(count, length - first));
    }
}
