using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a condition does, wherever its user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract partial class ConditionSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Notify_OneOrSome_WakesSoManyHereAndThere()
    {
        // CV-01, CV-04
        using var condition = _host.Condition();
        using var asleep = Mp.Queue<int>();
        using var woken = Mp.Queue<int>();
        var here = Sleepers.Start(3, condition, asleep, woken);
        _host.Run(() =>
        {
            var there = Sleepers.Start(3, condition, asleep, woken);
            Sleepers.AwaitAsleep(6, condition, asleep);
            Notify(condition, 1);
            Sleepers.AwaitWoken(1, woken);
            Notify(condition, 2);
            Sleepers.AwaitWoken(2, woken);
            Notify(condition, 4);
            Sleepers.AwaitWoken(3, woken);
            Notify(condition, 3);
            Sleepers.Join(there);
            using var _ = condition.Hold();
            condition.Wait(s_short).ShouldBeFalse("what was notified while nobody waited is not remembered");
        });
        Sleepers.Join(here);
    }

    [Fact]
    public void NotifyAll_AfterOthersTimedOut_WakesAllWhoWait()
    {
        // CV-02, CV-03
        using var condition = _host.Condition();
        using var asleep = Mp.Queue<int>();
        using var woken = Mp.Queue<int>();
        Sleepers.Join(Sleepers.Start(3, condition, asleep, woken, s_short));
        _host.Run(() =>
        {
            Sleepers.Join(Sleepers.Start(3, condition, asleep, woken, s_short));
            Sleepers.AwaitAsleep(6, condition, asleep);
            Sleepers.AwaitWoken(6, woken);
        });
        var here = Sleepers.Start(3, condition, asleep, woken);
        _host.Run(() =>
        {
            var there = Sleepers.Start(3, condition, asleep, woken);
            Sleepers.AwaitAsleep(6, condition, asleep);
            using (condition.Hold())
            {
                condition.NotifyAll();
            }

            Sleepers.AwaitWoken(6, woken);
            Sleepers.Join(there);
        });
        Sleepers.Join(here);
    }

    [Fact]
    public void WaitAndNotify_LockNotHeld_AreErrors()
    {
        // CV-09
        using var plain = _host.Condition(_host.Lock());
        using var recursive = _host.Condition();
        using var held = recursive.Hold();
        _host.Run(() =>
        {
            foreach (var condition in new[] { plain, recursive })
            {
                var elsewhere = new Thread(() => NeedsItsLock(condition));
                elsewhere.Start();
                elsewhere.Join();
            }
        });

        static void NeedsItsLock(SharedCondition condition)
        {
            Should.Throw<InvalidOperationException>(() => condition.Wait()).Message.ShouldContain("Acquire or Hold");
            Should.Throw<InvalidOperationException>(() => condition.Wait(TimeSpan.Zero));
            Should.Throw<InvalidOperationException>(() => condition.WaitFor(() => true));
            Should.Throw<InvalidOperationException>(() => condition.Notify());
            Should.Throw<InvalidOperationException>(condition.NotifyAll);
            Should.Throw<ArgumentOutOfRangeException>(() => condition.Notify(0));
        }
    }

    [Fact]
    public void Condition_OverAGivenLock_SharesItWithOthers()
    {
        // CV-10
        foreach (var gate in new SharedLockBase[] { _host.Lock(), _host.RLock() })
        {
            using var ours = gate;
            using var full = _host.Condition(gate);
            using var empty = _host.Condition(gate);
            using var asleep = Mp.Queue<int>();
            using var woken = Mp.Queue<int>();
            var here = Sleepers.Start(1, full, asleep, woken);
            _host.Run(() =>
            {
                Sleepers.AwaitAsleep(1, full, asleep);
                using (gate.Hold())
                {
                    empty.Notify();
                    full.Acquire(TimeSpan.Zero).ShouldBe(gate is SharedRLock);
                    if (gate is SharedRLock)
                    {
                        full.Release();
                    }
                }

                Sleepers.AwaitWoken(0, woken);
                Notify(full, 1);
                Sleepers.AwaitWoken(1, woken);
            });
            Sleepers.Join(here);
            gate.Locked.ShouldBeFalse();
        }
    }

    [Fact]
    public void Turns_ManyRounds_NoWakeUpIsLost()
    {
        const int Rounds = 1_500;
        using var condition = _host.Condition();
        using var turn = Mp.RawValue(0);
        var here = OwnThread.Run(() => TakeTurns(condition, turn, (0, 2), Rounds, null));
        _host.Run(() => TakeTurns(condition, turn, (1, 2), Rounds, null));
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        turn.Value.ShouldBe(0);
    }

    [Fact]
    public void Turns_OfFourThreads_NoWakeUpIsLost()
    {
        const int Rounds = 200;
        using var condition = _host.Condition(_host.Lock());
        using var turn = Mp.RawValue(0);
        Task[] here =
        [
            OwnThread.Run(() => TakeTurns(condition, turn, (0, 4), Rounds, InChild.Bound)),
            OwnThread.Run(() => TakeTurns(condition, turn, (2, 4), Rounds, null)),
        ];
        _host.Run(() =>
        {
            var other = new Thread(() => TakeTurns(condition, turn, (1, 4), Rounds, null));
            other.Start();
            TakeTurns(condition, turn, (3, 4), Rounds, InChild.Bound);
            other.Join(InChild.Bound).ShouldBeTrue("the other thread has had its turns");
        });
        Task.WhenAll(here).WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task AsyncTwins_OverAPlainLock_DoTheSame()
    {
        var token = TestContext.Current.CancellationToken;
        using var condition = _host.Condition(_host.Lock());
        using var state = Mp.RawValue(0);
        var waiting = BesideUs(() => UseAsync(condition, state).GetAwaiter().GetResult());
        await using (await condition.HoldAsync(token))
        {
            (await condition.WaitForAsync(() => state.Value == 1, InChild.Bound, token)).ShouldBeTrue("the user has begun");
            state.Value = 2;
            condition.Notify();
            (await condition.WaitForAsync(() => state.Value == 3, InChild.Bound, token)).ShouldBeTrue("the user was woken");
        }

        await waiting;
    }

    [Fact]
    public async Task AsyncTwins_OverARecursiveLock_AreErrors()
    {
        using var condition = _host.Condition();
        (await Should.ThrowAsync<InvalidOperationException>(async () => await condition.HoldAsync())).Message.ShouldContain("Mp.Condition(Mp.Lock())");
        await Should.ThrowAsync<InvalidOperationException>(async () => await condition.AcquireAsync());
        condition.Acquire();
        Should.Throw<InvalidOperationException>(() => condition.WaitAsync().AsTask().GetAwaiter().GetResult());
        condition.Release();
    }

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));

    private static async Task UseAsync(SharedCondition condition, SharedValue<int> state)
    {
        (await condition.AcquireAsync(InChild.Bound)).ShouldBeTrue();
        (await condition.WaitAsync(TimeSpan.Zero)).ShouldBeFalse();
        (await condition.WaitAsync(s_short)).ShouldBeFalse();
        using (var source = new CancellationTokenSource(s_short))
        {
            await Should.ThrowAsync<OperationCanceledException>(async () => await condition.WaitAsync(null, source.Token));
        }

        state.Value = 1;
        condition.Notify();
        while (state.Value != 2)
        {
            (await condition.WaitAsync(InChild.Bound)).ShouldBeTrue("the other one notifies");
        }

        state.Value = 3;
        condition.NotifyAll();
        condition.Release();
    }

    private static void TakeTurns(SharedCondition condition, SharedValue<int> turn, (int Number, int Of) player, int rounds, TimeSpan? deadline)
    {
        for (int i = 0; i < rounds; i++)
        {
            using (condition.Hold())
            {
                while (turn.Value != player.Number)
                {
                    condition.Wait(deadline).ShouldBeTrue($"turn {i} of player {player.Number} comes");
                }

                turn.Value = (player.Number + 1) % player.Of;
                condition.NotifyAll();
            }
        }
    }

    private static void Notify(SharedCondition condition, int count)
    {
        using var _ = condition.Hold();
        condition.Notify(count);
    }
}

public sealed class ConditionInProcess : ConditionSpec<InProcessHost>;

public sealed class ConditionInChild : ConditionSpec<ChildHost>
{
    [Fact]
    public void Condition_MadeInAChildOverOurLock_WorksBothWays()
    {
        using var gate = Mp.Lock();
        using var conditions = Mp.Queue<SharedCondition>();
        using var turn = Mp.RawValue(0);
        using var child = InChild.Start(() =>
        {
            using var condition = Mp.Condition(gate);
            conditions.Put(condition);
            Play(condition, turn, 1);
        });
        using var theirs = conditions.Get(InChild.Bound);
        Play(theirs, turn, 0);
        child.Join(InChild.Bound).ShouldBeTrue("the child has had its turns");
        child.ExitCode.ShouldBe(0);
        gate.Locked.ShouldBeFalse();

        static void Play(SharedCondition condition, SharedValue<int> turn, int mine)
        {
            // Without a deadline: these messages are sent without a wake.
            for (int i = 0; i < 300; i++)
            {
                using var _ = condition.Hold();
                while (turn.Value != mine)
                {
                    condition.Wait();
                }

                turn.Value = 1 - mine;
                condition.Notify();
            }
        }
    }

    [Fact]
    public void Notify_WaiterIsInAnIdleNodesChild_WakesIt()
    {
        // Nobody here waits for messages: the child's wait lies unread until we notify.
        using var condition = Mp.Condition();
        using var asleep = Mp.RawValue(0);
        using var child = InChild.Start(() =>
        {
            using var _ = condition.Hold();
            asleep.Value = 1;
            condition.Wait();
        });
        var begun = Stopwatch.GetTimestamp();
        while (asleep.Value == 0 && Stopwatch.GetElapsedTime(begun) < InChild.Bound)
        {
            Thread.Yield();
        }

        using (condition.Hold())
        {
            condition.Notify();
        }

        child.Join(InChild.Bound).ShouldBeTrue("the child is woken");
        child.ExitCode.ShouldBe(0);
    }
}

public sealed class ConditionInManager : ConditionSpec<ManagerHost>;
