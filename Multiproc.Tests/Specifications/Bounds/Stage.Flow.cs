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

    private static Subject Counter(SharedCounter counter, string variant) =>
        new(counter, $"a counter {variant}") { Owned = [counter], Untouched = () => counter.Value.ShouldBe(0) };
}
