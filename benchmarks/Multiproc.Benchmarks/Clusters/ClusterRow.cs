using System.Diagnostics;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>One measurement: what many callers, or one, do again and again.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Place">Which node the object is in.</param>
/// <param name="Durability">How the object is kept.</param>
/// <param name="Callers">How many do it at a time.</param>
/// <param name="DoAsync">Does it once; the argument is the number of the caller.</param>
/// <param name="Calls">How many calls that are.</param>
internal sealed record ClusterRow(string Name, string Place, string Durability, int Callers, Func<int, ValueTask> DoAsync, int Calls = 1)
{
    public List<double> PerSecond { get; } = [];

    public double Median => Medians.Of(PerSecond);

    /// <summary>The time of one, as its caller sees it.</summary>
    public double Microseconds => Callers * 1e6 / Median;

    public async Task MeasureAsync(TimeSpan time, bool counts)
    {
        long done = 0;
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            long own = 0;
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                await DoAsync(caller).ConfigureAwait(false);
                own++;
            }

            Interlocked.Add(ref done, own);
        }))).ConfigureAwait(false);
        if (counts)
        {
            PerSecond.Add(done / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
    }
}
