using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What the two semaphores do, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class SemaphoreSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
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
    public void Semaphore_MayGrowBeyondItsStart()
    {
        // S-01, S-04
        using var permits = _host.Semaphore(2);
        _host.Run(() =>
        {
            CountDownAndUp(permits);
            permits.Release();
            permits.Release();
            permits.Value.ShouldBe(4);
        });
    }

    [Fact]
    public void BoundedSemaphore_ReleasedTooOften_IsAnErrorAndKeepsItsValue()
    {
        // S-02
        using var permits = _host.BoundedSemaphore(2);
        _host.Run(() =>
        {
            CountDownAndUp(permits);
            Should.Throw<InvalidOperationException>(() => permits.Release()).Message.ShouldContain("at most 2");
            permits.Acquire();
            Should.Throw<InvalidOperationException>(() => permits.Release(2));
            permits.Value.ShouldBe(1, "none of the two was given");
            permits.Release();
            permits.Value.ShouldBe(2);
        });
        permits.Value.ShouldBe(2);
    }

    [Fact]
    public void BoundedSemaphore_TakenThere_MayBeGivenHere()
    {
        using var permits = _host.BoundedSemaphore(1);
        using var asked = _host.Event();
        _host.Run(() => permits.Acquire().ShouldBeTrue());
        permits.Value.ShouldBe(_host is InProcessHost ? 0 : 1, "the permit of a process comes back when it ends");
        if (_host is InProcessHost)
        {
            permits.Release();
        }

        permits.Acquire();
        var here = OwnThread.Run(() =>
        {
            asked.Wait(InChild.Bound).ShouldBeTrue("the user is about to wait");
            permits.Release();
        });
        _host.Run(() =>
        {
            asked.Set();
            using var _ = permits.Hold();
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        permits.Value.ShouldBe(1);
    }

    [Fact]
    public void Acquire_NoneLeft_IsFalseInTime()
    {
        // S-03
        using var permits = _host.BoundedSemaphore(0);
        _host.Run(() =>
        {
            permits.TryAcquire().ShouldBeFalse();
            permits.Acquire(TimeSpan.FromSeconds(-1)).ShouldBeFalse();
            permits.Acquire(s_short).ShouldBeFalse();
        });
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        using var permits = _host.BoundedSemaphore(1);
        await using (await permits.HoldAsync(TestContext.Current.CancellationToken))
        {
            permits.Value.ShouldBe(0);
            (await permits.AcquireAsync(s_short, TestContext.Current.CancellationToken)).ShouldBeFalse();
        }

        permits.Value.ShouldBe(1);
    }

    [Fact]
    public void Semaphore_OfLessThanNone_IsRefused()
    {
        // S-05
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Semaphore(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.BoundedSemaphore(-1));
    }

    private static void CountDownAndUp(SharedSemaphoreBase permits)
    {
        permits.Value.ShouldBe(2);
        permits.Acquire().ShouldBeTrue();
        permits.Value.ShouldBe(1);
        permits.Acquire().ShouldBeTrue();
        permits.Value.ShouldBe(0);
        permits.TryAcquire().ShouldBeFalse();
        permits.Value.ShouldBe(0);
        permits.Release();
        permits.Value.ShouldBe(1);
        permits.Release();
        permits.Value.ShouldBe(2);
    }
}

public sealed class SemaphoreInProcess : SemaphoreSpec<InProcessHost>;

public sealed class SemaphoreInChild : SemaphoreSpec<ChildHost>;

public sealed class SemaphoreInManager : SemaphoreSpec<ManagerHost>;
