namespace Multiproc.Tests.Pool;

/// <summary>Shared objects in the closures of a pool's functions, and progress.</summary>
public sealed class ClosureTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Fact]
    public void CapturedValue_IsCountedByAllTasks()
    {
        using var total = Mp.Value(0L);
        _pool.MapWithin(x => total.Add(x), Enumerable.Range(1, 1000));
        total.Value.ShouldBe(500_500);
    }

    [Fact]
    public void CapturedLock_ExcludesTasksFromEachOther()
    {
        using var gate = Mp.Lock();
        using var pair = Mp.RawArray<int>(2);
        int[] wrong = _pool.MapWithin(
            _ =>
            {
                using var held = gate.Hold();
                int seen = pair[0] - pair[1];
                pair[0]++;
                Thread.Yield();
                pair[1]++;
                return seen;
            },
            Enumerable.Range(0, 400), chunkSize: 1);
        wrong.ShouldAllBe(static difference => difference == 0);
        pair.ToArray().ShouldBe([400, 400]);
    }

    [Fact]
    public void CapturedQueue_CarriesMoreThanResults()
    {
        using var queue = Mp.Queue<(int Task, int Pid)>();
        _pool.MapWithin(
            x =>
            {
                queue.Put((x, Environment.ProcessId));
                return x;
            },
            Enumerable.Range(0, 50));
        var all = Enumerable.Range(0, 50).Select(_ => queue.Get(Bounded.Time)).ToList();
        all.Select(static each => each.Task).Order().ShouldBe(Enumerable.Range(0, 50));
        all.Select(static each => each.Pid).ShouldBeSubsetOf(_pool.WorkerPids);
    }

    [Fact]
    public void Progress_EndsWithTheWholeJob()
    {
        var progress = new Reports();
        var failure = Should.Throw<FormatException>(() =>
            _pool.Map(static x => x == 7 ? throw new FormatException() : x, Enumerable.Range(0, 100), 5, progress));
        failure.ShouldNotBeNull();
        TestKit.Await.Until("the last report", () => progress.Last is { Done: 100 });
        var last = progress.Last!.Value;
        last.Failed.ShouldBe(1);
        last.Total.ShouldBe(100);
        last.Rate.ShouldBeGreaterThan(0);
        last.Remaining.ShouldBe(TimeSpan.Zero);
    }

    private sealed class Reports : IProgress<PoolProgress>
    {
        private readonly Lock _gate = new();
        private PoolProgress? _last;

        public PoolProgress? Last
        {
            get
            {
                lock (_gate)
                {
                    return _last;
                }
            }
        }

        public void Report(PoolProgress value)
        {
            lock (_gate)
            {
                _last = value;
            }
        }
    }
}
