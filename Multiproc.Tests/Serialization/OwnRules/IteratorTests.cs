using System.Collections;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>What would run in the receiver instead of being sent there.</summary>
public sealed class IteratorTests
{
    private const string Me = "Multiproc.Tests.Serialization.OwnRules.IteratorTests";

    private sealed class Tree : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator()
        {
            yield return 1;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private static IEnumerable<int> Numbers(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i;
        }
    }

    private static async IAsyncEnumerable<T> Later<T>(T item)
    {
        await Task.Yield();
        yield return item;
    }

    private static IEnumerable<int> Collected() => [1, 2, 3];

    [Fact]
    public void Iterator_OfAMethod_IsRefusedByItsName()
    {
        Wire.RefusalOf(Numbers(3)).ShouldEndWith(
            $"it is the iterator {Me}.Numbers, whose code would run in the receiver: send its items, with ToArray() or ToList()");
        Wire.RefusalOf(Numbers(3).GetEnumerator()).ShouldContain($"is the iterator {Me}.Numbers");
        Wire.RefusalOf(new Tree().GetEnumerator()).ShouldContain("is the iterator");
        Wire.RefusalOf(Later("x")).ShouldEndWith(
            $"it is the async iterator {Me}.Later, whose code would run in the receiver: send its items, with ToArrayAsync() or ToListAsync()");
        var numbers = Numbers(2);
        Wire.RefusalOf<Func<int>>(() => numbers.Sum()).ShouldContain("closure: field 'numbers' is the iterator");
    }

    public static TheoryData<object> Queries
    {
        get
        {
            int[] items = [3, 1, 2];
            return new((object[])
            [
                items.Select(static x => x + 1), items.Where(static x => x > 1), new List<int>(items).Select(static x => x + 1),
                items.Where(static x => x > 1).Select(static x => x * 2),
                Enumerable.Range(0, 3), Enumerable.Repeat("a", 2), items.OrderBy(static x => x), items.GroupBy(static x => x % 2),
                items.Take(1), items.Skip(1),
                items.Concat(items), items.Append(4), items.Distinct(), items.Union(items), items.Zip(items), items.Chunk(2), items.Reverse(),
                items.Cast<object>(), ((object[])["a"]).OfType<string>(),
                items.SelectMany(static x => new[] { x }), items.AsQueryable(), items.AsParallel(), items.AsParallel().Select(static x => x),
                items.Join(items, static x => x, static x => x, static (a, b) => a + b),
            ]);
        }
    }

    [Theory]
    [MemberData(nameof(Queries), DisableDiscoveryEnumeration = true)]
    public void Query_OfLinq_IsRefusedWithWhatToDo(object query)
    {
        string refusal = Wire.RefusalOf(new object[] { query });
        refusal.ShouldContain("ToArray()", customMessage: query.GetType().ToString());
        refusal.ShouldNotContain("a record of your own");
    }

    [Fact]
    public void View_OfADictionary_IsRefusedWithWhatToDo()
    {
        var dictionary = new Dictionary<string, int>();
        Wire.RefusalOf(dictionary.Keys).ShouldContain("send its items, with ToArray() or ToList()");
        Wire.RefusalOf(dictionary.Values).ShouldContain("send its items, with ToArray() or ToList()");
        Wire.RefusalOf(new SortedDictionary<string, int>().Keys).ShouldContain("send its items, with ToArray() or ToList()");
        Wire.RefusalOf<object>(new List<int> { 1 }.GetEnumerator()).ShouldContain("List`1");
    }

    [Fact]
    public void Items_ThatAreThere_AreSent()
    {
        Wire.RoundTrip(Collected()).ShouldBe([1, 2, 3]);
        Wire.RoundTrip<IReadOnlyList<string>>(["one"]).ShouldBe(["one"]);
        Wire.RoundTrip<IEnumerable<int>>([]).ShouldBeEmpty();
        Wire.RoundTrip(Numbers(3).ToArray()).ShouldBe([0, 1, 2]);
        Wire.RoundTrip<object>(new Tree()).ShouldBeOfType<Tree>().ShouldBe([1]);
    }
}
