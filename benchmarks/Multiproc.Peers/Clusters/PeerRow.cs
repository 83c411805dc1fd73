using System.Diagnostics;
using Multiproc.Benchmarks;

namespace Multiproc.Peers.Clusters;

/// <summary>One measurement: what one caller, or many, do again and again.</summary>
/// <param name="What">What is done; rows that do the same are compared.</param>
/// <param name="Who">Who does it.</param>
/// <param name="Callers">How many at a time.</param>
/// <param name="DoAsync">Does it once; the argument is the number of the caller.</param>
internal sealed record PeerRow(string What, string Who, int Callers, Func<int, Task> DoAsync)
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(1);

    private readonly List<double> _perSecond = [];

    public double PerSecond => Medians.Of(_perSecond);

    /// <summary>The time of one, as its caller sees it.</summary>
    public double Microseconds => Callers * 1e6 / PerSecond;

    public Task WarmUpAsync() => RunAsync(s_warmUp);

    public async Task MeasureAsync() => _perSecond.Add(await RunAsync(s_time).ConfigureAwait(false));

    private async Task<double> RunAsync(TimeSpan time)
    {
        long done = 0;
        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                await DoAsync(caller).ConfigureAwait(false);
                Interlocked.Increment(ref done);
            }
        }))).ConfigureAwait(false);
        return done / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
