namespace Multiproc.Tests.Pool;

/// <summary>Real processes. Numbers in comments are those of the conformance list.</summary>
public sealed class MapTests(PoolFixture fixture) : IClassFixture<PoolFixture>
{
    private readonly ProcessPool _pool = fixture.Pool;

    [Theory]
    [InlineData(10, null)]
    [InlineData(1, null)]
    [InlineData(100, 1)]
    [InlineData(100, 20)]
    [InlineData(100, 33)]
    [InlineData(100, 1000)]
    [InlineData(5000, null)]
    public void Map_AnyChunkSize_GivesResultsInOrderOfInputs(int count, int? chunkSize)
    {
        // PL-02
        int[] results = _pool.MapWithin(static x => x * x, Enumerable.Range(0, count), chunkSize);
        results.ShouldBe(Enumerable.Range(0, count).Select(static x => x * x));
    }

    [Theory]
    [InlineData(1, 4, 1)]
    [InlineData(16, 4, 1)]
    [InlineData(17, 4, 2)]
    [InlineData(1000, 3, 84)]
    public void Chunks_Automatic_AreFourForEachWorker(int tasks, int workers, int expected) =>
        Multiproc.Pool.Chunks.Automatic(tasks, workers).ShouldBe(expected); // PL-38

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Map_ChunkSizeBelowOne_IsRefused(int chunkSize) =>
        Should.Throw<ArgumentOutOfRangeException>(() => _pool.Map(static x => x, [1], chunkSize));

    [Fact]
    public async Task EmptyInput_OfEveryForm_GivesNothingAtOnce()
    {
        // PL-09, PL-10
        _pool.MapWithin(static (int x) => x, []).ShouldBeEmpty();
        _pool.MapWithin(static (int x) => x, [], chunkSize: 5).ShouldBeEmpty();
        (await _pool.MapAsync(static (int x) => x, [])).ShouldBeEmpty();
        Bounded.Run("Imap of nothing", () => _pool.ImapUnordered(static (int x) => x, []).ToList()).ShouldBeEmpty();
    }

    [Fact]
    public async Task MapAsync_SeveralAtOnce_GiveWhatMapGives()
    {
        // PL-04, PL-43
        var all = Enumerable.Range(1, 5).Select(factor => _pool.MapAsync(x => x * factor, Enumerable.Range(0, 50))).ToList();
        int[][] results = await Task.WhenAll(all.Select(static each => each.AsTask())).WaitAsync(Bounded.Time, TestContext.Current.CancellationToken);
        for (int i = 0; i < results.Length; i++)
        {
            results[i].ShouldBe(Enumerable.Range(0, 50).Select(x => x * (i + 1)));
        }
    }

    [Fact]
    public void Map_ClosureAndComplexValues_TravelBothWays()
    {
        var suffix = new Suffix("!", 2);
        var results = _pool.MapWithin(word => (Word: suffix.On(word), word.Length), ["a", "bc"]);
        results.ShouldBe([("a!!", 1), ("bc!!", 2)]);
    }

    [Fact]
    public void Map_LargeInputsAndResults_ArriveWhole()
    {
        // Larger than what lies between two processes at a time.
        byte[][] inputs = [.. Enumerable.Range(0, 8).Select(static i => Enumerable.Repeat((byte)i, 1_500_000).ToArray())];
        byte[][] results = _pool.MapWithin(static bytes => Array.ConvertAll(bytes, static b => (byte)(b + 1)), inputs, 1);
        for (int i = 0; i < inputs.Length; i++)
        {
            results[i].Length.ShouldBe(1_500_000);
            results[i].ShouldAllBe(b => b == i + 1);
        }
    }

    [Fact]
    public void Map_LargeInputs_CostTheWorkerNoMoreMemoryThanThemselves()
    {
        const int size = 1 << 20;
        byte[] block = new byte[size];
        using var pool = Mp.Pool(1);
        long[] allocated = pool.MapWithin(static _ => GC.GetTotalAllocatedBytes(precise: true), Enumerable.Repeat(block, 30), chunkSize: 1);
        // The median: a collection may give pooled buffers back, and the task after it rents them anew.
        long[] costs = [.. allocated.Skip(11).Zip(allocated.Skip(10), static (after, before) => after - before).Order()];
        costs[costs.Length / 2].ShouldBeInRange(size, size + (size / 4));
    }

    [Fact]
    public void Map_InputThatThrows_ThrowsItAndPoolLivesOn()
    {
        // PL-11, PL-21
        _pool.MapFailure(static x => x, ThrowAt(0)).ShouldBeOfType<FormatException>();
        var failure = _pool.MapFailure(static x => x, ThrowAt(3)).ShouldBeOfType<FormatException>();
        failure.InnerException.ShouldBeNull();
        _pool.MapFailure(static x => x, new ListThatThrows()).ShouldBeOfType<FormatException>();
        _pool.MapWithin(static x => x, [1, 2]).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task MapAsync_InputListChangedMeanwhile_WorksOnWhatItWas()
    {
        using var gate = Mp.Event();
        var inputs = Enumerable.Range(0, 200).ToList();
        var running = _pool.MapAsync(x => gate.Wait(Bounded.Time) ? x : -1, inputs, chunkSize: 1);
        inputs.Clear();
        gate.Set();
        (await running.WaitAsync(Bounded.Time, TestContext.Current.CancellationToken)).ShouldBe(Enumerable.Range(0, 200));
    }

    [Fact]
    public async Task Cancellation_OfAMap_DropsTasksThatHaveNotBegun()
    {
        using var began = Mp.Semaphore(0);
        using var gate = Mp.Event();
        using var ran = Mp.Value(0);
        using var cancellation = new CancellationTokenSource();
        var running = _pool.MapAsync(
            x =>
            {
                ran.Increment();
                began.Release();
                return gate.Wait(Bounded.Time) ? x : -1;
            },
            Enumerable.Range(0, 1000), chunkSize: 1, cancellation: cancellation.Token);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        gate.Set();
        _pool.MapWithin(static x => x, [1, 2, 3]).ShouldBe([1, 2, 3]);
        ran.Value.ShouldBeLessThan(100);
    }

    private static IEnumerable<int> ThrowAt(int place)
    {
        for (int i = 0; i < place; i++)
        {
            yield return i;
        }

        throw new FormatException("this input belongs to a test");
    }

    private sealed record Suffix(string Text, int Times)
    {
        public string On(string word) => word + string.Concat(Enumerable.Repeat(Text, Times));
    }

    private sealed class ListThatThrows : IReadOnlyList<int>
    {
        public int Count => 3;

        public int this[int index] => throw new FormatException("this list belongs to a test");

        public IEnumerator<int> GetEnumerator() => ThrowAt(1).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
