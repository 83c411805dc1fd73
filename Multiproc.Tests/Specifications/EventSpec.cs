using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What an event does, wherever its user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class EventSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
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
        using var reply = _host.Event();
        var setter = Task.Run(() =>
        {
            reply.Wait(InChild.Bound).ShouldBeTrue("the user is about to wait");
            flag.Set();
        });
        _host.Run(() =>
        {
            flag.IsSet.ShouldBeFalse();
            flag.Wait(TimeSpan.Zero).ShouldBeFalse();
            flag.Wait(s_short).ShouldBeFalse();
            reply.Set();
            flag.Wait(InChild.Bound).ShouldBeTrue();
            flag.Wait(TimeSpan.Zero).ShouldBeTrue();
            flag.Clear();
            flag.IsSet.ShouldBeFalse();
        });
        setter.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    private static void WaitFor(SharedEvent flag, SharedSemaphore waiting)
    {
        waiting.Release();
        flag.Wait().ShouldBeTrue();
    }
}

public sealed class EventInProcess : EventSpec<InProcessHost>;

public sealed class EventInChild : EventSpec<ChildHost>;

public sealed class EventInManager : EventSpec<ManagerHost>;
