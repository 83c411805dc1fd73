namespace Multiproc.Tests.Managers;

/// <summary>A manager's objects in several processes. Numbers in comments are those of the conformance list.</summary>
public sealed class SharingTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public void Writes_OfAChild_AreSeenHere()
    {
        // T-08
        var dictionary = _manager.Dictionary<string, int>();
        dictionary["seed"] = 1;
        ManagerFixture.Run(Mp.Process(UseDictionary, dictionary));
        dictionary["pid"].ShouldNotBe(Environment.ProcessId);
        dictionary["seed"].ShouldBe(2);
        dictionary["count"].ShouldBe(2);
    }

    [Fact]
    public void ConcurrentChanges_OfSeveralProcesses_LoseNothing()
    {
        const int rounds = 200;
        var counts = _manager.Dictionary<string, long>();
        counts["update"] = 0;
        ManagerFixture.Run([.. Enumerable.Range(0, 3).Select(_ => Mp.Process(Count, counts, rounds))]);
        counts.Keys.Order().ShouldBe(["add or update", "increment", "swap", "update"]);
        counts.Values.ShouldAllBe(static count => count == 3 * rounds);
    }

    [Fact]
    public void GetOrAdd_OfSeveralProcesses_GivesAllTheSame()
    {
        var dictionary = _manager.Dictionary<string, int>();
        using var seen = Mp.Queue<int>();
        ManagerFixture.Run([.. Enumerable.Range(0, 3).Select(_ => Mp.Process(AddOwnPid, dictionary, seen))]);
        int[] all = [seen.Get(ManagerFixture.Bound), seen.Get(ManagerFixture.Bound), seen.Get(ManagerFixture.Bound)];
        all.Distinct().ShouldBe([dictionary["first"]]);
    }

    [Fact]
    public void Queue_BetweenProcesses_GivesItemsInOrder()
    {
        // M-18, T-12
        var there = _manager.Queue<string?>();
        var back = _manager.Queue<string?>(maxSize: 2);
        back.MaxSize.ShouldBe(2);
        using var echo = Mp.Process(Echo, there, back);
        echo.Start();
        string?[] items = ["", "grün", "b", null];
        foreach (string? item in items)
        {
            there.Put(item);
        }

        items.Select(_ => back.Get(ManagerFixture.Bound)).ShouldBe(items);
        echo.Join(ManagerFixture.Bound).ShouldBeTrue();
        echo.ExitCode.ShouldBe(0);
        there.Empty().ShouldBeTrue();
        back.Put("1");
        back.Put("2");
        back.Full().ShouldBeTrue();
        Should.Throw<QueueFullException>(() => back.PutNowait("3"));
        Should.Throw<QueueEmptyException>(() => there.Get(TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public void Proxy_InsideOtherSharedObjects_StaysTheSameObject()
    {
        // PX: a proxy in a dictionary of the manager, and in a queue of this process
        var outer = _manager.Dictionary<string, DictionaryProxy<string, int>>();
        var inner = _manager.Dictionary<string, int>();
        outer["inner"] = inner;
        using var queue = Mp.Queue<SharedQueue<int>>();
        var numbers = _manager.Queue<int>();
        queue.Put(numbers);
        ManagerFixture.Run(Mp.Process(UseNested, outer, queue));
        inner["from the child"].ShouldBe(1);
        outer["inner"]["from the child"].ShouldBe(1);
        numbers.Get(ManagerFixture.Bound).ShouldBe(42);
    }

    [Fact]
    public void Objects_OutliveTheProcessThatFilledThem()
    {
        var kept = _manager.Queue<int>();
        using var child = Mp.Process(PutAndDie, kept);
        child.Start();
        child.Join(ManagerFixture.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(-9);
        kept.Get(ManagerFixture.Bound).ShouldBe(1);
        kept.Get(ManagerFixture.Bound).ShouldBe(2);
    }

    [Fact]
    public void ClientKilled_WhileItWaits_HoldsUpNobody()
    {
        // M-26, T-21
        var queue = _manager.Queue<int>();
        using var began = Mp.Event();
        using var waiting = Mp.Process(WaitForItem, queue, began);
        waiting.Start();
        began.Wait(ManagerFixture.Bound).ShouldBeTrue();
        queue.Empty().ShouldBeTrue("other calls are answered while one waits");
        waiting.Kill();
        waiting.Join(ManagerFixture.Bound).ShouldBeTrue();
        queue.Put(7);
        queue.Get(ManagerFixture.Bound).ShouldBe(7);
    }

    [Fact]
    public void PoolTasks_ShareADictionaryInTheirClosure()
    {
        var totals = _manager.Dictionary<string, long>();
        using (var pool = Mp.Pool(2))
        {
            CountWords(pool, totals);
        }

        totals.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ShouldBe([new("a", 4), new("b", 2)]);
    }

    private static void CountWords(ProcessPool pool, DictionaryProxy<string, long> totals) =>
        pool.Map(line => line.Split(' ').Sum(word => totals.Increment(word)), ["a b a", "a b a"], chunkSize: 1);

    private static void UseDictionary(DictionaryProxy<string, int> dictionary)
    {
        dictionary["pid"] = Environment.ProcessId;
        dictionary.Update("seed", static x => x + 1);
        dictionary["count"] = dictionary.Count;
    }

    private static void Count(DictionaryProxy<string, long> counts, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            counts.Increment("increment");
            counts.Update("update", static x => x + 1);
            counts.AddOrUpdate("add or update", 1, static x => x + 1);
            long known;
            do
            {
                known = counts.GetOrAdd("swap", 0);
            }
            while (!counts.CompareAndSet("swap", known, known + 1));
        }
    }

    private static void AddOwnPid(DictionaryProxy<string, int> dictionary, SharedQueue<int> seen) =>
        seen.Put(dictionary.GetOrAdd("first", Environment.ProcessId));

    private static void Echo(SharedQueue<string?> there, SharedQueue<string?> back)
    {
        string? item;
        do
        {
            item = there.Get(ManagerFixture.Bound);
            back.Put(item, ManagerFixture.Bound);
        }
        while (item is not null);
    }

    private static void UseNested(DictionaryProxy<string, DictionaryProxy<string, int>> outer, SharedQueue<SharedQueue<int>> queue)
    {
        outer["inner"]["from the child"] = 1;
        queue.Get(ManagerFixture.Bound).Put(42);
    }

    private static void PutAndDie(SharedQueue<int> kept)
    {
        kept.Put(1);
        kept.Put(2);
        kept.QSize();
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        Thread.CurrentThread.Join();
    }

    private static void WaitForItem(SharedQueue<int> queue, SharedEvent began)
    {
        queue.QSize();
        began.Set();
        queue.Get();
    }
}
