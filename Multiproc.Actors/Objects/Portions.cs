using Multiproc.Serialization;

namespace Multiproc.Objects;

/// <summary>Cuts many values into portions that travel in one message each: large enough to hide the round trip, small enough to keep nobody waiting.</summary>
internal static class Portions
{
    private const int MostValues = 4096;
    private const int MostBytes = 1 << 17;

    /// <summary>Returns the next values, at least one, and at most <paramref name="most"/>.</summary>
    public static Payload[] Next(List<Payload> values, int from, int most)
    {
        most = Math.Min(values.Count - from, Math.Min(most, MostValues));
        int count = 1;
        for (long bytes = values[from].Length; count < most && bytes + values[from + count].Length <= MostBytes; count++)
        {
            bytes += values[from + count].Length;
        }

        return [.. values.GetRange(from, count)];
    }
}
