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

    /// <summary>Permits are used up, not held: those of the dead do not come back.</summary>
    public static TimeSpan UserOfARateLimiter()
    {
        using var limit = Mp.RateLimiter(new SharedRateLimiterOptions { TokenLimit = 3, ReplenishmentPeriod = Timeout.InfiniteTimeSpan });
        using var doomed = Doomed.At(there =>
        {
            limit.Acquire(2);
            there.Set();
        });
        doomed.Kill();
        doomed.Dispose();
        var time = doomed.SinceKill;
        limit.TryAcquire(2).ShouldBeFalse("the permits of the dead are used up");
        limit.TryAcquire(1).ShouldBeTrue("the others are there");
        limit.TryAcquire(1).ShouldBeFalse();
        return time;
    }

    /// <summary>Its item does not come, and the publisher behind it goes on.</summary>
    public static TimeSpan WaitingPublisher()
    {
        using var news = Mp.Broadcast<int>(new SharedBroadcastOptions { Capacity = 1 });
        using var reader = news.Subscribe();
        news.Publish(1);
        using var doomed = Doomed.At(Publishing(news));
        AwaitPublishers(news, 1);
        var next = news.PublishAsync(3).AsTask();
        AwaitPublishers(news, 2);
        doomed.Kill();
        AwaitPublishers(news, 1);
        reader.Get(InChild.Bound).ShouldBe(1);
        reader.Get(InChild.Bound).ShouldBe(3, "the item of the dead does not come");
        next.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        return doomed.SinceKill;
    }

    /// <summary>Each item is there whole, in order, or not at all.</summary>
    public static TimeSpan MiddleOfPublishing()
    {
        using var news = Mp.Broadcast<byte[]>();
        using var reader = news.Subscribe();
        using var doomed = Doomed.At(PublishingForEver(news));
        int next = 0;
        for (; next < 5; next++)
        {
            Whole(reader.Get(InChild.Bound), next);
        }

        doomed.Kill();
        doomed.Dispose();
        while (reader.TryGet(out byte[]? rest))
        {
            Whole(rest!, next++);
        }

        news.Publish([1]);
        reader.Get(InChild.Bound).ShouldBe([1]);
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

    /// <summary>The value is not for the dead, and it does not become the next one who makes it.</summary>
    public static TimeSpan WaiterForAValue()
    {
        using var cache = Mp.Cache<string, int>();
        using var isMade = new ManualResetEventSlim();
        var making = OwnThread.Run(() => Should.Throw<InvalidDataException>(() => cache.GetOrAdd("a", _ => Fail(isMade))));
        Await.Until("the value is being made", () => Mp.Inspect().Single(each => each.Id == cache.Handle.Id).Counts["being made"] == 1);
        using var doomed = Doomed.At(Waiting(cache));
        Await.Until("the child waits", () => Mp.Inspect().Single(each => each.Id == cache.Handle.Id).Waiters.Count == 1);
        var next = cache.GetOrAddAsync("a", static (_, _) => ValueTask.FromResult(2)).AsTask();
        doomed.Kill();
        doomed.Dispose();
        var time = doomed.SinceKill;
        isMade.Set();
        making.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        next.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBe(2);
        return time;
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

    private static Action<SharedEvent> Publishing(SharedBroadcast<int> news) => there =>
    {
        there.Set();
        news.Publish(2);
    };

    private static Action<SharedEvent> PublishingForEver(SharedBroadcast<byte[]> news) => there =>
    {
        there.Set();
        for (int i = 0; ; i++)
        {
            byte[] item = new byte[50_000 + i];
            item.AsSpan().Fill((byte)i);
            news.Publish(item);
        }
    };

    private static Action<SharedEvent> Waiting(SharedCache<string, int> cache) => there =>
    {
        there.Set();
        cache.GetOrAdd("a", static _ => 3);
    };

    private static void AwaitPublishers(SharedBroadcast<int> news, int count) => Await.Until(
        $"{count} publishers wait for room", () => Mp.Inspect().Single(each => each.Id == news.Handle.Id).Counts["waiting publishers"] == count);

    private static int Fail(ManualResetEventSlim isMade)
    {
        isMade.Wait(InChild.Bound).ShouldBeTrue("the test goes on");
        throw new InvalidDataException("the factory fails");
    }

    private static void Whole(byte[] item, int number)
    {
        item.Length.ShouldBe(50_000 + number);
        item.AsSpan().IndexOfAnyExcept((byte)number).ShouldBe(-1);
    }
}
