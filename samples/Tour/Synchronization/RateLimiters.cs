// Python's multiprocessing has none. .NET has one for one process, TokenBucketRateLimiter:
//     using var lease = await limiter.AcquireAsync(permits);
using Multiproc;

namespace Tour.Synchronization;

[Part(10, "A limit of calls for all processes together")]
internal static class RateLimiters
{
    public static void Run()
    {
        using var limit = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 4, ReplenishmentPeriod = Timeout.InfiniteTimeSpan });
        using var granted = Mp.Counter();
        var processes = Enumerable.Range(0, 3).Select(_ => Mp.Process(CallTwice, limit, granted)).ToList();
        processes.ForEach(static process => process.Start());
        processes.ForEach(static process => process.Join());
        processes.ForEach(static process => process.Dispose());
        Console.WriteLine($"six calls, {granted.Value} granted");

        using var hourly = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 1, ReplenishmentPeriod = TimeSpan.FromHours(1) });
        hourly.Acquire();
        bool isGranted = hourly.TryAcquire(1, out var retryAfter);
        Console.WriteLine($"a second call at once: {isGranted}, worth another try within the hour: {retryAfter <= TimeSpan.FromHours(1)}");

        using var quick = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 1, ReplenishmentPeriod = TimeSpan.FromMilliseconds(20) });
        quick.Acquire();
        Console.WriteLine($"a second call that waits: {quick.Acquire()}");
    }

    private static void CallTwice(SharedRateLimiter limit, SharedCounter granted)
    {
        for (int i = 0; i < 2; i++)
        {
            if (limit.TryAcquire())
            {
                granted.Increment();
            }
        }
    }
}
