using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>A process dies that uses what limits, counts or distributes.</summary>
internal static class FlowRows
{
    /// <summary>It waits at the head of the line for more than there is; the one behind it needs less.</summary>
    public static TimeSpan WaiterOfARateLimiter()
    {
        using var limit = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 2, ReplenishmentPeriod = Timeout.InfiniteTimeSpan });
        limit.TryAcquire().ShouldBeTrue();
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            limit.Acquire(2);
        });
        Await.Until("the child waits", () => limit.GetStatistics().CurrentQueuedCount == 2);
        var next = limit.AcquireAsync().AsTask();
        next.IsCompleted.ShouldBeFalse("the child is first");
        doomed.Kill();
        next.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        return doomed.SinceKill;
    }

    public static TimeSpan AdderOfACounter()
    {
        using var counter = Mp.Counter();
        using var doomed = Doomed.At(there =>
        {
            counter.Add(1000);
            there.Set();
            while (true)
            {
                counter.Add(1000);
            }
        });
        doomed.Kill();
        doomed.Dispose();
        var time = doomed.SinceKill;
        long value = counter.Value;
        (value % 1000).ShouldBe(0, "each addition is there whole or not at all");
        value.ShouldBeGreaterThanOrEqualTo(1000, "what it added stays");
        counter.Increment();
        counter.Value.ShouldBe(value + 1);
        return time;
    }
}
