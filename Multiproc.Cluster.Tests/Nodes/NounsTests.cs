using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Every noun of the library as an object of a cluster, used by two processes: this one and a child.</summary>
[Collection(NodeTests.Name)]
public sealed class NounsTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClusterContext _cluster = node.Cluster;

    /// <summary>Each thing is done here, then in a child, then looked at here, and looked at again when the journal was read anew.</summary>
    [Fact]
    public async Task Nouns_ChangedHereAndInAChild_AreTheSameAfterARestart()
    {
        var simple = _cluster.SimpleQueue<string>("simple");
        var semaphore = _cluster.Semaphore("semaphore", 2);
        var bounded = _cluster.BoundedSemaphore("bounded", 1);
        var set = _cluster.Set<string>("set");
        var space = _cluster.Namespace("namespace");
        var value = _cluster.Value("value", 40L);
        var ratio = _cluster.Value("ratio", 0.5);
        var array = _cluster.Array<int>("array", 3);
        simple.Put("here");
        semaphore.Acquire(s_patience).ShouldBeTrue();
        set.Add("here").ShouldBeTrue();
        space["here"] = 1;
        value.Increment().ShouldBe(41);
        array[0] = 10;
        using var child = Mp.Process(
            static (All all) =>
            {
                all.Simple.Put("child");
                all.Semaphore.Acquire(s_patience).ShouldBeTrue();
                all.Semaphore.TryAcquire().ShouldBeFalse();
                all.Semaphore.Release();
                all.Semaphore.Release();
                all.Semaphore.Release();
                all.Bounded.Acquire(s_patience).ShouldBeTrue();
                all.Bounded.Release();
                Should.Throw<InvalidOperationException>(() => all.Bounded.Release());
                all.Set.Add("here").ShouldBeFalse();
                all.Set.Add("child").ShouldBeTrue();
                all.Space["child"] = "2";
                all.Value.Increment().ShouldBe(42);
                all.Ratio.Update(static each => each * 3).ShouldBe(1.5);
                all.Array.Update(0, static each => each + 1).ShouldBe(11);
            },
            new All(simple, semaphore, bounded, set, space, value, ratio, array));
        child.Start();
        child.Join(s_patience).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        semaphore.Value.ShouldBe(3);
        simple.Get(s_patience).ShouldBe("here");

        await node.RestartAsync();
        var again = node.Cluster;
        again.SimpleQueue<string>("simple").Get(s_patience).ShouldBe("child");
        again.SimpleQueue<string>("simple").Empty().ShouldBeTrue();
        again.BoundedSemaphore("bounded", 1).Value.ShouldBe(1);
        again.Set<string>("set").ShouldBe(["here", "child"]);
        again.Namespace("namespace").GetValue().ShouldBe(new Dictionary<string, object?> { ["here"] = 1, ["child"] = "2" }, ignoreOrder: true);
        (await again.Value<long>("value").IncrementAsync(cancellation: TestContext.Current.CancellationToken)).ShouldBe(43);
        again.Value<double>("ratio").Value.ShouldBe(1.5);
        again.Array<int>("array", 3).GetValue().ShouldBe([11, 0, 0]);
    }

    [Fact]
    public void Permits_OfAChildThatDies_ComeBack()
    {
        var semaphore = _cluster.Semaphore("permits", 2);
        using var child = Mp.Process(
            static (SharedSemaphore held) =>
            {
                held.Acquire(s_patience).ShouldBeTrue();
                held.Acquire(s_patience).ShouldBeTrue();
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            },
            semaphore);
        child.Start();
        child.Join(s_patience).ShouldBeTrue();
        semaphore.Acquire(s_patience).ShouldBeTrue();
        semaphore.Acquire(s_patience).ShouldBeTrue();
        semaphore.TryAcquire().ShouldBeFalse();
    }

    [Fact]
    public void Condition_NotifiedByAChild_WakesThoseThatWait()
    {
        var gate = _cluster.Lock("gate");
        var changed = _cluster.Condition("changed", gate);
        var stock = _cluster.Value("stock", 0);
        using var child = Mp.Process(
            static (SharedCondition told, ValueProxy<int> counted) =>
            {
                for (int i = 0; i < 3; i++)
                {
                    using var hold = told.Hold();
                    counted.Increment();
                    told.NotifyAll();
                }
            },
            changed,
            stock);
        using (changed.Hold())
        {
            changed.Wait(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
            child.Start();
            changed.WaitFor(() => stock.Value == 3, s_patience).ShouldBeTrue();
        }

        child.Join(s_patience).ShouldBeTrue();
        gate.Locked.ShouldBeFalse();
    }

    [Fact]
    public async Task Condition_Awaited_WakesOneForOneNotification()
    {
        var changed = _cluster.Condition("awaited", _cluster.Lock("its lock"));
        var stop = TestContext.Current.CancellationToken;
        int woken = 0;
        int waiting = 0;
        var waits = Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () =>
            {
                (await changed.AcquireAsync(s_patience, stop)).ShouldBeTrue();
                Interlocked.Increment(ref waiting);
                (await changed.WaitAsync(s_patience, stop)).ShouldBeTrue();
                Interlocked.Increment(ref woken);
                changed.Release();
            },
            stop)).ToArray();
        Await.Until("both wait", () => Volatile.Read(ref waiting) == 2);
        using (changed.Hold(stop))
        {
            changed.Notify();
        }

        await Task.WhenAny(waits);
        woken.ShouldBe(1);
        using (changed.Hold(stop))
        {
            changed.Notify();
        }

        await Task.WhenAll(waits);
    }

    [Fact]
    public void Barrier_OfThreeProcesses_OpensAndBreaks()
    {
        var barrier = _cluster.Barrier("barrier", 2, timeout: s_patience);
        using var child = Mp.Process(static (SharedBarrier rounds) => { rounds.Wait(); }, barrier);
        child.Start();
        barrier.Wait().ShouldBeInRange(0, 1);
        child.Join(s_patience).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        barrier.Waiting.ShouldBe(0);
        barrier.Broken.ShouldBeFalse();
        Should.Throw<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(50)));
        barrier.Broken.ShouldBeTrue();
        barrier.Reset();
        barrier.Broken.ShouldBeFalse();
        int acted = 0;
        _cluster.Barrier("with an action", 1, () => acted++).Wait().ShouldBe(0);
        acted.ShouldBe(1);
    }

    /// <summary>Code for any place of objects works with a cluster.</summary>
    [Fact]
    public void Space_OfTheCluster_MakesObjectsWithoutNames()
    {
        IObjectSpace space = _cluster;
        var first = space.Dictionary([KeyValuePair.Create("a", 1)]);
        var second = space.Dictionary<string, int>();
        first["a"].ShouldBe(1);
        second.Count.ShouldBe(0);
        using (space.Condition().Hold())
        {
        }

        space.List([1, 2]).ToArray().ShouldBe([1, 2]);
        space.Value("text").Value.ShouldBe("text");
    }

    private sealed record All(
        SharedSimpleQueue<string> Simple, SharedSemaphore Semaphore, SharedBoundedSemaphore Bounded, SetProxy<string> Set, NamespaceProxy Space,
        ValueProxy<long> Value, ValueProxy<double> Ratio, ArrayProxy<int> Array);
}
