namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class AsyncResultTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public void Ready_BeforeAndAfter()
    {
        // AR-01, AR-02, PL-13
        using var gate = Mp.Event();
        var result = WaitFor(_pool, gate);
        result.Ready.ShouldBeFalse();
        result.ToString().ShouldContain("not ready");
        result.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        result.Wait(TimeSpan.Zero).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => result.Successful).Message.ShouldContain("not ready");
        Should.Throw<MultiprocTimeoutException>(() => result.Get(TimeSpan.FromMilliseconds(20)));
        gate.Set();
        result.Wait(Bounded.Time).ShouldBeTrue();
        result.Ready.ShouldBeTrue();
        result.Successful.ShouldBeTrue();
        result.ToString().ShouldContain("successful");
    }

    [Fact]
    public async Task Get_OfAFailure_ThrowsItEachTime()
    {
        // AR-03, PL-06
        var result = _pool.ApplyAsync(static int () => throw new FormatException("this one"));
        result.Wait(Bounded.Time).ShouldBeTrue();
        result.Successful.ShouldBeFalse();
        Should.Throw<FormatException>(() => result.Get()).Message.ShouldBe("this one");
        Should.Throw<FormatException>(() => result.Get(TimeSpan.Zero)).StackTrace!.ShouldContain(nameof(Get_OfAFailure_ThrowsItEachTime));
        (await Should.ThrowAsync<FormatException>(async () => await result)).Message.ShouldBe("this one");
        (await Should.ThrowAsync<FormatException>(result)).Message.ShouldBe("this one");
    }

    [Fact]
    public async Task Get_ByManyThreadsAtOnce_GivesAllTheSame()
    {
        using var gate = Mp.Event();
        var result = WaitFor(_pool, gate);
        var waiting = Enumerable.Range(0, 4).Select(_ => Task.Run(() => result.Get(Bounded.Time))).Append(result.AsTask()).ToList();
        gate.Set();
        (await Task.WhenAll(waiting).WaitAsync(Bounded.Time)).ShouldAllBe(static value => value == 42);
    }

    [Fact]
    public void Wait_Cancelled_Throws()
    {
        using var gate = Mp.Event();
        var result = WaitFor(_pool, gate);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        Should.Throw<OperationCanceledException>(() => result.Get(null, cancellation.Token));
        gate.Set();
        result.Get(Bounded.Time).ShouldBe(42);
    }

    [Fact]
    public void EmptyMap_IsReadyAtOnceWithoutACallback()
    {
        // AR-04, PL-10
        bool called = false;
        var result = _pool.MapAsync(static (int x) => x, [], callback: _ => called = true);
        result.Ready.ShouldBeTrue();
        result.Get().ShouldBeEmpty();
        called.ShouldBeFalse();
    }

    [Fact]
    public void Callbacks_OneOfTheTwo_BeforeTheResultIsThere()
    {
        // PL-05, PL-06, PL-07
        using var slow = new ManualResetEventSlim();
        var said = new List<string>();
        var good = _pool.MapAsync(
            static x => x + 1, [1, 2],
            callback: all =>
            {
                slow.Wait(Bounded.Time);
                said.Add($"results {string.Join(' ', all)}");
            },
            errorCallback: failure => said.Add($"no: {failure}"));
        var bad = _pool.MapAsync(
            static int (int x) =>
                throw new FormatException($"{x}"), [7], callback: _ => said.Add("no"),
                errorCallback: failure => said.Add($"{failure.GetType().Name} {failure.Message}"));
        good.Wait(TimeSpan.FromMilliseconds(50)).ShouldBeFalse("the callback comes first");
        slow.Set();
        good.Get(Bounded.Time).ShouldBe([2, 3]);
        bad.Wait(Bounded.Time).ShouldBeTrue();
        said.ShouldBe(["results 2 3", "FormatException 7"], ignoreOrder: true);
    }

    [Fact]
    public void Callbacks_RunOnOneThread()
    {
        var threads = new List<int>();
        var all = Enumerable.Range(0, 50).Select(x =>
            _pool.ApplyAsync(static y => y, x, callback: _ => threads.Add(Environment.CurrentManagedThreadId))).ToList();
        all.ForEach(static each => each.Wait(Bounded.Time).ShouldBeTrue());
        threads.Count.ShouldBe(50);
        threads.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Callbacks_RunInTheOrderInWhichTheResultsCame()
    {
        // PL-07
        using var pool = Mp.Pool(1);
        var seen = new List<int>();
        var all = Enumerable.Range(0, 50).Select(x => pool.ApplyAsync(static y => y, x, callback: seen.Add)).ToList();
        all.ForEach(static each => each.Wait(Bounded.Time).ShouldBeTrue());
        seen.ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public void Callback_ThatThrows_HarmsNobody()
    {
        // AR-05, better than Python
        _pool.ApplyAsync(static () => 1, callback: static _ => throw new FormatException("this callback belongs to a test")).Get(Bounded.Time).ShouldBe(1);
        int seen = 0;
        _pool.ApplyAsync(static () => 2, callback: value => seen = value).Get(Bounded.Time).ShouldBe(2);
        seen.ShouldBe(2);
    }

    private static AsyncResult<int> WaitFor(ProcessPool pool, SharedEvent gate) => pool.ApplyAsync(() => gate.Wait(Bounded.Time) ? 42 : 0);
}
