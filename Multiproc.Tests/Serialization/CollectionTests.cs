using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Multiproc.Tests.Serialization;

public sealed class CollectionTests
{
    private static readonly int[] s_numbers = [3, 1, 2];

    private sealed class Names : List<string>;

    [Fact]
    public void Sequence_EveryKind_KeepsItemsAndOrder()
    {
        Wire.RoundTrip(new List<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new Queue<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new Stack<int>(s_numbers)).ShouldBe([2, 1, 3]);
        Wire.RoundTrip(new LinkedList<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new SortedSet<int>(s_numbers)).ShouldBe([1, 2, 3]);
        Wire.RoundTrip(new HashSet<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new ConcurrentQueue<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new ConcurrentStack<int>(s_numbers)).ShouldBe([2, 1, 3]);
        Wire.RoundTrip(new ConcurrentBag<int>(s_numbers)).ShouldBe(s_numbers, ignoreOrder: true);
        Wire.RoundTrip(new ReadOnlyCollection<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new Collection<int>([.. s_numbers])).ShouldBe(s_numbers);
        Wire.RoundTrip(new ObservableCollection<int>(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(new ArraySegment<int>(s_numbers, 1, 2)).ShouldBe([1, 2]);
        Wire.RoundTrip(new Memory<int>(s_numbers)).ToArray().ShouldBe(s_numbers);
        Wire.RoundTrip(new ReadOnlyMemory<int>(s_numbers)).ToArray().ShouldBe(s_numbers);
    }

    [Fact]
    public void Immutable_EveryKind_KeepsItemsAndOrder()
    {
        Wire.RoundTrip(ImmutableArray.Create(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(ImmutableList.Create(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(ImmutableHashSet.Create(s_numbers)).ShouldBe(s_numbers, ignoreOrder: true);
        Wire.RoundTrip(ImmutableSortedSet.Create(s_numbers)).ShouldBe([1, 2, 3]);
        Wire.RoundTrip(ImmutableQueue.Create(s_numbers)).ShouldBe(s_numbers);
        Wire.RoundTrip(ImmutableStack.Create(s_numbers)).ToArray().ShouldBe([2, 1, 3]);
        var map = ImmutableDictionary<string, int>.Empty.Add("a", 1).Add("b", 2);
        Wire.RoundTrip(map).OrderBy(p => p.Key).ShouldBe(map.OrderBy(p => p.Key));
        Wire.RoundTrip(map.ToImmutableSortedDictionary()).ShouldBe(map.ToImmutableSortedDictionary());
    }

    [Fact]
    public void Dictionary_EveryKind_KeepsEntries()
    {
        var entries = new Dictionary<string, List<int>?> { ["b"] = [1], ["a"] = null, [""] = [] };
        Wire.RoundTrip(entries)["b"].ShouldBe([1]);
        Wire.RoundTrip(entries).Keys.ShouldBe(["b", "a", ""]);
        Wire.RoundTrip(new SortedDictionary<string, List<int>?>(entries)).Keys.ShouldBe(["", "a", "b"]);
        Wire.RoundTrip(new SortedList<string, List<int>?>(entries)).Keys.ShouldBe(["", "a", "b"]);
        Wire.RoundTrip(new ConcurrentDictionary<string, List<int>?>(entries))["b"].ShouldBe([1]);
        Wire.RoundTrip(new ReadOnlyDictionary<string, List<int>?>(entries))["b"].ShouldBe([1]);
        Wire.RoundTrip<IReadOnlyDictionary<string, List<int>?>>(entries).Count.ShouldBe(3);
    }

    [Fact]
    public void Dictionary_KeysOfAnyType_FindTheirValues()
    {
        Wire.RoundTrip(new Dictionary<(int, string), int> { [(1, "x")] = 5 })[(1, "x")].ShouldBe(5);
        Wire.RoundTrip(new Dictionary<Guid, int> { [Guid.AllBitsSet] = 5 })[Guid.AllBitsSet].ShouldBe(5);
        Wire.RoundTrip(new Dictionary<DayOfWeek, int> { [DayOfWeek.Friday] = 5 })[DayOfWeek.Friday].ShouldBe(5);
        Wire.RoundTrip(new Dictionary<Type, int> { [typeof(int)] = 5 })[typeof(int)].ShouldBe(5);
        Wire.RoundTrip(new Dictionary<object, int> { ["k"] = 5, [7] = 6 })[7].ShouldBe(6);
        Wire.RoundTrip(new Dictionary<byte, int> { [3] = 5 })[3].ShouldBe(5);
        Wire.RoundTrip(new HashSet<int?> { null, 1 }).ShouldBe([null, 1]);
        Wire.RoundTrip(new HashSet<string?> { null, "a" }).ShouldBe([null, "a"]);
    }

    [Fact]
    public void Collection_Empty_Survives()
    {
        Wire.RoundTrip<object>(new List<string>()).ShouldBeOfType<List<string>>().ShouldBeEmpty();
        Wire.RoundTrip(new Dictionary<int, int>()).ShouldBeEmpty();
        Wire.RoundTrip(default(ArraySegment<int>)).Count.ShouldBe(0);
        Wire.RoundTrip(default(Memory<int>)).Length.ShouldBe(0);
        Wire.RoundTrip(ImmutableArray<int>.Empty).ShouldBeEmpty();
        Wire.RoundTrip(default(ImmutableArray<int>)).IsDefault.ShouldBeTrue();
    }

    [Fact]
    public void Collection_DerivedFromList_TravelsByItsFields() =>
        Wire.RoundTrip<object>(new Names { "a", "b" }).ShouldBeOfType<Names>().ShouldBe(["a", "b"]);
}
