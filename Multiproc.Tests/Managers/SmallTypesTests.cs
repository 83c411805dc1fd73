using Microsoft.CSharp.RuntimeBinder;

namespace Multiproc.Tests.Managers;

/// <summary>Sets, namespaces, values, arrays and the synchronization primitives of a manager. Numbers in comments are those of the conformance list.</summary>
public sealed class SmallTypesTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public async Task Set_IsASet()
    {
        // T-20
        var set = _manager.Set(["a", "b"]);
        set.Add("b").ShouldBeFalse();
        set.Add("c").ShouldBeTrue();
        set.ShouldBe(["a", "b", "c"]);
        set.Contains("c").ShouldBeTrue();
        set.Remove("c").ShouldBeTrue();
        set.Remove("c").ShouldBeFalse();
        set.IsSubsetOf(["a", "b", "x"]).ShouldBeTrue();
        set.IsProperSubsetOf(["a", "b"]).ShouldBeFalse();
        set.IsSupersetOf(["a"]).ShouldBeTrue();
        set.IsProperSupersetOf(["a"]).ShouldBeTrue();
        set.SetEquals(["b", "a", "a"]).ShouldBeTrue();
        set.Overlaps(["x"]).ShouldBeFalse();
        set.SymmetricExceptWith(["b", "d"]);
        set.ShouldBe(["a", "d"]);
        set.IntersectWith(["d"]);
        set.UnionWith(["e", "f"]);
        set.ExceptWith(["f"]);
        set.GetValue().ShouldBe(["d", "e"], ignoreOrder: true);
        set.Pop().ShouldBe("d");
        (await set.AddAsync("g")).ShouldBeTrue();
        (await set.ContainsAsync("g")).ShouldBeTrue();
        (await set.RemoveAsync("g")).ShouldBeTrue();
        set.ToString().ShouldBe("{\"e\"}");
        set.Clear();
        Should.Throw<InvalidOperationException>(() => set.Pop());
    }

    [Fact]
    public void Namespace_SharesAttributesButThoseWithAnUnderscore()
    {
        // T-11, FL-18, PX-12
        var proxy = _manager.Namespace();
        dynamic shared = proxy;
        shared.x = 10;
        shared.name = "it";
        shared._own = 5;
        ((int)shared.x).ShouldBe(10);
        ((int)shared._own).ShouldBe(5);
        ManagerFixture.Run(Mp.Process(UseNamespace, proxy));
        ((int)shared.x).ShouldBe(11);
        proxy.Get<string>("name").ShouldBe("other");
        proxy.Names.ShouldBe(["child", "name", "x"]);
        proxy.ToString().ShouldBe("Namespace(child=true, name=\"other\", x=11)");
        proxy.Delete("name");
        Should.Throw<MissingMemberException>(() => proxy["name"]).Message.ShouldBe("'Namespace' object has no attribute 'name'");
        Should.Throw<MissingMemberException>(() => proxy.Delete("name"));
        Should.Throw<MissingMemberException>(() => (object?)shared.zz).Message.ShouldContain("'zz'");
        Should.Throw<RuntimeBinderException>(() => shared.Unknown(1));
        proxy.TryGet<int>("x", out int x).ShouldBeTrue();
        x.ShouldBe(11);
        proxy.GetValue().Keys.ShouldBe(["x", "child"], ignoreOrder: true);
    }

    [Fact]
    public async Task Value_HoldsAnything()
    {
        // T-17
        var value = _manager.Value(3);
        value.Value.ShouldBe(3);
        value.Value = 4;
        value.Get().ShouldBe(4);
        value.Set(5);
        value.Increment().ShouldBe(6);
        value.Increment(-2).ShouldBe(4);
        value.Update(static x => x * 2).ShouldBe(8);
        value.CompareAndSet(7, 0).ShouldBeFalse();
        value.CompareAndSet(8, 9).ShouldBeTrue();
        value.ToString().ShouldBe("Value(9)");
        await value.SetAsync(10);
        (await value.GetAsync()).ShouldBe(10);
        ManagerFixture.Run(Mp.Process(static v => v.Update(static x => x + 1), value));
        value.GetValue().ShouldBe(11);
        var list = _manager.Value<List<string>?>(null);
        list.Value.ShouldBeNull();
        list.Value = ["a"];
        list.Update(static x => x!.Add("b")).ShouldBe(["a", "b"]);
        Should.Throw<InvalidOperationException>(() => list.Increment()).Message.ShouldContain("cannot increment");
    }

    [Fact]
    public async Task Array_HasAFixedLength()
    {
        // T-18, FL-11
        var array = _manager.Array([1.5, 2.5, 3.5]);
        array.Length.ShouldBe(3);
        array[1] = 9;
        array[^1].ShouldBe(3.5);
        array.ShouldBe([1.5, 9, 3.5]);
        array[1..].ShouldBe([9, 3.5]);
        array.SetRange(0, [0, 1]);
        array.Update(2, static x => x + 1).ShouldBe(4.5);
        await array.SetAsync(0, -1);
        (await array.GetAsync(0)).ShouldBe(-1);
        array.GetValue().ShouldBe([-1, 1, 4.5]);
        array.ToString().ShouldBe("[-1, 1, 4.5]");
        Should.Throw<ArgumentOutOfRangeException>(() => array[3]);
        Should.Throw<ArgumentOutOfRangeException>(() => array[-1] = 0);
        Should.Throw<ArgumentOutOfRangeException>(() => array.SetRange(2, [1, 2]));
        ManagerFixture.Run(Mp.Process(static a => a[0] = a.Length, array));
        array[0].ShouldBe(3);
        _manager.Array<int>(2).ShouldBe([0, 0]);
        Should.Throw<ArgumentOutOfRangeException>(() => _manager.Array<int>(-1));
    }

    [Fact]
    public void Primitives_LiveInTheManagerAndOutliveTheirUsers()
    {
        // T-13, T-14, T-15
        var gate = _manager.Lock();
        var recursive = _manager.RLock();
        var permits = _manager.Semaphore(2);
        var signal = _manager.Event();
        ManagerFixture.Run(Mp.Process(UsePrimitives, gate, recursive, permits, signal));
        signal.IsSet.ShouldBeTrue();
        permits.Value.ShouldBe(2);
        recursive.Acquire(TimeSpan.Zero).ShouldBeTrue();
        recursive.Release();
        gate.TryAcquire().ShouldBeTrue();
        ManagerFixture.Run(Mp.Process(static g => Assert.False(g.TryAcquire()), gate));
        gate.Release();
        Should.Throw<InvalidOperationException>(gate.Release);
    }

    [Fact]
    public void Dictionary_HasPythonsMethods()
    {
        // T-06, T-08, T-09, FL-15
        var dictionary = _manager.Dictionary<string, int>([new("a", 1), new("b", 2), new("c", 3)]);
        dictionary.Pop("b").ShouldBe(2);
        dictionary.Pop("b", -1).ShouldBe(-1);
        Should.Throw<KeyNotFoundException>(() => dictionary.Pop("b"));
        dictionary.PopItem().ShouldBe(new("c", 3));
        dictionary.SetDefault("a", 9).ShouldBe(1);
        dictionary.Get("z", 7).ShouldBe(7);
        dictionary.SetMany([new("d", 4), new("e", 5)]);
        dictionary.GetMany(["a", "z", "e"]).ShouldBe(new Dictionary<string, int> { ["a"] = 1, ["e"] = 5 }, ignoreOrder: true);
        dictionary.Copy().ShouldBe(dictionary, ignoreOrder: true);
        dictionary.Items().Select(static pair => pair.Key).ShouldBe(["a", "d", "e"]);
        dictionary.ToString().ShouldBe("{\"a\": 1, \"d\": 4, \"e\": 5}");
        dictionary.Clear();
        Should.Throw<KeyNotFoundException>(() => dictionary.PopItem());
    }

    [Fact]
    public void Transaction_WithAConflict_RunsAgainAndMovesAllOrNothing()
    {
        var accounts = _manager.Dictionary<string, int>([new("a", 10), new("b", 0)]);
        int calls = 0;
        accounts.Transact(books =>
        {
            int from = books["a"];
            if (calls++ == 0)
            {
                accounts["a"] = 100;
            }

            books["a"] = from - 5;
            books["b"] += 5;
            books["b"].ShouldBe(5);
            books.Remove("none").ShouldBeFalse();
        });
        calls.ShouldBe(2);
        accounts.GetValue().ShouldBe(new Dictionary<string, int> { ["a"] = 95, ["b"] = 5 }, ignoreOrder: true);
        Should.Throw<KeyNotFoundException>(() => accounts.Transact(static books => books["a"] = books["nowhere"]));
        accounts["a"].ShouldBe(95);
        accounts.Transact(static books => books.Remove("a")).ShouldBeTrue();
        accounts.Keys.ShouldBe(["b"]);
    }

    [Fact]
    public void Transactions_OfSeveralProcesses_KeepTheSum()
    {
        var accounts = _manager.Dictionary<int, int>(Enumerable.Range(0, 4).Select(static i => new KeyValuePair<int, int>(i, 100)));
        ManagerFixture.Run([.. Enumerable.Range(0, 3).Select(i => Mp.Process(MoveMoney, accounts, i))]);
        accounts.Values.Sum().ShouldBe(400);
    }

    private static void MoveMoney(DictionaryProxy<int, int> accounts, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 50; i++)
        {
            int from = random.Next(4);
            int to = random.Next(4);
            accounts.Transact(books =>
            {
                books[from] -= 7;
                books[to] += 7;
            });
        }
    }

    private static void UseNamespace(NamespaceProxy proxy)
    {
        dynamic shared = proxy;
        shared.x = shared.x + 1;
        shared.name = "other";
        shared.child = true;
        Assert.Throws<MissingMemberException>(() => proxy["_own"]);
    }

    private static void UsePrimitives(SharedLock gate, SharedRLock recursive, SharedSemaphore permits, SharedEvent signal)
    {
        using (gate.Hold())
        using (recursive.Hold())
        using (recursive.Hold())
        {
            permits.Acquire();
            permits.Release();
        }

        signal.Set();
    }
}
