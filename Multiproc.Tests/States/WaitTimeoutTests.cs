using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc.Tests.States;

/// <summary>The one value that all timeouts become.</summary>
public sealed class WaitTimeoutTests
{
    /// <summary>What a user gives, in ticks (none: null), whether it waits, whether for ever, and as milliseconds for the waits of .NET.</summary>
    public static TheoryData<long?, bool, bool, int> Rule => new()
    {
        { null, true, true, -1 },
        { -TimeSpan.TicksPerMillisecond, true, true, -1 },
        { 0, false, false, 0 },
        { -1, false, false, 0 },
        { -TimeSpan.TicksPerMillisecond - 1, false, false, 0 },
        { -TimeSpan.TicksPerMillisecond + 1, false, false, 0 },
        { -2 * TimeSpan.TicksPerMillisecond, false, false, 0 },
        { long.MinValue, false, false, 0 },
        { 1, true, false, 1 },
        { TimeSpan.TicksPerMillisecond, true, false, 1 },
        { TimeSpan.TicksPerMillisecond + 1, true, false, 2 },
        { 50 * TimeSpan.TicksPerDay, true, false, int.MaxValue - 1 },
        { long.MaxValue - 1, true, false, int.MaxValue - 1 },
        { long.MaxValue, true, true, -1 },
    };

    [Theory]
    [MemberData(nameof(Rule))]
    public void Timeout_FollowsTheRule(long? ticks, bool waits, bool forEver, int milliseconds)
    {
        WaitTimeout timeout = ticks is { } some ? new TimeSpan(some) : null;
        timeout.MayWait.ShouldBe(waits);
        timeout.IsInfinite.ShouldBe(forEver);
        timeout.Milliseconds.ShouldBe(milliseconds);
        (timeout.Limit is null).ShouldBe(forEver);
        var now = new Instant(1_000);
        now.After(timeout).IsNever.ShouldBe(forEver || ticks > long.MaxValue - 1_000);
        Deadline.In(timeout).IsNever.ShouldBe(forEver || ticks > 10_000 * TimeSpan.TicksPerDay);
        if (!waits)
        {
            Deadline.In(timeout).HasPassed.ShouldBeTrue();
            now.After(timeout).ShouldBe(now);
        }
    }

    [Fact]
    public void Default_DoesNotWait()
    {
        default(WaitTimeout).ShouldBe(WaitTimeout.Zero);
        WaitTimeout.Zero.MayWait.ShouldBeFalse();
    }

    [Fact]
    public void LessAndPlus_StayInTheirBounds()
    {
        WaitTimeout second = TimeSpan.FromSeconds(1);
        second.Less(TimeSpan.FromMilliseconds(400)).ShouldBe(TimeSpan.FromMilliseconds(600));
        second.Less(TimeSpan.FromSeconds(2)).ShouldBe(WaitTimeout.Zero);
        WaitTimeout.Infinite.Less(TimeSpan.MaxValue).ShouldBe(WaitTimeout.Infinite);
        second.Plus(second).ShouldBe(TimeSpan.FromSeconds(2));
        second.Plus(WaitTimeout.Infinite).ShouldBe(WaitTimeout.Infinite);
        WaitTimeout.OfTicks(long.MaxValue - 1).Plus(second).ShouldBe(WaitTimeout.Infinite);
        second.IsOver(TimeSpan.FromSeconds(1)).ShouldBeTrue();
        second.IsOver(TimeSpan.FromSeconds(0.9)).ShouldBeFalse();
        WaitTimeout.Infinite.IsOver(TimeSpan.MaxValue).ShouldBeFalse();
    }

    [Fact]
    public void Messages_SayTheTime()
    {
        ((WaitTimeout)TimeSpan.FromSeconds(1.5)).ToString().ShouldBe("1.5 s");
        ((WaitTimeout)TimeSpan.FromSeconds(-1.5)).ToString().ShouldBe("0 s");
        WaitTimeout.Infinite.ToString().ShouldBe("for ever");
    }
}
