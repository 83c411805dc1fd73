using System.Diagnostics;
using Multiproc.Pool;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Pool;

/// <summary>Sums that are added up in the workers.</summary>
public sealed class AggregateTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Aggregate_Numbers_GivesTheirSum(bool isCounted)
    {
        var inputs = isCounted ? Enumerable.Range(1, 10_000).ToArray() : Enumerable.Range(1, 10_000).Where(static _ => true);
        _pool.Aggregate(inputs, 0L, static (sum, n) => sum + n, static (one, other) => one + other).ShouldBe(50_005_000);
    }

    [Fact]
    public async Task AggregateAsync_Numbers_GivesTheirSum() =>
        (await _pool.AggregateAsync(
            Enumerable.Range(1, 10_000).ToList(), 0L, static (sum, n) => sum + n, static (one, other) => one + other,
            cancellation: TestContext.Current.CancellationToken)).ShouldBe(50_005_000);

    [Fact]
    public void Aggregate_WhereTheOrderMatters_KeepsThatOfTheInputs() =>
        _pool.Aggregate(Enumerable.Range(0, 100).ToArray(), "", static (text, n) => $"{text}{n} ", static (one, other) => one + other)
            .ShouldBe(string.Concat(Enumerable.Range(0, 100).Select(static n => $"{n} ")));

    [Fact]
    public void Aggregate_SeedThatIsChanged_IsOneForEachSlice()
    {
        var seed = new List<int>();
        var all = _pool.Aggregate(Enumerable.Range(0, 500).ToArray(), seed, static (list, n) => [.. list, n], static (one, other) =>
        {
            one.AddRange(other);
            return one;
        });
        all.ShouldBe(Enumerable.Range(0, 500));
        seed.ShouldBeEmpty();
        _pool.Aggregate(Enumerable.Range(0, 500).ToArray(), seed, Added, static (one, other) => [.. one, .. other]).ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public void Aggregate_NoInputs_GivesTheSeed() =>
        _pool.Aggregate(Array.Empty<int>(), "seed", static (text, n) => $"{text}{n}", static (one, other) => one + other).ShouldBe("seed");

    [Fact]
    public void Aggregate_InputThatThrows_IsThatExceptionAndThePoolGoesOn()
    {
        Should.Throw<FormatException>(() => _pool.Aggregate(
            Enumerable.Range(0, 100).ToArray(), 0, static (sum, n) => n == 7 ? throw new FormatException("seven") : sum + n, static (one, other) => one + other))
            .Message.ShouldBe("seven");
        _pool.Apply(static () => 1).ShouldBe(1);
    }

    [Fact]
    public void Aggregate_Progress_CountsInputs()
    {
        var told = new List<PoolProgress>();
        _pool.Aggregate(
            Enumerable.Range(0, 300).ToArray(), 0, static (sum, n) => sum + n, static (one, other) => one + other, new Handler(told.Add));
        told.Select(static each => each.Done).ShouldBe(told.Select(static each => each.Done).Order());
        told[^1].Done.ShouldBe(300);
        told.ShouldAllBe(static each => each.Total == 300);
    }

    [Fact]
    public void Aggregate_WorkerKilled_AddsEachInputOnceIfIdempotentAndElseNamesTheInputs()
    {
        using var killed = Mp.Event();
        int[] inputs = [.. Enumerable.Range(1, 400)];
        _pool.Aggregate(inputs, 0, OnceKilled(killed), static (one, other) => one + other, options: new TaskOptions { Idempotent = true })
            .ShouldBe(inputs.Sum());
        killed.IsSet.ShouldBeTrue();
        killed.Clear();
        Should.Throw<WorkerDiedException>(() =>
            _pool.Aggregate(inputs, 0, OnceKilled(killed), static (one, other) => one + other)).Argument.ShouldMatch(@"^inputs \d+ to \d+$");
    }

    [Fact]
    public void Aggregate_Cancelled_Ends()
    {
        using var begun = Mp.Event();
        using var cancel = new CancellationTokenSource();
        var stuck = Stuck(begun);
        var sum = OwnThread.Run(() => _pool.Aggregate([1, 2, 3], 0, stuck, static (one, other) => one + other, cancellation: cancel.Token));
        begun.Wait(InChild.Bound).ShouldBeTrue();
        cancel.Cancel();
        Should.Throw<OperationCanceledException>(() => sum.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        _pool.Apply(static () => 1).ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(2, 200)]
    [InlineData(8, 1000)]
    public void Slices_OfCountedInputs_AreLargeFirstAndSingleAtTheEnd(int workers, int count)
    {
        var slices = InputSlices.Cut(Enumerable.Range(0, count).ToArray(), workers).ToList();
        slices.SelectMany(static each => each.Inputs).ShouldBe(Enumerable.Range(0, count));
        slices.Select(static each => each.First).ShouldBe(slices.Select(static each => (long)each.Inputs[0]));
        slices.Select(static each => each.Inputs.Length).ShouldBe(slices.Select(static each => each.Inputs.Length).OrderDescending());
        slices[^1].Inputs.Length.ShouldBe(1);
        slices.Count.ShouldBeLessThan(20 + (8 * workers * int.Max(1, (int)Math.Log2(count))));
    }

    [Fact]
    public void Slices_OfUncountedInputs_GrowAndAreReadAsTheyAreTaken()
    {
        int read = 0;
        var slices = InputSlices.Cut(Endless(() => read++), 2).Take(4).ToList();
        slices.Select(static each => each.Inputs.Length).ShouldBe([1, 2, 4, 8]);
        read.ShouldBe(15);
    }

    private static IEnumerable<int> Endless(Action reads)
    {
        while (true)
        {
            reads();
            yield return 1;
        }
    }

    private static List<int> Added(List<int> list, int n)
    {
        list.Add(n);
        return list;
    }

    /// <summary>Adds, but the process dies at one of the inputs when that comes for the first time.</summary>
    private static Func<int, int, int> OnceKilled(SharedEvent killed) => (sum, n) =>
    {
        if (n == 200 && !killed.IsSet)
        {
            killed.Set();
            Process.GetCurrentProcess().Kill();
        }

        return sum + n;
    };

    private static Func<int, int, int> Stuck(SharedEvent begun) => (sum, n) =>
    {
        begun.Set();
        Thread.CurrentThread.Join();
        return sum + n;
    };

    private sealed class Handler(Action<PoolProgress> tell) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => tell(value);
    }
}
