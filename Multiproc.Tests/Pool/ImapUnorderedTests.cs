using System.Collections.Concurrent;
using Multiproc.TestKit;

namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class ImapUnorderedTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void ImapUnordered_AnyChunkSize_GivesEachResultOnce(int chunkSize)
    {
        // IT-02
        var results = Bounded.Run("all results", () => _pool.ImapUnordered(static x => x * x, Enumerable.Range(0, 3000), chunkSize).ToList());
        results.Order().ShouldBe(Enumerable.Range(0, 3000).Select(static x => x * x));
    }

    [Fact]
    public void ImapUnordered_SlowTask_DoesNotHoldUpOthers()
    {
        using var gate = Mp.Event();
        using var results = _pool.ImapUnordered(x => x > 0 || gate.Wait(Bounded.Time) ? x : -1, Enumerable.Range(0, 4));
        var first = Bounded.Run("three results", () => new[] { results.Next(Bounded.Time), results.Next(Bounded.Time), results.Next(Bounded.Time) });
        first.Order().ShouldBe([1, 2, 3]);
        gate.Set();
        results.Next(Bounded.Time).ShouldBe(0);
        results.MoveNext().ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => results.Next(Bounded.Time));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Imaps_SlowTaskAmongQuickOnes_HoldsBackNoResultOfOthers(bool ordered)
    {
        // Workers that were quick have dozens of tasks in hand when one of them meets the slow one.
        const int slow = 600;
        using var gate = Mp.Event();
        Func<int, int> function = x => x != slow || gate.Wait(Bounded.Time) ? x : -1;
        using var results = ordered ? _pool.Imap(function, Enumerable.Range(0, 1000)) : _pool.ImapUnordered(function, Enumerable.Range(0, 1000));
        int others = ordered ? slow : 999;
        var first = Bounded.Run($"the results of {others} others", () => Enumerable.Range(0, others).Select(_ => results.Next(Bounded.Time)).ToList());
        first.Order().ShouldBe(Enumerable.Range(0, 1000).Where(static x => x != slow).Take(others));
        gate.Set();
        results.Next(Bounded.Time).ShouldBe(slow);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void ImapUnordered_ChunkSizeBelowOne_IsRefused(int chunkSize) =>
        Should.Throw<ArgumentOutOfRangeException>(() => _pool.ImapUnordered(static x => x, [1], chunkSize)); // PL-39

    [Fact]
    public void ImapUnordered_EndlessInput_IsReadAsResultsAreTaken()
    {
        // PL-40, with a bound that Python lacks
        const int maxInFlight = 8;
        using var pool = Mp.Pool(1, new PoolOptions { MaxInFlight = maxInFlight });
        var numbers = new Numbers();
        int ahead = 0;
        using (var results = pool.ImapUnordered(static x => x, numbers.All()))
        {
            numbers.Given.ShouldBe(0);
            for (int taken = 0; taken < 50; taken++)
            {
                results.Next(Bounded.Time);
                ahead = Math.Max(ahead, numbers.Given - (taken + 1));
            }
        }

        ahead.ShouldBeLessThanOrEqualTo(maxInFlight);
        Await.Until("the input is closed", () => numbers.IsDisposed);
        int given = numbers.Given;
        pool.MapWithin(static x => -x, [1, 2]).ShouldBe([-1, -2]);
        numbers.Given.ShouldBe(given);
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
    }

    [Fact]
    public void ImapUnordered_SlowInput_GivesResultsBeforeTheInputEnds()
    {
        var numbers = new Numbers();
        using var results = _pool.ImapUnordered(static x => x, numbers.Slow());
        Bounded.Run("the first result", () => results.Next(Bounded.Time)).ShouldBeGreaterThan(0);
        numbers.Given.ShouldBeLessThan(200);
    }

    [Fact]
    public void InputThatWaitsForItsResults_GoesOn()
    {
        // The caller finds more to do in each result: its input waits for the caller, who must not wait for the input.
        using var found = new BlockingCollection<int> { 1 };
        var seen = new List<int>();
        Bounded.Run("an Imap that feeds itself", () =>
        {
            foreach (int result in _pool.ImapUnordered(static x => x, found.GetConsumingEnumerable()))
            {
                seen.Add(result);
                if (result < 20)
                {
                    found.Add(result + 1);
                }
                else
                {
                    found.CompleteAdding();
                }
            }
        });
        seen.ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public void PoolThatIsTerminated_ClosesTheInputOfAnImapThatNobodyCloses()
    {
        var numbers = new Numbers();
        using var pool = Mp.Pool(1);
        var results = pool.ImapUnordered(static x => x, numbers.All());
        results.Next(Bounded.Time).ShouldBe(1);
        pool.Terminate();
        Await.Until("the input is closed", () => numbers.IsDisposed);
    }

    [Fact]
    public void Foreach_LeftEarly_DropsTheRest()
    {
        var numbers = new Numbers();
        foreach (int result in _pool.ImapUnordered(static x => x, numbers.All()))
        {
            if (result >= 0)
            {
                break;
            }
        }

        Await.Until("the input is closed", () => numbers.IsDisposed);
    }

    [Fact]
    public async Task AwaitForeach_GivesEachResultOnce()
    {
        var results = new List<int>();
        await foreach (int result in _pool.ImapUnordered(static x => x + 1, Enumerable.Range(0, 100)))
        {
            results.Add(result);
        }

        results.Order().ShouldBe(Enumerable.Range(1, 100));
    }

    [Fact]
    public void Next_NothingInTime_ThrowsAndMayBeAskedAgain()
    {
        // IT-06, PL-13
        using var gate = Mp.Event();
        using var results = _pool.ImapUnordered(x => gate.Wait(Bounded.Time) ? x : -1, [7]);
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.FromMilliseconds(30)));
        Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        Should.Throw<OperationCanceledException>(() => results.Next(null, cancelled.Token));
        gate.Set();
        results.Next(Bounded.Time).ShouldBe(7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TaskThatThrows_IsThrownByItsStep_AndEnumerationGoesOn(int chunkSize)
    {
        // IT-05
        using var results = _pool.ImapUnordered(static x => x % 4 == 0 ? throw new FormatException($"{x}") : x, Enumerable.Range(1, 10), chunkSize);
        var values = new List<int>();
        var failures = new List<string>();
        for (int i = 0; i < 10; i++)
        {
            try
            {
                values.Add(results.Next(Bounded.Time));
            }
            catch (FormatException failure)
            {
                failures.Add(failure.Message);
            }
        }

        results.MoveNext().ShouldBeFalse();
        values.Order().ShouldBe([1, 2, 3, 5, 6, 7, 9, 10]);
        failures.Order().ShouldBe(["4", "8"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void InputThatThrows_ComesAfterTheResultsBeforeIt(int place)
    {
        // IT-04
        using var results = _pool.ImapUnordered(static x => x, ThrowAt(place));
        var values = Enumerable.Range(0, place).Select(_ => results.Next(Bounded.Time)).ToList();
        values.Order().ShouldBe(Enumerable.Range(0, place));
        Should.Throw<FormatException>(() => results.Next(Bounded.Time)).InnerException.ShouldBeNull();
        results.MoveNext().ShouldBeFalse();
        _pool.MapWithin(static x => x, [1]).ShouldBe([1]);
    }

    private static IEnumerable<int> ThrowAt(int place)
    {
        for (int i = 0; i < place; i++)
        {
            yield return i;
        }

        throw new FormatException("this input belongs to a test");
    }

    private sealed class Numbers
    {
        private volatile int _given;
        private volatile bool _disposed;

        public int Given => _given;

        public bool IsDisposed => _disposed;

        public IEnumerable<int> All()
        {
            try
            {
                while (true)
                {
                    yield return ++_given;
                }
            }
            finally
            {
                _disposed = true;
            }
        }

        public IEnumerable<int> Slow()
        {
            // Slower than the pool takes inputs in one go: it must stop to hand out what it has.
            using var never = new ManualResetEventSlim();
            while (true)
            {
                never.Wait(TimeSpan.FromMilliseconds(10));
                yield return ++_given;
            }
        }
    }
}
