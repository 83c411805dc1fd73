using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a cache does, wherever its user is.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class CacheSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Values_SetHere_AreReadThere()
    {
        using var cache = _host.Space.Cache<string, int[]>();
        cache.Set("a", [1, 2]);
        _host.Run(() =>
        {
            cache.TryGet("a", out int[]? value).ShouldBeTrue();
            value.ShouldBe([1, 2]);
            cache.TryGet("b", out _).ShouldBeFalse();
            cache.TryGetAsync("b").AsTask().GetAwaiter().GetResult().Found.ShouldBeFalse();
            cache.SetAsync("b", []).AsTask().GetAwaiter().GetResult();
            cache.Count.ShouldBe(2);
            cache.Remove("a").ShouldBeTrue();
            cache.RemoveAsync("a").AsTask().GetAwaiter().GetResult().ShouldBeFalse();
            Should.Throw<ArgumentNullException>(() => cache.TryGet(null!, out _));
        });
        cache.TryGet("b", out int[]? empty).ShouldBeTrue();
        empty.ShouldBeEmpty();
        cache.Clear();
        cache.Count.ShouldBe(0);
        cache.GetStatistics().ShouldBe(new SharedCacheStatistics(Count: 0, Hits: 2, Misses: 2, Made: 0, Evictions: 0, Expirations: 0));
    }

    [Fact]
    public void GetOrAdd_ByManyAtOnce_RunsOneFactory()
    {
        using var cache = _host.Space.Cache<int, string>();
        using var made = _host.Space.Counter();
        _host.Run(() =>
        {
            var callers = Enumerable.Range(0, 6)
                .Select(i => OwnThread.Run(() => cache.GetOrAdd(1, key => Make(made, key), InChild.Bound).ShouldBe("value 1")))
                .ToList();
            callers.ForEach(static each => each.Wait(InChild.Bound).ShouldBeTrue("a caller has the value"));
        });
        cache.GetOrAdd(1, static _ => throw new InvalidOperationException("it is there")).ShouldBe("value 1");
        cache.GetOrAddAsync(2, static (key, _) => ValueTask.FromResult($"async {key}")).AsTask().GetAwaiter().GetResult().ShouldBe("async 2");
        made.Value.ShouldBe(1);
        cache.GetStatistics().Made.ShouldBe(2);

        static string Make(SharedCounter made, int key)
        {
            made.Increment();
            return $"value {key}";
        }
    }

    [Fact]
    public void GetOrAdd_WhileAnotherMakes_WaitsInItsBound()
    {
        using var cache = _host.Space.Cache<int, int>();
        using var go = _host.Event();
        using var begun = _host.Event();
        var first = OwnThread.Run(() => cache.GetOrAdd(7, _ => Wait(begun, go)).ShouldBe(70));
        begun.Wait(InChild.Bound).ShouldBeTrue("the factory runs");
        _host.Run(() =>
        {
            Should.Throw<MultiprocTimeoutException>(() => cache.GetOrAdd(7, static _ => 0, TimeSpan.Zero));
            Should.Throw<MultiprocTimeoutException>(() => cache.GetOrAdd(7, static _ => 0, s_short)).Message.ShouldContain("wait longer");
            using var stop = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => cache.GetOrAdd(7, static _ => 0, null, stop.Token));
            go.Set();
            cache.GetOrAdd(7, static _ => 0, InChild.Bound).ShouldBe(70);
        });
        Ends(first);
    }

    [Fact]
    public void GetOrAdd_FactoryThrows_ItsCallerIsToldAndTheNextMakesIt()
    {
        using var cache = _host.Space.Cache<string, int>();
        _host.Run(() =>
        {
            Should.Throw<FormatException>(() => cache.GetOrAdd("a", static key => int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)));
            cache.GetOrAdd("a", static _ => 5, TimeSpan.Zero).ShouldBe(5);
            Should.Throw<FormatException>(() =>
                cache.GetOrAddAsync("b", static (_, _) => throw new FormatException()).AsTask().GetAwaiter().GetResult());
            cache.GetOrAdd("b", static _ => 6, TimeSpan.Zero).ShouldBe(6);
        });
    }

    [Fact]
    public void Remove_WhileAFactoryRuns_KeepsNothingOutOfDate()
    {
        using var cache = _host.Space.Cache<int, int>();
        using var go = _host.Event();
        using var begun = _host.Event();
        var first = OwnThread.Run(() => cache.GetOrAdd(7, _ => Wait(begun, go)).ShouldBe(70, "its caller gets it"));
        begun.Wait(InChild.Bound).ShouldBeTrue("the factory runs");
        _host.Run(() => cache.Remove(7).ShouldBeFalse());
        go.Set();
        Ends(first);
        cache.TryGet(7, out _).ShouldBeFalse("it was made before the removal");
    }

    [Fact]
    public void Entries_BeyondSizeAndTime_Go()
    {
        using var few = _host.Space.Cache<int, int>(new SharedCacheOptions { MaxCount = 2 });
        using var brief = _host.Space.Cache<int, int>(new SharedCacheOptions { AbsoluteExpiration = TimeSpan.FromMilliseconds(20) });
        using var unused = _host.Space.Cache<int, int>(new SharedCacheOptions { SlidingExpiration = TimeSpan.FromMilliseconds(20) });
        _host.Run(() =>
        {
            few.Set(1, 1);
            few.Set(2, 2);
            few.TryGet(1, out _).ShouldBeTrue();
            few.Set(3, 3);
            few.TryGet(2, out _).ShouldBeFalse("it was used least");
            few.TryGet(1, out _).ShouldBeTrue();
            few.GetStatistics().Evictions.ShouldBe(1);
            brief.Set(1, 1);
            unused.Set(1, 1);
            Await.Until("the entry expires", () => !brief.TryGet(1, out _));
            Await.Until("the entry expires", () => unused.Count == 0);
            (brief.GetStatistics().Expirations + unused.GetStatistics().Expirations).ShouldBe(2);
        });
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.Cache<int, int>(new SharedCacheOptions { MaxCount = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.Cache<int, int>(new SharedCacheOptions { MaxBytes = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.Cache<int, int>(new SharedCacheOptions { SlidingExpiration = TimeSpan.Zero }));
    }

    private static int Wait(SharedEvent begun, SharedEvent go)
    {
        begun.Set();
        go.Wait(InChild.Bound).ShouldBeTrue("it may go on");
        return 70;
    }

    // A method of its own: a lambda would have the task in the closure that is sent to the child.
    private static void Ends(Task task) => task.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
}

public sealed class CacheInProcess : CacheSpec<InProcessHost>;

public sealed class CacheInChild : CacheSpec<ChildHost>;

public sealed class CacheInManager : CacheSpec<ManagerHost>;
