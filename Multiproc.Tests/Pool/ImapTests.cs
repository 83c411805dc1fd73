using System.Runtime.CompilerServices;

namespace Multiproc.Tests.Pool;

/// <summary>The ordered Imap, and asynchronous inputs of both. Numbers in comments are those of the conformance list.</summary>
public sealed class ImapTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Theory]
    [InlineData(10, 1)]
    [InlineData(3000, 1)]
    [InlineData(3000, 100)]
    public void Imap_AnyChunkSize_GivesResultsInOrder(int count, int chunkSize)
    {
        // IT-01
        var results = Bounded.Run("all results", () => fixture.Pool.Imap(static x => x * x, Enumerable.Range(0, count), chunkSize).ToList());
        results.ShouldBe(Enumerable.Range(0, count).Select(static x => x * x));
    }

    [Fact]
    public void Imap_SlowFirstTask_HoldsBackTheOthers()
    {
        using var gate = Mp.Event();
        using var results = WaitAtZero(_pool, gate);
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.FromMilliseconds(50))); // IT-06
        gate.Set();
        Enumerable.Range(0, 20).Select(_ => results.Next(Bounded.Time)).ShouldBe(Enumerable.Range(0, 20));
        Should.Throw<InvalidOperationException>(() => results.Next(Bounded.Time));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Imap_TaskThatThrows_IsThrownInItsPlaceAndOthersGoOn(int chunkSize)
    {
        // IT-05, IT-07
        using var results = _pool.Imap(static x => x % 4 == 1 ? throw new FormatException($"{x}") : x, Enumerable.Range(0, 10), chunkSize);
        for (int i = 0; i < 10; i++)
        {
            if (i % 4 == 1)
            {
                Should.Throw<FormatException>(() => results.Next(Bounded.Time)).Message.ShouldBe($"{i}");
            }
            else
            {
                results.Next(Bounded.Time).ShouldBe(i);
            }
        }

        results.MoveNext().ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(7, 1)]
    [InlineData(7, 4)]
    public void Imap_InputThatThrows_ComesAfterAllResultsBeforeIt(int place, int chunkSize)
    {
        // IT-03; of a chunk nothing is lost
        using var results = _pool.Imap(static x => x, ThrowAt(place), chunkSize);
        Enumerable.Range(0, place).Select(_ => results.Next(Bounded.Time)).ShouldBe(Enumerable.Range(0, place));
        Should.Throw<FormatException>(() => results.Next(Bounded.Time));
        results.MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Imap_WorkerDies_GivesTheErrorInItsPlace()
    {
        using var results = _pool.Imap(static x => x == 3 ? Exit() : x, Enumerable.Range(0, 6));
        Enumerable.Range(0, 3).Select(_ => results.Next(Bounded.Time)).ShouldBe([0, 1, 2]);
        Should.Throw<WorkerDiedException>(() => results.Next(Bounded.Time)).Argument.ShouldBe("3");
        Enumerable.Range(0, 2).Select(_ => results.Next(Bounded.Time)).ShouldBe([4, 5]);
    }

    [Fact]
    public void Imap_OfAnImap_IsAPipeline()
    {
        var results = Bounded.Run("both", () => fixture.Pool.Imap(static x => x + 1, fixture.Pool.Imap(static x => x * 2, Enumerable.Range(0, 50))).ToList());
        results.ShouldBe(Enumerable.Range(0, 50).Select(static x => (x * 2) + 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AsyncInput_Endless_IsReadAsResultsAreTaken(bool ordered)
    {
        // PL-40, with a bound that Python lacks
        const int maxInFlight = 8;
        using var pool = Mp.Pool(1, new PoolOptions { MaxInFlight = maxInFlight });
        var numbers = new AsyncNumbers();
        int ahead = 0;
        int taken = 0;
        await foreach (int result in ordered ? pool.Imap(static x => x, numbers.All()) : pool.ImapUnordered(static x => x, numbers.All()))
        {
            result.ShouldBe(++taken);
            ahead = Math.Max(ahead, numbers.Given - taken);
            if (taken == 100)
            {
                break;
            }
        }

        ahead.ShouldBeInRange(1, maxInFlight);
        await numbers.Ended.Task.WaitAsync(Bounded.Time);
        numbers.Given.ShouldBeLessThanOrEqualTo(100 + maxInFlight);
        pool.MapWithin(static x => -x, [1]).ShouldBe([-1]);
    }

    [Fact]
    public void AsyncInput_ThatThrows_ComesAfterTheResultsBeforeIt()
    {
        using var results = _pool.Imap(static x => x, ThrowAtAsync(5));
        Enumerable.Range(0, 5).Select(_ => results.Next(Bounded.Time)).ShouldBe(Enumerable.Range(0, 5));
        Should.Throw<FormatException>(() => results.Next(Bounded.Time));
        results.MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Cancellation_EndsTheEnumeration()
    {
        using var began = Mp.Semaphore(0);
        using var pool = Mp.Pool(1, new PoolOptions { StopGrace = TimeSpan.FromMilliseconds(50) });
        using var cancellation = new CancellationTokenSource();
        using var results = Block(pool, began, cancellation.Token);
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
        began.Acquire(Bounded.Time).ShouldBeTrue();
        cancellation.Cancel();
        Should.Throw<OperationCanceledException>(() => results.Next(Bounded.Time));
        Should.Throw<OperationCanceledException>(() => results.MoveNext(), "a cancelled enumeration is never taken for a complete one");
        pool.MapWithin(static x => x + 1, [1]).ShouldBe([2], "the worker that was at work is replaced");
    }

    private static PoolResults<int> WaitAtZero(ProcessPool pool, SharedEvent gate) =>
        pool.Imap(x => x > 0 || gate.Wait(Bounded.Time) ? x : -1, Enumerable.Range(0, 20));

    private static PoolResults<int> Block(ProcessPool pool, SharedSemaphore began, CancellationToken cancellation) => pool.Imap(
        x =>
        {
            began.Release();
            Thread.CurrentThread.Join();
            return x;
        },
        [1, 2, 3], cancellation: cancellation);

    private static int Exit()
    {
        Environment.Exit(3);
        return 0;
    }

    private static IEnumerable<int> ThrowAt(int place)
    {
        for (int i = 0; i < place; i++)
        {
            yield return i;
        }

        throw new FormatException("this input belongs to a test");
    }

    private static async IAsyncEnumerable<int> ThrowAtAsync(int place)
    {
        foreach (int i in ThrowAt(place))
        {
            await Task.Yield();
            yield return i;
        }
    }

    private sealed class AsyncNumbers
    {
        private int _given;

        public int Given => Volatile.Read(ref _given);

        public TaskCompletionSource Ended { get; } = new();

        public async IAsyncEnumerable<int> All([EnumeratorCancellation] CancellationToken cancellation = default)
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    cancellation.ThrowIfCancellationRequested();
                    yield return Interlocked.Increment(ref _given);
                }
            }
            finally
            {
                Ended.SetResult();
            }
        }
    }
}
