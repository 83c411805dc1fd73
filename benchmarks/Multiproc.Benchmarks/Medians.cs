namespace Multiproc.Benchmarks;

/// <summary>The value that half of the measurements are at least as good as: one that was measured, not a mean of two.</summary>
internal static class Medians
{
    public static double Of(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
