namespace Multiproc.Tests.Pool;

/// <summary>One value of all inputs.</summary>
public sealed class AggregateTests(PoolFixture pools) : IClassFixture<PoolFixture>
{
    [Fact]
    public async Task Aggregate_ManyInputs_IsTheValueOfAll()
    {
        var pool = pools.Pool;
        pool.Aggregate(Enumerable.Range(1, 10_000), 0L, static (sum, each) => sum + each, static (left, right) => left + right).ShouldBe(50_005_000);
        pool.Aggregate(Enumerable.Range(0, 50), "", static (text, each) => $"{text},{each}", static (left, right) => left + right, chunkSize: 7)
            .ShouldBe(string.Concat(Enumerable.Range(0, 50).Select(static each => $",{each}")), "in the order of the inputs");
        (await pool.AggregateAsync(Enumerable.Range(0, 100), 0, static (most, each) => Math.Max(most, each), Math.Max)).ShouldBe(99);
        pool.Aggregate(System.Array.Empty<int>(), 7, static (sum, each) => sum + each, static (left, right) => left + right).ShouldBe(7);
    }

    [Fact]
    public void Aggregate_SeedThatIsChanged_BeginsAnewInEachPart()
    {
        var words = pools.Pool.Aggregate(
            Enumerable.Range(0, 1000), new Dictionary<int, int>(), Count,
            static (left, right) =>
            {
                foreach (var (key, count) in right)
                {
                    left[key] = left.GetValueOrDefault(key) + count;
                }

                return left;
            },
            chunkSize: 10);
        words.Count.ShouldBe(10);
        words.Values.ShouldAllBe(static count => count == 100);
    }

    [Fact]
    public void Aggregate_FunctionThatThrows_ThrowsHere()
    {
        Should.Throw<FormatException>(() => pools.Pool.Aggregate(
            ["1", "x"], 0, static (sum, each) => sum + int.Parse(each, System.Globalization.CultureInfo.InvariantCulture),
            static (left, right) => left + right));
        Should.Throw<ArgumentOutOfRangeException>(() => pools.Pool.Aggregate([1], 0, static (sum, each) => sum, static (left, right) => left, chunkSize: 0));
        Should.Throw<ArgumentNullException>(() => pools.Pool.Aggregate([1], 0, static (sum, each) => sum, null!));
    }

    private static Dictionary<int, int> Count(Dictionary<int, int> counts, int number)
    {
        counts[number % 10] = counts.GetValueOrDefault(number % 10) + 1;
        return counts;
    }
}
