using Multiproc.Objects.RateLimiters;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Acquisitions of permits that come by time. In no span of time are there more than the limit and what came in it, whichever node owns the limiter.
/// </summary>
internal sealed class LimiterWorkload(ObjectType? type = null) : SimWorkload(type ?? RateLimiterType.Instance, s_options.Pack())
{
    private static readonly SharedRateLimiterOptions s_options = new()
    {
        TokenLimit = 3, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMilliseconds(150),
    };

    private readonly List<(long Begun, long Ended, int Permits)> _grants = [];

    public override void Check()
    {
        var byEnd = _grants.OrderBy(static grant => grant.Ended).ToArray();
        foreach (var first in _grants)
        {
            long permits = 0;
            foreach (var grant in byEnd.Where(grant => grant.Begun >= first.Begun))
            {
                permits += grant.Permits;
                long most = s_options.TokenLimit + 1 + ((grant.Ended - first.Begun) / s_options.ReplenishmentPeriod.Ticks);
                SimViolation.If(
                    permits > most, $"{permits} permits were granted in {TimeSpan.FromTicks(grant.Ended - first.Begun)}, in which there are {most} at most");
            }
        }
    }

    protected override void Act(Client client, Action next)
    {
        var timeout = World.Random.Next(3) switch
        {
            0 => WaitTimeout.Zero,
            1 => WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)),
            _ => WaitTimeout.Infinite,
        };
        Acquire(client, World.Random.Next(1, s_options.TokenLimit + 1), timeout, _ => next());
    }

    protected override void Drain(Client client, Action done) => Acquire(client, s_options.TokenLimit, WaitTimeout.Infinite, _ => done());

    private void Acquire(Client client, int permits, WaitTimeout timeout, Action<bool> told)
    {
        long begun = World.Now;
        client.Node.Call(client.Process, new RateLimiterCommand.Acquire(permits, timeout), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.Ok)
            {
                _grants.Add((begun, World.Now, permits));
            }
            else
            {
                SimViolation.If(reply.Status != ReplyStatus.TimedOut, $"an acquisition ended with {reply.Status}: {reply.Reason}");
                SimViolation.If(World.Now - begun < timeout.Ticks, "a wait ended before its timeout");
            }

            told(reply.Status == ReplyStatus.Ok);
        });
    }
}
