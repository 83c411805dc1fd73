using System.Reflection;

namespace Multiproc.Tests.Managers;

/// <summary>Every step of a manager's types can be awaited: each has a twin, and the twins do what the steps do.</summary>
public sealed class AsyncTwinTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    /// <summary>Other names of a step that has its twin under the first name, and enumeration, whose twin is ReadAllAsync.</summary>
    private static readonly Dictionary<string, string> s_otherNames = new()
    {
        ["GetEnumerator"] = "ReadAllAsync",
        ["CopyTo"] = "GetValueAsync",
        ["Copy"] = "GetValueAsync",
        ["Items"] = "GetValueAsync",
        ["get_Keys"] = "GetValueAsync",
        ["get_Values"] = "GetValueAsync",
        ["get_Names"] = "GetValueAsync",
        ["get_Value"] = "GetAsync",
        ["set_Value"] = "SetAsync",
        ["get_Item"] = "GetAsync",
        ["set_Item"] = "SetAsync",
        ["Get"] = "GetAsync",
        ["SetDefault"] = "GetOrAddAsync",
        ["ListProxy.Add"] = "AppendAsync",
        ["ListProxy.Slice"] = "GetRangeAsync",
        ["get_Count"] = "CountAsync",
    };

    public static TheoryData<Type> Types =>
    [
        typeof(DictionaryProxy<,>), typeof(ListProxy<>), typeof(SetProxy<>), typeof(ValueProxy<>), typeof(ArrayProxy<>), typeof(NamespaceProxy),
        typeof(DictionaryTransaction<,>),
    ];

    private SyncManager Manager => fixture.Manager;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Types))]
    public void Step_OfAManagersType_HasATwin(Type type)
    {
        var all = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        var names = all.Select(static method => method.Name).ToHashSet();
        var alone = names.Where(name =>
            !name.EndsWith("Async", StringComparison.Ordinal) && name is not ("get_Length" or "GetHashCode") && !names.Contains(TwinOf(type, name)));
        if (type == typeof(DictionaryTransaction<,>))
        {
            // Its writes are kept here until the end.
            alone = alone.Except(["set_Item"]);
        }

        alone.ShouldBeEmpty();
        all.Where(static method => method.Name.EndsWith("Async", StringComparison.Ordinal))
            .ShouldAllBe(method => type == typeof(DictionaryTransaction<,>) || method.GetParameters().Last().ParameterType == typeof(CancellationToken));
    }

    [Fact]
    public async Task Set_Awaited_DoesAllOfItsSteps()
    {
        var set = Manager.Set<int>([1, 2, 3]);
        (await set.AddAsync(3, Token)).ShouldBeFalse();
        (await set.AddAsync(4, Token)).ShouldBeTrue();
        (await set.RemoveAsync(4, Token)).ShouldBeTrue();
        (await set.ContainsAsync(4, Token)).ShouldBeFalse();
        await set.UnionWithAsync([3, 4, 5], Token);
        await set.ExceptWithAsync([1], Token);
        await set.IntersectWithAsync([2, 3, 4], Token);
        await set.SymmetricExceptWithAsync([4, 9], Token);
        (await set.GetValueAsync(Token)).ShouldBe([2, 3, 9]);
        (await set.CountAsync(Token)).ShouldBe(3);
        (await set.IsSubsetOfAsync([2, 3, 9], Token)).ShouldBeTrue();
        (await set.IsProperSubsetOfAsync([2, 3, 9], Token)).ShouldBeFalse();
        (await set.IsProperSubsetOfAsync([2, 3, 9, 10], Token)).ShouldBeTrue();
        (await set.IsSupersetOfAsync([2], Token)).ShouldBeTrue();
        (await set.IsProperSupersetOfAsync([2, 3, 9], Token)).ShouldBeFalse();
        (await set.IsProperSupersetOfAsync([2, 3], Token)).ShouldBeTrue();
        (await set.OverlapsAsync([9, 100], Token)).ShouldBeTrue();
        (await set.OverlapsAsync([100], Token)).ShouldBeFalse();
        (await set.SetEqualsAsync([9, 3, 2], Token)).ShouldBeTrue();
        (await set.SetEqualsAsync([9, 3], Token)).ShouldBeFalse();
        (await set.PopAsync(Token)).ShouldBe(2);
        (await All(set.ReadAllAsync(Token))).ShouldBe([3, 9]);
        await set.ClearAsync(Token);
        await Should.ThrowAsync<InvalidOperationException>(async () => await set.PopAsync(Token));
    }

    [Fact]
    public async Task List_Awaited_DoesAllOfItsSteps()
    {
        var list = Manager.List([3, 1, 2, 3]);
        (await list.CountOfAsync(3, Token)).ShouldBe(2);
        (await list.ContainsAsync(7, Token)).ShouldBeFalse();
        await list.SortAsync(cancellation: Token);
        (await list.GetRangeAsync(1, 2, Token)).ShouldBe([2, 3]);
        await list.ReverseAsync(Token);
        await list.SetRangeAsync(0, 2, [9], Token);
        list.ShouldBe([9, 2, 1]);
        await list.SortByAsync(static item => item % 9, Token);
        list.ShouldBe([9, 1, 2]);
        (await list.CompareAndSetAsync(0, 8, 7, Token)).ShouldBeFalse();
        (await list.CompareAndSetAsync(0, 9, 7, Token)).ShouldBeTrue();
        await list.UpdateAllAsync(static items => items.Add(4), Token);
        await list.RemoveAtAsync(1, Token);
        (await list.PopAsync(Token)).ShouldBe(4);
        await list.RemoveRangeAsync(0, 1, Token);
        (await list.TryPopAsync(Token)).ShouldBe((true, 2));
        (await list.TryPopAsync(Token)).ShouldBe((false, 0));
        await Should.ThrowAsync<InvalidOperationException>(async () => await list.PopAsync(Token));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await list.RemoveAtAsync(5, Token));
        await list.AppendAsync(1, Token);
        await list.ClearAsync(Token);
        list.Count.ShouldBe(0);
        var inner = Manager.List<List<int>>([[1]]);
        (await inner.UpdateAsync(0, static item => item.Add(2), Token)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task ValueAndArray_Awaited_DoAllOfTheirSteps()
    {
        var value = Manager.Value(1);
        (await value.UpdateAsync(static x => x + 1, Token)).ShouldBe(2);
        (await value.IncrementAsync(5, Token)).ShouldBe(7);
        (await value.CompareAndSetAsync(1, 0, Token)).ShouldBeFalse();
        (await value.CompareAndSetAsync(7, 0, Token)).ShouldBeTrue();
        (await value.GetValueAsync(Token)).ShouldBe(0);
        await Should.ThrowAsync<InvalidOperationException>(async () => await Manager.Value("a").IncrementAsync(1, Token));
        (await Manager.Value<List<int>>([1]).UpdateAsync(static list => list.Add(2), Token)).ShouldBe([1, 2]);
        var array = Manager.Array([1, 2, 3]);
        await array.SetRangeAsync(1, [8, 9], Token);
        (await array.UpdateAsync(0, static x => x + 6, Token)).ShouldBe(7);
        (await array.SliceAsync(1, 2, Token)).ShouldBe([8, 9]);
        (await array.GetValueAsync(Token)).ShouldBe([7, 8, 9]);
        (await All(array.ReadAllAsync(Token))).ShouldBe([7, 8, 9]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await array.SetRangeAsync(2, [1, 2], Token));
    }

    [Fact]
    public async Task Namespace_Awaited_DoesAllOfItsSteps()
    {
        var names = Manager.Namespace([new("x", 1)]);
        (await names.GetAsync<int>("x", Token)).ShouldBe(1);
        await names.SetAsync("y", "b", Token);
        await names.SetAsync("_own", 3, Token);
        (await names.GetAsync<int>("_own", Token)).ShouldBe(3);
        (await names.TryGetAsync<string>("z", Token)).ShouldBe((false, null));
        (await names.GetValueAsync(Token)).Keys.Order().ShouldBe(["x", "y"]);
        await names.DeleteAsync("x", Token);
        await names.DeleteAsync("_own", Token);
        await Should.ThrowAsync<MissingMemberException>(async () => await names.DeleteAsync("x", Token));
        await Should.ThrowAsync<MissingMemberException>(async () => await names.GetAsync<int>("_own", Token));
    }

    [Fact]
    public async Task Dictionary_Awaited_DoesAllOfItsSteps()
    {
        var books = Manager.Dictionary<string, int>([new("a", 10), new("b", 0)]);
        await books.AddAsync("c", 1, Token);
        await Should.ThrowAsync<ArgumentException>(async () => await books.AddAsync("c", 1, Token));
        (await books.TryGetValueAsync("c", Token)).ShouldBe((true, 1));
        (await books.PopItemAsync(Token)).ShouldBe(new("c", 1));
        (await books.PopAsync("c", 5, Token)).ShouldBe(5);
        await Should.ThrowAsync<KeyNotFoundException>(async () => await books.PopAsync("c", Token));
        (await books.IncrementManyAsync([new("a", 1), new("b", 2)], Token)).ShouldBe(2);
        (await books.TryIncrementManyAsync("mark", [new("b", 1)], Token)).ShouldBeTrue();
        (await books.TryIncrementManyAsync("mark", [new("b", 1)], Token)).ShouldBeFalse();
        (await books.PopAsync("mark", Token)).ShouldBe(1);
        books.ShouldBe([new("a", 11), new("b", 3)]);
    }

    [Fact]
    public async Task Transaction_Awaited_IsOneStep_AndRunsAgainWhenSomebodyWasFaster()
    {
        var books = Manager.Dictionary<string, int>([new("a", 10), new("b", 0), new("c", 1)]);
        int runs = 0;
        (await books.TransactAsync(
            async entries =>
            {
                int a = await entries.GetAsync("a");
                if (runs++ == 0)
                {
                    books["a"] = 100;
                }

                entries["a"] = a - 1;
                entries["b"] = await entries.GetAsync("b") + 1;
                (await entries.RemoveAsync("c")).ShouldBeTrue();
                (await entries.TryGetValueAsync("c")).Found.ShouldBeFalse();
                return a;
            },
            Token)).ShouldBe(100);
        runs.ShouldBe(2);
        books.ShouldBe([new("a", 99), new("b", 1)]);
        await Should.ThrowAsync<FormatException>(async () => await books.TransactAsync(
            async entries =>
            {
                entries["a"] = await entries.GetAsync("a") - 1;
                throw new FormatException();
            },
            Token));
        books["a"].ShouldBe(99);
    }

    private static string TwinOf(Type type, string name) =>
        s_otherNames.GetValueOrDefault($"{type.Name.Split('`')[0]}.{name}") ?? s_otherNames.GetValueOrDefault(name) ?? $"{name}Async";

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return all;
    }
}
