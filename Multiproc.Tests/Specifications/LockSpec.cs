using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What the two locks do, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class LockSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
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

    /// <summary>A method of its own: the body must not capture the host, which cannot be sent.</summary>
    private Task BesideUs(Action body) => OwnThread.Run(() => _host.Run(body));
}

public sealed class LockInProcess : LockSpec<InProcessHost>;

public sealed class LockInChild : LockSpec<ChildHost>;

public sealed class LockInManager : LockSpec<ManagerHost>;
