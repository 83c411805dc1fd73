namespace Multiproc.Tests.Managers;

/// <summary>A list in a manager's process. Numbers in comments are those of the conformance list.</summary>
public sealed class ListTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public void Items_AreReadAndChangedByPlace()
    {
        // T-01, T-04, T-05, FL-14
        var list = _manager.List<int>();
        list.ShouldBeEmpty();
        list.Append(1);
        list.Extend([2, 3, 4]);
        list.Count.ShouldBe(4);
        list[1].ShouldBe(2);
        list[^1].ShouldBe(4);
        list[^1] = 55;
        list.Insert(0, 0);
        list.Insert(5, 6);
        list.ShouldBe([0, 1, 2, 3, 55, 6]);
        list.Pop().ShouldBe(6);
        list.Pop(0).ShouldBe(0);
        list.GetRange(1, 2).ShouldBe([2, 3]);
        list[1..^1].ShouldBe([2, 3]);
        list.SetRange(0, 2, [9]);
        list.RemoveAt(1);
        list.GetValue().ShouldBe([9, 55]);
        list.RemoveRange(0, 2);
        list.TryPop(out _).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => list.Pop()).Message.ShouldContain("empty list");
        Should.Throw<ArgumentOutOfRangeException>(() => list[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => list[^1]);
        Should.Throw<ArgumentOutOfRangeException>(() => list[-1]);
        Should.Throw<ArgumentOutOfRangeException>(() => list[0] = 1);
        Should.Throw<ArgumentOutOfRangeException>(() => list.Insert(-1, 1));
    }

    [Fact]
    public void Items_AreFoundCountedSortedAndReversed()
    {
        // T-03
        var list = _manager.List(["b", "a", "c", "a"]);
        list.IndexOf("a").ShouldBe(1);
        list.IndexOf("z").ShouldBe(-1);
        list.CountOf("a").ShouldBe(2);
        list.Contains("c").ShouldBeTrue();
        list.Remove("a").ShouldBeTrue();
        list.Remove("z").ShouldBeFalse();
        list.Sort();
        list.ShouldBe(["a", "b", "c"]);
        list.Reverse();
        list.ShouldBe(["c", "b", "a"]);
        list.Extend(["ddd", "ee"]);
        list.SortBy(static item => -item.Length);
        list.ShouldBe(["ddd", "ee", "c", "b", "a"]);
        list.Sort(StringComparer.OrdinalIgnoreCase);
        list.ShouldBe(["a", "b", "c", "ddd", "ee"]);
        list.Clear();
        list.Count.ShouldBe(0);
    }

    [Fact]
    public void Sort_SomebodyAddsMeanwhile_LosesNothing()
    {
        var list = _manager.List([3, 1, 2]);
        int calls = 0;
        list.UpdateAll(items =>
        {
            if (calls++ == 0)
            {
                list.Append(0);
            }

            items.Sort();
        });
        calls.ShouldBe(2);
        list.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void Item_IsACopy_AndUpdateWritesBack()
    {
        // PX-04, PX-08
        var list = _manager.List<List<int>>([[1]]);
        list[0].Add(2);
        list[0].ShouldBe([1]);
        list.Update(0, static item => item.Add(2)).ShouldBe([1, 2]);
        list.Update(^1, static item => [.. item, 3]);
        list[0].ShouldBe([1, 2, 3]);
        Should.Throw<ArgumentOutOfRangeException>(() => list.Update(1, static item => item.Clear()));
        var numbers = _manager.List([1]);
        numbers.CompareAndSet(0, 2, 3).ShouldBeFalse();
        numbers.CompareAndSet(0, 1, 3).ShouldBeTrue();
        numbers.ShouldBe([3]);
    }

    [Fact]
    public void Enumeration_OfSeveralPages_SeesWhatChangesBehindIt()
    {
        // T-02
        var list = _manager.List(Enumerable.Range(0, 1100));
        var seen = new List<int>();
        foreach (int item in list)
        {
            seen.Add(item);
            if (item == 5)
            {
                list[1099] = -1;
                list.Append(7);
            }
        }

        seen.ShouldBe([.. Enumerable.Range(0, 1099), -1, 7]);
        var array = new int[1101];
        list.CopyTo(array, 0);
        array.ShouldBe(seen);
    }

    [Fact]
    public async Task AsyncTwins_DoTheSame()
    {
        var list = _manager.List<int>();
        await list.AppendAsync(2);
        await list.ExtendAsync([3, 4]);
        await list.InsertAsync(0, 1);
        await list.SetAsync(^1, 5);
        (await list.GetAsync(^1)).ShouldBe(5);
        (await list.IndexOfAsync(5)).ShouldBe(3);
        (await list.UpdateAsync(0, static item => item * 10)).ShouldBe(10);
        (await list.RemoveAsync(2)).ShouldBeTrue();
        (await list.CountAsync()).ShouldBe(3);
        (await list.GetValueAsync()).ShouldBe([10, 3, 5]);
        (await list.PopAsync(^1)).ShouldBe(5);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await list.GetAsync(9));
        var all = new List<int>();
        await foreach (int item in list.ReadAllAsync())
        {
            all.Add(item);
        }

        all.ShouldBe([10, 3]);
    }

    [Fact]
    public void Writes_OfAChild_AreSeenHere()
    {
        // T-03, PX-01
        var list = _manager.List([3, 1]);
        ManagerFixture.Run(Mp.Process(UseList, list));
        list.ShouldBe([9, 1, 2, 3]);
    }

    [Fact]
    public void ConcurrentAppendsAndUpdates_LoseNothing()
    {
        var list = _manager.List([0]);
        ManagerFixture.Run([.. Enumerable.Range(0, 3).Select(_ => Mp.Process(AppendMany, list))]);
        list.Count.ShouldBe(301);
        list[0].ShouldBe(300);
    }

    private static void UseList(ListProxy<int> list)
    {
        list.Append(2);
        list.Sort();
        list.Insert(0, 9);
    }

    private static void AppendMany(ListProxy<int> list)
    {
        for (int i = 0; i < 100; i++)
        {
            list.Append(i);
            list.Update(0, static x => x + 1);
        }
    }
}
