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

    /// <summary>It does not read, and everybody who publishes waits for it.</summary>
    public static TimeSpan ReaderOfABroadcast()
    {
        using var news = Mp.Broadcast<int>(new SharedBroadcastOptions { Capacity = 1 });
        using var doomed = Doomed.At(there =>
        {
            using var reader = news.Subscribe();
            there.Set();
            Thread.CurrentThread.Join();
        });
        news.TryPublish(1).ShouldBeTrue();
        news.TryPublish(2).ShouldBeFalse();
        var publishing = news.PublishAsync(2).AsTask();
        doomed.Kill();
        publishing.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        var time = doomed.SinceKill;
        news.ReaderCount().ShouldBe(0);
        return time;
    }

    public static TimeSpan MakerOfAValue()
    {
        using var cache = Mp.Cache<string, int>();
        using var doomed = Doomed.At(there => cache.GetOrAdd("a", _ =>
        {
            there.Set();
            Thread.CurrentThread.Join();
            return 1;
        }));
        var next = cache.GetOrAddAsync("a", static (_, _) => ValueTask.FromResult(2)).AsTask();
        next.IsCompleted.ShouldBeFalse("the child makes it");
        doomed.Kill();
        next.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBe(2);
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
