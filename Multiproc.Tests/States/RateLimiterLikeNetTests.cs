using System.Threading.RateLimiting;
using Multiproc.Objects.RateLimiters;
using Multiproc.Serialization;

namespace Multiproc.Tests.States;

/// <summary>
/// The state decides as the token bucket of .NET does, call by call. That one goes by the clock of the machine, so both have a bucket that a single tick
/// fills, and the one of .NET replenishes when it is told to.
/// </summary>
public sealed class RateLimiterLikeNetTests
{
    private const int Limit = 4;

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst, 0)]
    [InlineData(QueueProcessingOrder.OldestFirst, 5)]
    [InlineData(QueueProcessingOrder.NewestFirst, 5)]
    [InlineData(QueueProcessingOrder.NewestFirst, 2)]
    public void Step_RandomHistories_DecideAsTheBucketOfNetDoes(QueueProcessingOrder order, int queueLimit) => Histories.Check(
        seed: 22_500 + queueLimit, histories: 300, length: 40,
        static random => (Kind: random.Next(6), Permits: random.Next(Limit + 1)),
        moves =>
        {
            using var net = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = Limit, TokensPerPeriod = Limit, ReplenishmentPeriod = TimeSpan.FromTicks(1), QueueLimit = queueLimit,
                QueueProcessingOrder = order, AutoReplenishment = false,
            });
            var script = new Script(new RateLimiterState(new SharedRateLimiterOptions
            {
                TokenLimit = Limit, TokensPerPeriod = Limit, ReplenishmentPeriod = TimeSpan.FromTicks(1), QueueLimit = queueLimit, QueueOrder = order,
            }));
            var calls = new List<(Call Ours, ValueTask<RateLimitLease> Theirs)>();
            foreach (var (kind, permits) in moves)
            {
                if (kind == 0)
                {
                    TestKit.Await.Until("the clock of .NET has ticked", net.TryReplenish);
                    script.Pass(TimeSpan.FromTicks(1));
                }
                else
                {
                    calls.Add(kind < 4
                        ? (script.Ask(1, new RateLimiterCommand.Acquire(permits, null)), net.AcquireAsync(permits).Preserve())
                        : (script.Ask(1, new RateLimiterCommand.Acquire(permits, TimeSpan.Zero)), ValueTask.FromResult(net.AttemptAcquire(permits))));
                }

                foreach (var (ours, theirs) in calls)
                {
                    script.Require(ours.Waits != theirs.IsCompleted, $"{ours} should {(theirs.IsCompleted ? "have ended" : "wait")}");
                    script.Require(!theirs.IsCompleted || ours.Succeeded == theirs.GetAwaiter().GetResult().IsAcquired, $"{ours} should have ended otherwise");
                }

                var expected = net.GetStatistics()!;
                var numbers = new WireReader(script.Ask(99, RateLimiterCommand.Look.Instance).Reply!.Value.Value.Bytes.Span);
                script.Require(numbers.VarInt() == expected.CurrentAvailablePermits, $"{expected.CurrentAvailablePermits} permits should be there");
                script.Require(numbers.VarInt() == expected.CurrentQueuedCount, $"{expected.CurrentQueuedCount} permits should be waited for");
                script.Require(numbers.VarInt() == expected.TotalSuccessfulLeases, $"{expected.TotalSuccessfulLeases} calls should have succeeded");
                script.Require(numbers.VarInt() == expected.TotalFailedLeases, $"{expected.TotalFailedLeases} calls should have failed");
            }
        });
}
