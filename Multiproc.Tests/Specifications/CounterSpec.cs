using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a counter does, wherever its user is.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class CounterSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Counter_AddedToByManyThreadsHereAndThere_IsExactInTheEnd()
    {
        const int Threads = 4;
        const int Each = 20_000;
        using var counter = _host.Space.Counter();
        var here = Enumerable.Range(0, Threads).Select(_ => OwnThread.Run(() => AddMany(counter))).ToList();
        _host.Run(() =>
        {
            var there = Enumerable.Range(0, Threads).Select(_ => OwnThread.Run(() => AddMany(counter))).ToList();
            there.ForEach(static each => each.Wait(InChild.Bound).ShouldBeTrue("a thread that adds ends"));
        });
        here.ForEach(static each => each.Wait(InChild.Bound).ShouldBeTrue("a thread that adds ends"));
        counter.Value.ShouldBe(2L * Threads * Each);

        static void AddMany(SharedCounter counter)
        {
            for (int i = 0; i < Each; i++)
            {
                counter.Increment();
            }
        }
    }

    [Fact]
    public void Reset_WhileOthersAdd_LosesNothing()
    {
        const int Each = 20_000;
        using var counter = _host.Space.Counter();
        long taken = 0;
        var here = OwnThread.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                counter.Add(3);
                counter.Decrement();
            }
        });
        while (!here.IsCompleted)
        {
            taken += counter.Reset();
        }

        here.Wait(InChild.Bound).ShouldBeTrue();
        _host.Run(() => counter.Add(5));
        (taken + counter.Reset()).ShouldBe((2L * Each) + 5);
        counter.Value.ShouldBe(0);
    }

    [Fact]
    public void AsyncTwins_DoTheSame()
    {
        using var counter = _host.Space.Counter();
        _host.Run(() =>
        {
            counter.AddAsync(long.MaxValue).AsTask().GetAwaiter().GetResult();
            counter.AddAsync().AsTask().GetAwaiter().GetResult();
            counter.GetValueAsync().AsTask().GetAwaiter().GetResult().ShouldBe(long.MinValue, "it wraps around");
        });
        counter.Value.ShouldBe(long.MinValue);
    }
}

public sealed class CounterInProcess : CounterSpec<InProcessHost>;

public sealed class CounterInChild : CounterSpec<ChildHost>;

public sealed class CounterInManager : CounterSpec<ManagerHost>;
