using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <content>How a wait ends, and what becomes of the lock.</content>
public abstract partial class ConditionSpec<THost>
{
    [Fact]
    public void Wait_NobodyNotifies_IsFalseAndTheLockIsHeld()
    {
        // CV-05
        using var condition = _host.Condition();
        _host.Run(() =>
        {
            using var _ = condition.Hold();
            condition.Wait(TimeSpan.Zero).ShouldBeFalse();
            condition.Wait(TimeSpan.FromSeconds(-1)).ShouldBeFalse();
            var begun = Stopwatch.GetTimestamp();
            condition.Wait(s_short).ShouldBeFalse();
            Stopwatch.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(s_short);
            condition.Notify();
        });
    }

    [Fact]
    public void Wait_NotAtAll_LetsOthersHaveTheLock()
    {
        using var condition = _host.Condition();
        using var done = Mp.RawValue(0);
        using var held = condition.Hold();
        var other = OwnThread.Run(() =>
        {
            using var _ = condition.Hold();
            done.Value = 1;
        });
        var begun = Stopwatch.GetTimestamp();
        while (done.Value == 0 && Stopwatch.GetElapsedTime(begun) < InChild.Bound)
        {
            condition.Wait(TimeSpan.Zero).ShouldBeFalse();
        }

        done.Value.ShouldBe(1, "the other one gets the lock between two checks");
        other.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void WaitFor_Predicate_IsLookedAtUntilItHolds()
    {
        // CV-06
        using var condition = _host.Condition();
        using var state = Mp.RawValue(0);
        var here = OwnThread.Run(() =>
        {
            for (int i = 1; i <= 4; i++)
            {
                using var _ = condition.Hold();
                condition.WaitFor(() => state.Value == (2 * i) - 1, InChild.Bound).ShouldBeTrue("it is our turn");
                state.Value++;
                condition.Notify();
            }
        });
        _host.Run(() =>
        {
            using var _ = condition.Hold();
            condition.WaitFor(() => state.Value == 0, TimeSpan.Zero).ShouldBeTrue("it holds already");
            condition.WaitFor(() => state.Value == 1, TimeSpan.Zero).ShouldBeFalse();
            for (int i = 1; i <= 4; i++)
            {
                state.Value++;
                condition.Notify();
                condition.WaitFor(() => state.Value == 2 * i, InChild.Bound).ShouldBeTrue("it is our turn");
            }
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        state.Value.ShouldBe(8);
    }

    [Fact]
    public void WaitFor_WokenInVain_EndsAtItsOwnDeadline()
    {
        // CV-07
        using var condition = _host.Condition();
        using var ended = _host.Event();
        var here = OwnThread.Run(() =>
        {
            while (!ended.Wait(TimeSpan.FromMilliseconds(10)))
            {
                Notify(condition, 1);
            }
        });
        _host.Run(() =>
        {
            using var _ = condition.Hold();
            int checks = 0;
            for (var limit = TimeSpan.FromMilliseconds(300); checks <= 2; limit *= 2)
            {
                // Twice as long when the other one hardly got the processor meanwhile.
                limit.ShouldBeLessThan(InChild.Bound, "it was woken in between");
                checks = 0;
                long begun = Stopwatch.GetTimestamp();
                condition.WaitFor(() => ++checks < 0, limit).ShouldBeFalse();
                Stopwatch.GetElapsedTime(begun).ShouldBeInRange(limit, limit + InChild.Bound);
            }

            ended.Set();
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void Wait_RecursiveLock_IsReleasedWhollyAndTakenToItsDepth()
    {
        // CV-08
        using var condition = _host.Condition();
        using var asleep = Mp.Queue<int>();
        var here = OwnThread.Run(() =>
        {
            Sleepers.AwaitAsleep(1, condition, asleep);
            Notify(condition, 1);
        });
        _host.Run(() =>
        {
            condition.Acquire();
            condition.Acquire();
            condition.Acquire();
            asleep.Put(0);
            condition.Wait(InChild.Bound).ShouldBeTrue("the other one gets the lock and notifies");
            condition.Release();
            condition.Release();
            condition.Notify();
            condition.Release();
            Should.Throw<InvalidOperationException>(condition.Release);
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void Wait_Cancelled_ThrowsWithTheLockHeld()
    {
        using var condition = _host.Condition();
        _host.Run(() =>
        {
            using var _ = condition.Hold();
            using var source = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => condition.Wait(null, source.Token));
            Should.Throw<OperationCanceledException>(() => condition.Wait(null, source.Token));
            condition.Notify();
        });
    }
}
