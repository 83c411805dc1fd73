using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What locks, semaphores and events do, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class PrimitivesSpec<THost> : IDisposable
    where THost : SpecHost, new()
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    private readonly THost _host = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Lock_HeldByAnother_IsNotGivenUntilReleased()
    {
        // L-01, L-03, L-06
        using var gate = _host.Lock();
        gate.Acquire().ShouldBeTrue();
        gate.Locked.ShouldBeTrue();
        InChild.Run(() =>
        {
            gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
            gate.TryAcquire().ShouldBeFalse();
            gate.Acquire(s_short).ShouldBeFalse();
        });
        gate.Release();
        _host.Run(() =>
        {
            gate.Acquire().ShouldBeTrue();
            gate.Acquire(s_short).ShouldBeFalse();
            gate.Release();
            using (gate.Hold())
            {
                gate.Locked.ShouldBeTrue();
            }

            gate.Locked.ShouldBeFalse();
        });
    }

    [Fact]
    public void Lock_ReleasedWhileFree_IsAnError()
    {
        // L-01
        using var gate = _host.Lock();
        _host.Run(() => Should.Throw<InvalidOperationException>(gate.Release));
    }

    [Fact]
    public void Lock_EachHold_HasAHigherFence()
    {
        using var gate = _host.Lock();
        long before;
        using (var hold = gate.Hold())
        {
            before = hold.Fence;
        }

        _host.Run(() =>
        {
            using var hold = gate.Hold();
            hold.Fence.ShouldBeGreaterThan(before);
        });
    }

    [Fact]
    public void RLock_SameThread_MayTakeItAgain()
    {
        // L-02, L-05
        using var gate = _host.RLock();
        _host.Run(() =>
        {
            gate.Acquire().ShouldBeTrue();
            gate.Acquire().ShouldBeTrue();
            var other = new Thread(() =>
            {
                gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
                Should.Throw<SynchronizationLockException>(gate.Release);
            });
            other.Start();
            other.Join();
            gate.Release();
            gate.Locked.ShouldBeTrue();
            gate.Release();
            gate.Locked.ShouldBeFalse();
            Should.Throw<InvalidOperationException>(gate.Release);
        });
    }

    [Fact]
    public void Semaphore_Permits_AreCounted()
    {
        // S-01
        using var permits = _host.Semaphore(2);
        _host.Run(() =>
        {
            permits.Value.ShouldBe(2);
            permits.Acquire().ShouldBeTrue();
            permits.Acquire().ShouldBeTrue();
            permits.Value.ShouldBe(0);
            permits.Acquire(TimeSpan.Zero).ShouldBeFalse();
            permits.Acquire(s_short).ShouldBeFalse();
            permits.Release(2);
            permits.Release();
            permits.Value.ShouldBe(3);
            Should.Throw<ArgumentOutOfRangeException>(() => permits.Release(0));
        });
    }

    [Fact]
    public void RLock_TakenThreeTimes_TheFourthReleaseIsAnError()
    {
        // L-02
        using var gate = _host.RLock();
        _host.Run(() =>
        {
            gate.Acquire().ShouldBeTrue();
            gate.Acquire(TimeSpan.Zero).ShouldBeTrue();
            gate.Acquire(s_short).ShouldBeTrue();
            gate.Release();
            gate.Release();
            gate.Release();
            Should.Throw<InvalidOperationException>(gate.Release);
        });
    }

    [Fact]
    public void Lock_TakenByOneThread_IsReleasedByAnother()
    {
        // L-04
        using var gate = _host.Lock();
        gate.Acquire();
        _host.Run(() =>
        {
            gate.Release();
            gate.Acquire().ShouldBeTrue();
            OwnThread.Run(gate.Release).Wait(InChild.Bound).ShouldBeTrue("the other thread ends");
            gate.Locked.ShouldBeFalse();
        });
    }

    [Fact]
    public void LockAndEvent_AsText_TellWhoHoldsItAndWhetherItIsSet()
    {
        // L-07, E-04
        using var gate = _host.Lock();
        using var recursive = _host.RLock();
        using var flag = _host.Event();
        _host.Run(() =>
        {
            gate.Locked.ShouldBeFalse();
            gate.ToString().ShouldEndWith(", free");
            gate.Acquire();
            recursive.Acquire();
            recursive.Acquire();
            gate.ToString().ShouldEndWith(", held by this thread, 1 deep");
            recursive.ToString().ShouldEndWith(", held by this thread, 2 deep");
            OwnThread.Run(() => gate.ToString().ShouldEndWith(" of this process")).Wait(InChild.Bound).ShouldBeTrue("the other thread ends");
            InChild.Run(() =>
            {
                gate.TryAcquire().ShouldBeFalse();
                gate.ToString().ShouldEndWith(", held by another process");
            });
            gate.Release();
            flag.IsSet.ShouldBeFalse();
            flag.ToString().ShouldEndWith(", not set");
            flag.Set();
            flag.ToString().ShouldEndWith(", set");
        });
        flag.Dispose();
        flag.ToString().ShouldEndWith(", disposed");
        gate.Dispose();
        gate.ToString().ShouldEndWith(", disposed");
    }

    [Fact]
    public void Owner_OfALock_IsTheProcessAndThreadThatHoldsIt()
    {
        using var gate = _host.Lock();
        using var owners = _host.Queue<ObjectParty?>();
        gate.Owner.ShouldBeNull();
        gate.Acquire();
        var us = new ObjectParty(Environment.ProcessId, Environment.CurrentManagedThreadId);
        gate.Owner.ShouldBe(us);
        _host.Run(() =>
        {
            owners.Put(gate.Owner);
            InChild.Run(() => owners.Put(gate.Owner));
        });
        owners.Get(InChild.Bound).ShouldBe(us);
        owners.Get(InChild.Bound).ShouldBe(us);
        gate.Release();
        using var held = _host.Event();
        using var seen = _host.Event();
        var holder = BesideUs(() =>
        {
            using var _ = gate.Hold();
            owners.Put(new ObjectParty(Environment.ProcessId, Environment.CurrentManagedThreadId));
            held.Set();
            seen.Wait(InChild.Bound);
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the user holds it");
        gate.Owner.ShouldBe(owners.Get(InChild.Bound));
        seen.Set();
        holder.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        gate.Owner.ShouldBeNull();
    }

    [Fact]
    public void Primitives_InAQueue_ArriveAsTheSame()
    {
        // L-09: Python passes them only at the start of a process; ours go anywhere.
        using var gate = _host.Lock();
        using var flag = _host.Event();
        using var queue = _host.Queue<(SharedLock Gate, SharedEvent Flag)>();
        queue.Put((gate, flag));
        gate.Acquire();
        _host.Run(() =>
        {
            var arrived = queue.Get(InChild.Bound);
            arrived.Gate.ShouldBe(gate);
            arrived.Gate.TryAcquire().ShouldBeFalse();
            arrived.Flag.Set();
        });
        flag.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Event_SetTwice_IsOneFlagAndWakesAll()
    {
        // E-02, E-03
        using var flag = _host.Event();
        using var waiting = _host.Semaphore(0);
        Task[] here = [OwnThread.Run(() => WaitFor(flag, waiting)), OwnThread.Run(() => WaitFor(flag, waiting))];
        _host.Run(() =>
        {
            Task[] there = [OwnThread.Run(() => WaitFor(flag, waiting)), OwnThread.Run(() => WaitFor(flag, waiting))];
            for (int i = 0; i < 4; i++)
            {
                waiting.Acquire(InChild.Bound).ShouldBeTrue($"waiter {i} is about to wait");
            }

            flag.Set();
            flag.Set();
            Task.WaitAll(there, InChild.Bound).ShouldBeTrue("all here are woken");
            flag.Clear();
            flag.IsSet.ShouldBeFalse("it is no count");
            flag.Wait(s_short).ShouldBeFalse();
        });
        Task.WaitAll(here, InChild.Bound).ShouldBeTrue("all there are woken");
    }

    [Fact]
    public void Event_SetHere_WakesWhoWaits()
    {
        // E-01
        using var flag = _host.Event();
        using var answer = _host.Event();
        var setter = Task.Run(() =>
        {
            answer.Wait(InChild.Bound).ShouldBeTrue("the user is about to wait");
            flag.Set();
        });
        _host.Run(() =>
        {
            flag.IsSet.ShouldBeFalse();
            flag.Wait(TimeSpan.Zero).ShouldBeFalse();
            flag.Wait(s_short).ShouldBeFalse();
            answer.Set();
            flag.Wait(InChild.Bound).ShouldBeTrue();
            flag.Wait(TimeSpan.Zero).ShouldBeTrue();
            flag.Clear();
            flag.IsSet.ShouldBeFalse();
        });
        setter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void Contended_Counter_LosesNoUpdate()
    {
        const int Rounds = 20_000;
        using var gate = _host.Lock();
        using var permit = _host.Semaphore(1);
        using var counter = Mp.RawValue(0L);
        using var started = _host.Event();
        var here = Task.Run(() =>
        {
            started.Wait(InChild.Bound).ShouldBeTrue("the user has begun");
            Count(gate, permit, counter, Rounds);
        });
        _host.Run(() =>
        {
            started.Set();
            Count(gate, permit, counter, Rounds);
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        counter.Value.ShouldBe(4 * Rounds);
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        using var gate = _host.Lock();
        using var permits = _host.Semaphore(0);
        using var flag = _host.Event();
        await gate.AcquireAsync(cancellation: TestContext.Current.CancellationToken);
        var waiting = BesideUs(() => UseAsync(gate, permits, flag).GetAwaiter().GetResult());
        (await permits.AcquireAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue("the user is about to wait for the lock");
        gate.Release();
        (await flag.WaitAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue("the user has had the lock");
        await waiting;
        gate.Locked.ShouldBeFalse();
    }

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));

    private static async Task UseAsync(SharedLock gate, SharedSemaphore permits, SharedEvent flag)
    {
        (await gate.AcquireAsync(s_short)).ShouldBeFalse();
        using (var source = new CancellationTokenSource(s_short))
        {
            await Should.ThrowAsync<OperationCanceledException>(async () => await gate.AcquireAsync(null, source.Token));
        }

        permits.Release();
        await using (await gate.HoldAsync())
        {
            flag.Set();
        }
    }

    private static void WaitFor(SharedEvent flag, SharedSemaphore waiting)
    {
        waiting.Release();
        flag.Wait().ShouldBeTrue();
    }

    private static void Count(SharedLock gate, SharedSemaphore permit, SharedValue<long> counter, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            using (gate.Hold())
            {
                using (permit.Hold())
                {
                    counter.Value++;
                }

                counter.Value++;
            }
        }
    }
}

public sealed class PrimitivesInProcess : PrimitivesSpec<InProcessHost>;

public sealed class PrimitivesInChild : PrimitivesSpec<ChildHost>;

public sealed class PrimitivesInManager : PrimitivesSpec<ManagerHost>;
