using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Use of what limits, counts or distributes after its end is an error at once, also when the end comes in the middle of a call.</summary>
public sealed class FlowDisposalTests
{
    [Fact]
    public void Disposed_EveryFacade_RefusesWithItsName()
    {
        var limit = Mp.RateLimiter(new SharedRateLimiterOptions());
        var counter = Mp.Counter();
        var news = Mp.Broadcast<int>();
        var reader = news.Subscribe();
        var cache = Mp.Cache<int, int>();
        foreach (var each in new SharedObject[] { limit, counter, news, cache })
        {
            each.Dispose();
            each.Dispose();
        }

        Should.Throw<ObjectDisposedException>(() => limit.Acquire()).ObjectName.ShouldContain(nameof(SharedRateLimiter));
        Should.Throw<ObjectDisposedException>(() => limit.GetStatistics());
        Should.Throw<ObjectDisposedException>(counter.Increment).ObjectName.ShouldContain(nameof(SharedCounter));
        Should.Throw<ObjectDisposedException>(() => counter.Value);
        Should.Throw<ObjectDisposedException>(() => counter.Reset());
        Should.Throw<ObjectDisposedException>(() => news.Publish(1)).ObjectName.ShouldContain("SharedBroadcast");
        Should.Throw<ObjectDisposedException>(() => news.Subscribe());
        Should.Throw<ObjectDisposedException>(() => reader.Get());
        Should.Throw<ObjectDisposedException>(() => cache.GetOrAdd(1, static _ => 1)).ObjectName.ShouldContain("SharedCache");
        Should.Throw<ObjectDisposedException>(() => cache.Count);
        reader.Dispose();
    }

    [Fact]
    public void Disposed_WhileOthersWait_TheyAreTold()
    {
        var limit = Mp.RateLimiter(new SharedRateLimiterOptions { ReplenishmentPeriod = Timeout.InfiniteTimeSpan });
        limit.TryAcquire().ShouldBeTrue();
        var news = Mp.Broadcast<int>(new SharedBroadcastOptions { Capacity = 1 });
        var idle = news.Subscribe();
        news.Publish(1);
        var cache = Mp.Cache<int, int>();
        var end = new TaskCompletionSource<int>();
        var making = cache.GetOrAddAsync(1, (_, _) => new ValueTask<int>(end.Task)).AsTask();
        Task[] waiting =
        [
            limit.AcquireAsync().AsTask(), news.PublishAsync(2).AsTask(), cache.GetOrAddAsync(1, static (_, _) => ValueTask.FromResult(1)).AsTask(),
        ];
        foreach (var each in new SharedObject[] { limit, news, cache })
        {
            each.Dispose();
        }

        foreach (var each in waiting)
        {
            Should.Throw<ObjectDisposedException>(() => each.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        }

        end.SetResult(1);
        Should.Throw<ObjectDisposedException>(() => making.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        idle.Dispose();
    }
}
