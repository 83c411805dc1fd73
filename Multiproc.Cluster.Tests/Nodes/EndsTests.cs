using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>What there is, and how it ends.</summary>
[Collection(NodeTests.Name)]
public sealed class EndsTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClusterContext _cluster = node.Cluster;

    [Fact]
    public void Delete_OfAnObject_EndsWhatWaitsAndFreesTheName()
    {
        var queue = _cluster.Queue<int>("deleted");
        var told = _cluster.Queue<string>("told of the deletion");
        using var child = Mp.Process(
            static (SharedQueue<int> waited, SharedQueue<string> reports) =>
            {
                reports.Put("waits");
                reports.Put(Should.Throw<ObjectDisposedException>(() => waited.Get(s_patience)).Message);
            },
            queue,
            told);
        child.Start();
        told.Get(s_patience).ShouldBe("waits");
        var waits = Task.Run(() => queue.Get(s_patience), TestContext.Current.CancellationToken);
        _cluster.Delete("deleted").ShouldBeTrue();
        Should.Throw<ObjectDisposedException>(() => waits.GetAwaiter().GetResult()).Message.ShouldContain("deleted");
        told.Get(s_patience).ShouldContain("deleted");
        child.Join(s_patience).ShouldBeTrue();

        // The name is that of another kind now; the old facade has nothing to do with it.
        var anew = _cluster.List<int>("deleted");
        anew.Add(1);
        Should.Throw<ObjectDisposedException>(() => queue.Put(1));
        Should.Throw<ObjectDisposedException>(() => queue.QSize());
        anew.ToArray().ShouldBe([1]);
        _cluster.Delete("deleted").ShouldBeTrue();
        _cluster.Delete("deleted").ShouldBeFalse();
        _cluster.Delete("what never was").ShouldBeFalse();
    }

    [Fact]
    public async Task Lock_OfADeletedName_HasFencesAboveThoseOfTheOldOne()
    {
        var stop = TestContext.Current.CancellationToken;
        var old = _cluster.Lock("lock made anew");
        old.Acquire(s_patience, stop).ShouldBeTrue();
        (await _cluster.DeleteAsync("lock made anew", stop)).ShouldBeTrue();
        var anew = _cluster.Lock("lock made anew");
        anew.Acquire(s_patience, stop).ShouldBeTrue();
        anew.Fence.ShouldBeGreaterThan(1L << 40);
        Should.Throw<ObjectDisposedException>(() => old.Locked);
        Should.Throw<ObjectDisposedException>(old.Release);
        Should.Throw<ObjectDisposedException>(old.MarkConsistent);
        await Should.ThrowAsync<ObjectDisposedException>(async () => await old.AcquireAsync(s_patience, stop));
        anew.Locked.ShouldBeTrue();
        anew.Release();
    }

    [Fact]
    public async Task List_OfAllObjects_HasNamesKindsAndPlaces()
    {
        string longName = new('ö', 1000);
        _cluster.Dictionary<string, int>("listed");
        _cluster.Value<int>(longName, options: Durability.Memory);
        _cluster.Event("listed and deleted");
        _cluster.Delete("listed and deleted");
        var listed = await _cluster.ListAsync(TestContext.Current.CancellationToken);
        listed.ShouldContain(new ClusterObject("listed", "Dictionary<System.String, System.Int32>", _cluster.Address, Durability.Journal, null));
        listed.ShouldContain(new ClusterObject(longName, "Value<System.Int32>", _cluster.Address, Durability.Memory, null));
        listed.ShouldNotContain(static each => each.Name == "listed and deleted");
        listed.Select(static each => each.Name).ShouldBe(listed.Select(static each => each.Name).Order(StringComparer.Ordinal));
        Should.Throw<ArgumentException>(() => _cluster.Delete(""));
    }

    [Fact]
    public void Object_ThatNobodyUses_Expires()
    {
        var options = new ClusterObjectOptions { ExpireAfter = TimeSpan.FromSeconds(1) };
        var left = _cluster.Value("left alone", 7, options);
        var held = _cluster.Lock("held", options);
        held.Acquire(s_patience).ShouldBeTrue();
        Should.Throw<NameConflictException>(() => _cluster.Lock("held")).Message.ShouldContain("expires after 00:00:01");
        Should.Throw<ArgumentOutOfRangeException>(() => _cluster.Lock("soon", new() { ExpireAfter = TimeSpan.FromMilliseconds(1) }));
        Await.Until("it is gone", () => _cluster.List().All(static each => each.Name != "left alone"), s_patience);
        Should.Throw<ObjectDisposedException>(() => left.Value).Message.ShouldContain("nobody had used it");
        held.Locked.ShouldBeTrue();
        _cluster.Value("left alone", 8, options).Value.ShouldBe(8);
    }

    /// <summary>Deleted stays deleted, and its successor stays, for whoever reads the journal anew.</summary>
    [Fact]
    public async Task Ends_InTheJournal_AreThoseOfTheNextOwnerToo()
    {
        _cluster.Value("ended", 1);
        _cluster.Delete("ended");
        _cluster.Value("ended twice", 1);
        _cluster.Delete("ended twice");
        _cluster.Value("ended twice", "two");
        await node.RestartAsync();
        node.Cluster.List().ShouldNotContain(static each => each.Name == "ended");
        node.Cluster.Value<string>("ended twice").Value.ShouldBe("two");
        node.Cluster.Delete("ended twice").ShouldBeTrue();
        node.Cluster.Value("ended", 3).Value.ShouldBe(3);
    }
}
