namespace Multiproc.Tests.Managers;

/// <summary>One rule for slices, Python's: what is beyond the sequence is cut, and an end before the start is an empty slice.</summary>
public sealed class SliceTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private static readonly int[] s_places = [0, 1, 2, 3, 4, 5, 100, int.MaxValue];

    private SyncManager Manager => fixture.Manager;

    private static IEnumerable<Range> Ranges =>
        from start in s_places.SelectMany(static at => new Index[] { at, new(at, fromEnd: true) })
        from end in s_places.SelectMany(static at => new Index[] { at, new(at, fromEnd: true) })
        select start..end;

    [Fact]
    public void Range_OfAnyPlaces_IsCutAsInPython()
    {
        int[] items = [10, 11, 12];
        var list = Manager.List(items);
        var array = Manager.Array(items);
        using var shared = Mp.Array<int>(items);
        foreach (var range in Ranges)
        {
            int[] expected = Python(items, range);
            list[range].ToArray().ShouldBe(expected, $"{range}");
            array[range].ShouldBe(expected, $"{range}");
            shared[range].ToArray().ShouldBe(expected, $"{range}");
            shared.GetSlice(range).ShouldBe(expected, $"{range}");
        }

        list[..^5].ShouldBeEmpty();
    }

    [Fact]
    public void StartAndCount_BeyondTheList_AreCut()
    {
        var list = Manager.List([10, 11, 12]);
        list.GetRange(1, 100).ShouldBe([11, 12]);
        list.GetRange(7, int.MaxValue).ShouldBeEmpty();
        list.Slice(1, int.MaxValue).ShouldBe([11, 12]);
        list.SetRange(1, 100, [1, 2, 3]);
        list.ShouldBe([10, 1, 2, 3]);
        list.SetRange(100, 5, [4]);
        list.ShouldBe([10, 1, 2, 3, 4]);
        list.RemoveRange(3, 100);
        list.RemoveRange(100, 100);
        list.ShouldBe([10, 1, 2]);
        list.Insert(100, 3);
        list.Insert(^1, 9);
        list.Insert(^100, 0);
        list.ShouldBe([0, 10, 1, 2, 9, 3]);
        list[^2..] = [7];
        list[2..1] = [5];
        list.ShouldBe([0, 10, 5, 1, 2, 7]);
        list.RemoveRange(..^5);
        list.ShouldBe([10, 5, 1, 2, 7]);
    }

    [Fact]
    public async Task AsyncTwins_CutInTheSameWay()
    {
        var list = Manager.List([10, 11, 12]);
        (await list.GetRangeAsync(1, 100)).ShouldBe([11, 12]);
        (await list.GetRangeAsync(..^5)).ShouldBeEmpty();
        await list.SetRangeAsync(1, 100, [1, 2]);
        await list.SetRangeAsync(^1.., [3]);
        await list.InsertAsync(100, 4);
        await list.InsertAsync(^1, 9);
        list.ShouldBe([10, 1, 3, 9, 4]);
        await list.RemoveRangeAsync(3, 100);
        await list.RemoveRangeAsync(^1..);
        list.ShouldBe([10, 1]);
        var array = Manager.Array([1, 2, 3]);
        (await array.SliceAsync(1, 100)).ShouldBe([2, 3]);
        (await array.SliceAsync(..^5)).ShouldBeEmpty();
        await array.SetRangeAsync(^2..100, [8, 9]);
        array.ShouldBe([1, 8, 9]);
    }

    [Fact]
    public void Array_SetOfAnotherLength_IsRefusedAndUnchanged()
    {
        var array = Manager.Array([1, 2, 3]);
        using var shared = Mp.Array<int>([1, 2, 3]);
        array[1..100] = [8, 9];
        shared.SetSlice(1..100, [8, 9]);
        Should.Throw<ArgumentException>(() => array[1..100] = [1, 2, 3]).Message.ShouldContain("the length of an array is fixed");
        Should.Throw<ArgumentException>(() => array.SetRange(2, [1, 2]));
        Should.Throw<ArgumentException>(() => shared.SetSlice(..^5, [1]));
        array.ShouldBe([1, 8, 9]);
        shared.ShouldBe([1, 8, 9]);
    }

    [Fact]
    public void Place_OfOneItem_IsNotCut()
    {
        var list = Manager.List([1]);
        var array = Manager.Array([1]);
        using var shared = Mp.Array<int>([1]);
        Action[] all =
        [
            () => _ = list[1], () => _ = list[^2], () => list[1] = 1, () => list.RemoveAt(1), () => list.Pop(1), () => list.Insert(-1, 1),
            () => list.GetRange(-1, 1), () => list.GetRange(0, -1),
            () => list.SetRange(-1, 1, []), () => list.RemoveRange(0, -1), () => _ = array[1], () => _ = array[^2], () => array.Slice(-1, 1),
            () => array.Slice(0, -1), () => _ = shared[1], () => _ = shared[^2],
        ];
        foreach (var each in all)
        {
            Should.Throw<ArgumentOutOfRangeException>(each);
        }

        list.ShouldBe([1]);
    }

    /// <summary>Written apart from the product: as Python's slice.indices.</summary>
    private static int[] Python(int[] items, Range range)
    {
        int Place(Index index) => (int)Math.Clamp(index.IsFromEnd ? items.Length - (long)index.Value : index.Value, 0, items.Length);
        return [.. items.Skip(Place(range.Start)).Take(Place(range.End) - Place(range.Start))];
    }
}
