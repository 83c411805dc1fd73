namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>What limits, counts and distributes, as objects of a cluster: used here and in a child, and read anew from the journal.</summary>
[Collection(NodeTests.Name)]
public sealed class FlowTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly SharedRateLimiterOptions s_five = new() { TokenLimit = 5, ReplenishmentPeriod = Timeout.InfiniteTimeSpan };

    private readonly ClusterContext _cluster = node.Cluster;

    [Fact]
    public async Task Objects_UsedHereAndInAChild_AreTheSameAfterARestart()
    {
        var limit = _cluster.RateLimiter("limit", s_five);
        var counter = _cluster.Counter("counter");
        var cache = _cluster.Cache<string, int>("cache", new SharedCacheOptions { MaxCount = 2 });
        var queue = _cluster.Queue<string>("terms", new SharedQueueOptions { KeepExpired = true });
        var news = _cluster.Broadcast<string>("news");
        using var reader = news.Subscribe();
        limit.Acquire(2, s_patience).ShouldBeTrue();
        counter.Add(40);
        cache.Set("here", 1);
        queue.Put("ordinary");
        queue.Put("never", delay: TimeSpan.FromDays(1));
        queue.Put("brief", timeToLive: TimeSpan.FromTicks(1));
        Child(new All(limit, counter, cache, queue, news));
        new[] { reader.Get(s_patience), reader.Get(s_patience) }.ShouldBe(["from the child", "and again"]);
        counter.Value.ShouldBe(42);
        cache.TryGet("child", out int made).ShouldBeTrue();
        made.ShouldBe(2);

        await node.RestartAsync();
        var again = node.Cluster;
        again.RateLimiter("limit", s_five).TryAcquire(2).ShouldBeFalse();
        again.RateLimiter("limit", s_five).TryAcquire(1).ShouldBeTrue();
        again.Counter("counter").Reset().ShouldBe(42);
        again.Cache<string, int>("cache", new SharedCacheOptions { MaxCount = 2 }).GetOrAdd("here", static _ => 0, s_patience).ShouldBe(1);
        var terms = again.Queue<string>("terms", new SharedQueueOptions { KeepExpired = true });
        terms.Peek(s_patience).ShouldBe("urgent");
        terms.GetMany(3, s_patience).ShouldBe(["urgent", "ordinary"]);
        terms.TryGetDeadLetter(out string? dead, out var reason).ShouldBeTrue();
        (dead, reason).ShouldBe(("brief", DeadLetterReason.Expired));
        Should.Throw<NameConflictException>(() => again.Cache<string, int>("cache"));
        Should.Throw<NameConflictException>(() => again.Queue<string>("terms"));
    }

    [Fact]
    public void Child_ThatDiesInItsFactoryAndWithAReader_HoldsNobodyUp()
    {
        var news = _cluster.Broadcast<int>("held up", new SharedBroadcastOptions { Capacity = 1 }, Durability.Memory);
        var cache = _cluster.Cache<int, int>("made once", options: Durability.Memory);
        using var child = Mp.Process(
            static (SharedBroadcast<int> told, SharedCache<int, int> filled) =>
            {
                using var reader = told.Subscribe();
                filled.GetOrAdd(1, _ =>
                {
                    told.Publish(1);
                    System.Diagnostics.Process.GetCurrentProcess().Kill();
                    return 1;
                });
            },
            news,
            cache);
        child.Start();
        child.Join(s_patience).ShouldBeTrue();
        news.Publish(2, s_patience);
        cache.GetOrAdd(1, static _ => 2, s_patience).ShouldBe(2);
    }

    [Fact]
    public async Task Limiter_WhosePermitsComeByTime_ServesThoseWhoWait()
    {
        var limit = _cluster.RateLimiter("timed", new SharedRateLimiterOptions { TokenLimit = 1, ReplenishmentPeriod = TimeSpan.FromMilliseconds(50) });
        for (int i = 0; i < 3; i++)
        {
            (await limit.AcquireAsync(1, s_patience, TestContext.Current.CancellationToken)).ShouldBeTrue();
        }

        var queue = _cluster.Queue<int>("delayed");
        queue.Put(1, delay: TimeSpan.FromMilliseconds(50));
        (await queue.GetAsync(s_patience, TestContext.Current.CancellationToken)).ShouldBe(1);
        limit.GetStatistics().TotalSuccessfulLeases.ShouldBe(3);
    }

    [Fact]
    public async Task Cache_ValueThatIsTooLargeToSend_IsToldAndTheNextCallerMakesOne()
    {
        var cache = _cluster.Cache<int, byte[]>("large", options: Durability.Memory);
        var stop = TestContext.Current.CancellationToken;
        Should.Throw<SerializationException>(() => cache.GetOrAdd(1, static _ => new byte[4 << 20]));
        await Should.ThrowAsync<SerializationException>(async () =>
            await cache.GetOrAddAsync(1, static (_, _) => ValueTask.FromResult(new byte[4 << 20]), s_patience, stop));
        cache.GetOrAdd(1, static _ => [7], s_patience).ShouldBe([7]);
    }

    [Fact]
    public void Space_MakesThemWithoutNames()
    {
        IObjectSpace space = _cluster;
        space.RateLimiter(s_five).TryAcquire(5).ShouldBeTrue();
        var counter = space.Counter();
        counter.Increment();
        counter.Value.ShouldBe(1);
        space.Cache<int, int>().GetOrAdd(1, static key => key + 1).ShouldBe(2);
        var news = space.Broadcast<int>();
        using var reader = news.Subscribe();
        news.Publish(7);
        reader.Get(s_patience).ShouldBe(7);
    }

    private static void Child(All all)
    {
        using var child = Mp.Process(
            static (All all) =>
            {
                all.Limit.Acquire(2, s_patience).ShouldBeTrue();
                all.Limit.TryAcquire(2).ShouldBeFalse();
                all.Counter.Increment();
                all.Counter.AddAsync().AsTask().GetAwaiter().GetResult();
                all.Cache.GetOrAdd("child", static _ => 2, s_patience).ShouldBe(2);
                all.Cache.GetOrAdd("here", static _ => 0, s_patience).ShouldBe(1);
                all.Queue.Put("urgent", priority: 3);
                all.News.Publish("from the child");
                all.News.Publish("and again");
            },
            all);
        child.Start();
        child.Join(s_patience).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    private sealed record All(
        SharedRateLimiter Limit, SharedCounter Counter, SharedCache<string, int> Cache, SharedQueue<string> Queue, SharedBroadcast<string> News);
}
