namespace Multiproc.Tests.Specifications.Bounds;

/// <content>What limits, counts and distributes.</content>
public sealed partial class Stage
{
    private static Subject RateLimiter(IObjectSpace space, string name, bool ready, string variant)
    {
        var limit = space.RateLimiter(new SharedRateLimiterOptions { ReplenishmentPeriod = Timeout.InfiniteTimeSpan });
        if (!ready)
        {
            limit.Acquire().ShouldBeTrue();
        }

        return new Subject(limit, $"a rate limiter {variant}")
        {
            Owned = [limit],
            Arguments = { ["permits"] = 1 },
            Untouched = name.Contains("Acquire", StringComparison.Ordinal) ? () => limit.TryAcquire().ShouldBe(ready) : null,
        };
    }

    private static Subject Broadcast(IObjectSpace space, string name, bool ready, string variant)
    {
        var news = space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 1 });
        var reader = news.Subscribe();
        if (!ready)
        {
            news.Publish(1);
        }

        bool publishes = name.Contains("Publish", StringComparison.Ordinal);
        return new Subject(news, $"a broadcast {variant}")
        {
            Owned = [reader, news],
            Arguments = { ["items"] = new[] { 1 } },
            Untouched = publishes ? () => reader.TryGet(out _).ShouldBe(!ready) : () => news.ReaderCount().ShouldBe(1),
        };
    }

    private static Subject Reader(IObjectSpace space, bool ready, string variant)
    {
        var news = space.Broadcast<int>();
        var reader = news.Subscribe();
        if (ready)
        {
            news.Publish(1);
        }

        return new Subject(reader, $"a reader of a broadcast {variant}") { Owned = [reader, news], Untouched = () => reader.TryGet(out _).ShouldBe(ready) };
    }

    /// <summary>One that is not ready has a value that somebody else makes at the moment.</summary>
    private static Subject Cache(IObjectSpace space, bool ready, string variant)
    {
        var cache = space.Cache<int, int>();
        var end = new TaskCompletionSource<int>();
        var made = ready ? null : cache.GetOrAddAsync(0, (_, _) => new ValueTask<int>(end.Task)).AsTask();
        return new Subject(cache, $"a cache {variant}")
        {
            Owned = [new Last(() => end.SetResult(1)), new Last(() => made?.Wait(InChildBound)), cache], Untouched = () => cache.Count.ShouldBe(0),
        };
    }

    private static Subject DeadLetters(IObjectSpace space, bool ready, string variant)
    {
        var queue = space.Queue<int>(new SharedQueueOptions { MaxRedeliveries = 0 });
        if (ready)
        {
            queue.Put(1);
            queue.Lease().Abandon();
        }

        return new Subject(queue.DeadLetters, $"dead letters of a queue {variant}")
        {
            Owned = [queue], Untouched = () => queue.DeadLetterCount().ShouldBe(ready ? 1 : 0),
        };
    }

    private static Subject Counter(SharedCounter counter, string variant) =>
        new(counter, $"a counter {variant}") { Owned = [counter], Untouched = () => counter.Value.ShouldBe(0) };
}
