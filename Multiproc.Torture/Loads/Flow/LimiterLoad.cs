using System.Diagnostics;
using Multiproc.Torture.Crews;

namespace Multiproc.Torture.Loads.Flow;

/// <summary>
/// A rate limiter of all processes together. In no span of time are more permits granted than its limit and what came in it; those who wait are served; and a
/// dead process keeps none of the others waiting.
/// </summary>
internal sealed class LimiterLoad(LoadSettings settings) : CrewLoad("limiters", settings)
{
    private const int Limit = 8;
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(2);

    private readonly Queue<(TimeSpan At, long Permits)> _samples = new();
    private readonly Stopwatch _clock = new();
    private Objects? _shared;

    /// <summary>What was granted before a sample and noted after it: one call of each process.</summary>
    private int InHand => (Settings.Crew + 1) * Limit;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects()
    {
        _clock.Start();
        _shared = new Objects(
            Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = Limit, TokensPerPeriod = 1, ReplenishmentPeriod = s_period }),
            Mp.RawArray<long>(Settings.Crew), Mp.RawArray<long>(Settings.Crew));
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        Look();
        Thread.CurrentThread.Join(5);
    }

    protected override void Judge()
    {
        Look();
        if (!_shared!.Gate.Acquire(Limit, Limits.Bound))
        {
            Tally.Hang($"{_shared.Gate}, for which nobody waits any more");
        }

        long noted = _shared.Calls.Span.ToArray().Sum();
        long granted = _shared.Gate.GetStatistics().TotalSuccessfulLeases - 1;
        Tally.Excuse(Math.Clamp(granted - noted, 0, Deaths));
        if (granted < noted || granted > noted + Deaths)
        {
            Tally.Break($"the limiter says that it granted {granted} calls, its users noted {noted}, and {Deaths} died");
        }
    }

    /// <summary>Compares what was granted since each of the last samples with the time since.</summary>
    private void Look()
    {
        long permits = _shared!.Permits.Span.ToArray().Sum();
        var now = _clock.Elapsed;
        foreach (var sample in _samples)
        {
            long most = Limit + 1 + (long)((now - sample.At) / s_period) + InHand;
            if (permits - sample.Permits > most)
            {
                long granted = permits - sample.Permits;
                Tally.Double(granted - most, $"{granted} permits were granted in {now - sample.At}, in which there are {most} at most");
            }
        }

        if (permits > Limit + 1 + (long)(now / s_period))
        {
            Tally.Double(1, $"{permits} permits were granted in {now} since the limiter was made");
        }

        const int MostSamples = 200;
        _samples.Enqueue((now, permits));
        if (_samples.Count > MostSamples)
        {
            _samples.Dequeue();
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        int permits = random.Next(1, Limit + 1);
        bool isGranted = random.Next(4) switch
        {
            0 => shared.Gate.TryAcquire(permits),
            1 => shared.Gate.Acquire(permits, TimeSpan.FromMicroseconds(random.Next(5000))),
            2 => Limits.Came(shared.Gate.AcquireAsync(permits, Limits.Bound).AsTask().GetAwaiter().GetResult(), shared.Gate),
            _ => Limits.Came(shared.Gate.Acquire(permits, Limits.Bound), shared.Gate),
        };
        if (isGranted)
        {
            shared.Permits.Add(seat.Number, permits);
            shared.Calls.Increment(seat.Number);
        }
    });

    /// <param name="Gate">The limiter.</param>
    /// <param name="Permits">How many permits each seat has had.</param>
    /// <param name="Calls">In how many calls.</param>
    private sealed record Objects(SharedRateLimiter Gate, SharedArray<long> Permits, SharedArray<long> Calls) : IDisposable
    {
        public void Dispose()
        {
            Gate.Dispose();
            Permits.Dispose();
            Calls.Dispose();
        }
    }
}
