using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a countdown does, wherever its user is: as <see cref="CountdownEvent"/>.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class CountdownSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Wait_LastSignalFromTheUser_GoesOn()
    {
        using var left = _host.Countdown(3);
        left.Signal().ShouldBeFalse();
        left.Wait(TimeSpan.Zero).ShouldBeFalse();
        var waiting = OwnThread.Run(() => left.Wait(InChild.Bound).ShouldBeTrue());
        var awaiting = left.WaitAsync(InChild.Bound).AsTask();
        _host.Run(() =>
        {
            left.CurrentCount.ShouldBe(2);
            left.Wait(s_short).ShouldBeFalse();
            left.Signal(2).ShouldBeTrue();
            left.IsSet.ShouldBeTrue();
            left.Wait().ShouldBeTrue();
        });
        waiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        awaiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        (left.CurrentCount, left.InitialCount).ShouldBe((0, 3));
    }

    [Fact]
    public void Signal_MoreThanIsLeft_IsRefusedAndChangesNothing()
    {
        using var left = _host.Countdown(2);
        _host.Run(() =>
        {
            Should.Throw<InvalidOperationException>(() => left.Signal(3));
            left.CurrentCount.ShouldBe(2);
            Should.Throw<ArgumentOutOfRangeException>(() => left.Signal(0));
            Should.Throw<ArgumentOutOfRangeException>(() => left.AddCount(-1));
            Should.Throw<ArgumentOutOfRangeException>(() => left.Reset(-1));
            Should.Throw<InvalidOperationException>(() => left.TryAddCount(int.MaxValue));
            left.CurrentCount.ShouldBe(2);
        });
    }

    [Fact]
    public void Countdown_FromANegativeCount_IsRefused() => Should.Throw<ArgumentOutOfRangeException>(() => _host.Countdown(-1));

    [Fact]
    public void AddCount_UntilItIsSet_ThenItIsRefused()
    {
        using var left = _host.Countdown(1);
        _host.Run(() =>
        {
            left.AddCount();
            left.TryAddCount(2).ShouldBeTrue();
            left.Signal(4).ShouldBeTrue();
            left.TryAddCount().ShouldBeFalse();
            Should.Throw<InvalidOperationException>(() => left.AddCount());
            Should.Throw<InvalidOperationException>(() => left.Signal());
        });
        left.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Reset_BeginsAnew()
    {
        using var left = _host.Countdown(1);
        _host.Run(() =>
        {
            left.Signal();
            left.Reset();
            (left.CurrentCount, left.InitialCount, left.IsSet).ShouldBe((1, 1, false));
            left.Reset(5);
            (left.CurrentCount, left.InitialCount).ShouldBe((5, 5));
            var waiting = left.WaitAsync(InChild.Bound).AsTask();
            left.Reset(0);
            waiting.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue("zero lets all go");
        });
    }

    [Fact]
    public void Wait_Rounds_AreNeverMissed()
    {
        const int Rounds = 200;
        using var left = _host.Countdown(1);
        using var turns = Mp.Queue<int>();
        var signaller = BesideUs(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                turns.Get(InChild.Bound);
                left.Signal();
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            turns.Put(i);
            left.Wait(InChild.Bound).ShouldBeTrue($"round {i}");
            left.Reset();
        }

        signaller.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));
}

public sealed class CountdownInProcess : CountdownSpec<InProcessHost>;

public sealed class CountdownInChild : CountdownSpec<ChildHost>;

public sealed class CountdownInManager : CountdownSpec<ManagerHost>;
