using System.Threading.RateLimiting;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a rate limiter does, wherever its user is.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class RateLimiterSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    /// <summary>Permits that never come again in a test.</summary>
    private static readonly SharedRateLimiterOptions s_three = new() { TokenLimit = 3, ReplenishmentPeriod = Timeout.InfiniteTimeSpan };

    [Fact]
    public void Permits_OfTheBucket_AreUsedUpByAllTogether()
    {
        using var limit = _host.Space.RateLimiter(s_three);
        limit.Acquire(2).ShouldBeTrue();
        _host.Run(() =>
        {
            limit.TokenLimit.ShouldBe(3);
            limit.TryAcquire(2).ShouldBeFalse();
            limit.TryAcquire().ShouldBeTrue();
            limit.TryAcquire(0).ShouldBeFalse();
            limit.Acquire(timeout: s_short).ShouldBeFalse();
            limit.TryAcquire(1, out var never).ShouldBeFalse();
            never.ShouldBe(TimeSpan.Zero);
            Should.Throw<ArgumentOutOfRangeException>(() => limit.Acquire(4));
            Should.Throw<ArgumentOutOfRangeException>(() => limit.Acquire(-1));
        });
        var numbers = limit.GetStatistics();
        (numbers.CurrentAvailablePermits, numbers.CurrentQueuedCount, numbers.TotalSuccessfulLeases, numbers.TotalFailedLeases).ShouldBe((0, 0, 2, 4));
    }

    [Fact]
    public void Permits_OfTheNextPeriods_ServeThoseWhoWait()
    {
        using var limit = _host.Space.RateLimiter(new SharedRateLimiterOptions
        {
            TokenLimit = 2, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromMilliseconds(20),
        });
        _host.Run(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                limit.Acquire(2, InChild.Bound).ShouldBeTrue();
            }

            var numbers = limit.GetStatistics();
            (numbers.TotalSuccessfulLeases, numbers.TotalFailedLeases, numbers.CurrentQueuedCount).ShouldBe((5, 0, 0));
        });
    }

    [Fact]
    public void RetryAfter_CountsTheMissingPeriods()
    {
        using var limit = _host.Space.RateLimiter(new SharedRateLimiterOptions
        {
            TokenLimit = 10, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromHours(1),
        });
        _host.Run(() =>
        {
            limit.Acquire(10).ShouldBeTrue();
            limit.TryAcquire(3, out var after).ShouldBeFalse();
            after.ShouldBeInRange(TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        });
    }

    [Fact]
    public async Task QueueLimit_Reached_FailsAtOnce()
    {
        using var limit = _host.Space.RateLimiter(s_three with { QueueLimit = 2 });
        limit.Acquire(3).ShouldBeTrue();
        using var stop = new CancellationTokenSource();
        var waiting = limit.AcquireAsync(2, null, stop.Token).AsTask();
        Await.Until("a caller waits", () => limit.GetStatistics().CurrentQueuedCount == 2);
        _host.Run(() => limit.Acquire(1).ShouldBeFalse("nobody else may wait"));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task AsRateLimiter_IsOneOfNet()
    {
        using var limit = _host.Space.RateLimiter(s_three);
        await using RateLimiter plain = limit.AsRateLimiter();
        using (var lease = await plain.AcquireAsync(2, TestContext.Current.CancellationToken))
        {
            lease.IsAcquired.ShouldBeTrue();
        }

        plain.AttemptAcquire(2).IsAcquired.ShouldBeFalse("a lease that was disposed of gives nothing back");
        plain.AttemptAcquire().IsAcquired.ShouldBeTrue();
        plain.GetStatistics()!.TotalSuccessfulLeases.ShouldBe(2);
        plain.IdleDuration.ShouldBeNull();
        (await limit.AcquireAsync(1, s_short, TestContext.Current.CancellationToken)).ShouldBeFalse();
        await plain.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => plain.AttemptAcquire());
        limit.TryAcquire().ShouldBeFalse("it lives");
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.RateLimiter(s_three with { TokenLimit = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.RateLimiter(s_three with { TokensPerPeriod = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.RateLimiter(s_three with { QueueLimit = -1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.RateLimiter(s_three with { ReplenishmentPeriod = TimeSpan.Zero }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.RateLimiter(s_three with { QueueOrder = (QueueProcessingOrder)7 }));
    }
}

public sealed class RateLimiterInProcess : RateLimiterSpec<InProcessHost>;

public sealed class RateLimiterInChild : RateLimiterSpec<ChildHost>;

public sealed class RateLimiterInManager : RateLimiterSpec<ManagerHost>;
