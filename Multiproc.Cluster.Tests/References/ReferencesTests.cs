using Multiproc.Cluster.Tests.Nodes;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.References;

/// <summary>Facades of objects of a cluster as values: in other objects of it, in children, and where there is no cluster.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class ReferencesTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ClusterContext _cluster = node.Cluster;

    [Fact]
    public void Facade_InAnObjectOfTheCluster_ComesOutAsOneOfTheSameObject()
    {
        var gate = _cluster.Lock("gate");
        var locks = _cluster.Queue<SharedLock>("locks");
        locks.Put(gate);
        var came = locks.Get(s_patience);
        came.ShouldBe(gate);
        using (came.Hold())
        {
            gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
        }

        var queues = _cluster.Dictionary<string, SharedQueue<int>[]>("queues");
        queues["both"] = [_cluster.Queue<int>("left", 3), _cluster.Queue<int>("right")];
        queues["both"][0].Put(1);
        _cluster.Queue<int>("left", 3).Get(s_patience).ShouldBe(1);
        queues["both"][0].Full().ShouldBeFalse();

        // Found by their bytes, which are the same whoever wrote them.
        var seen = _cluster.Set<SharedLock>("seen");
        seen.Add(gate).ShouldBeTrue();
        seen.Add(came).ShouldBeFalse();
        seen.Contains(_cluster.Lock("gate")).ShouldBeTrue();
        _cluster.Value("value", came).Value.ShouldBe(gate);
    }

    [Fact]
    public void Facade_OutOfTheJournal_WorksInAChild_AndInAChildOfThat()
    {
        var counts = _cluster.Queue<DictionaryProxy<string, int>>("dictionaries");
        var dictionary = _cluster.Dictionary<string, int>("counted");
        counts.PutMany([dictionary, dictionary]);
        Run(static counts =>
        {
            counts.Get(s_patience)["child"] = 1;
            Run(static counts => counts.Get(s_patience)["grandchild"] = 2, counts);
        }, counts);
        dictionary["child"].ShouldBe(1);
        dictionary["grandchild"].ShouldBe(2);
    }

    [Fact]
    public void Facade_AtAnotherNode_IsOneOfThatNode()
    {
        using var other = new NodeProcess(node.Folder.Journal, _cluster.Address);
        using var far = new SyncManager(new ManagerAddress("127.0.0.1", 0), ClusterFolder.Key);
        far.Start();
        var gate = _cluster.Lock("of both");
        var board = far.List<object>();
        board.Append(gate);
        _cluster.Queue<object>("mail").Put(_cluster.Condition("changed", gate));
        other.Do(cluster =>
        {
            // Over TLS, by an address of the first node; and out of the journal, by the name alone.
            var came = (SharedLock)board[0];
            came.Handle.IsLocal.ShouldBeTrue("its own node relays");
            came.ShouldBe(cluster.Lock("of both"));
            var changed = (SharedCondition)cluster.Queue<object>("mail").Get(s_patience);
            changed.Handle.IsLocal.ShouldBeTrue();
            changed.Acquire();
            board.Append(changed);
            Run(static board => ((SharedLock)board[0]).Acquire(TimeSpan.Zero).ShouldBeFalse("its parent's node holds it"), board);
            changed.Release();
        });
        ((SharedCondition)board[1]).ShouldBe(_cluster.Condition("changed", gate));
        gate.Acquire(s_patience).ShouldBeTrue();
        gate.Release();
        board.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Facade_InTheJournal_SurvivesRestarts_AndNeverReachesALaterObjectOfItsName()
    {
        _cluster.Queue<SharedQueue<string>>("kept").PutMany([_cluster.Queue<string>("old"), _cluster.Queue<string>("young")]);
        _cluster.Queue<string>("young").Put("still there");
        await node.RestartAsync();
        var again = node.Cluster;
        again.Delete("old").ShouldBeTrue();
        again.Queue<string>("old").Put("another one");
        var kept = again.Queue<SharedQueue<string>>("kept");
        var old = kept.Get(s_patience);
        Should.Throw<ObjectDisposedException>(() => old.QSize()).Message.ShouldContain("deleted");
        again.Queue<string>("old").QSize().ShouldBe(1);
        var young = kept.Get(s_patience);
        young.Get(s_patience).ShouldBe("still there");
        young.ShouldBe(again.Queue<string>("young"));
    }

    [Fact]
    public void ObjectOfAProcess_InAnObjectOfTheCluster_IsRefusedByItsPath()
    {
        using var local = Mp.Lock();
        using var manager = Mp.Manager();
        (Connection one, Connection other) = Mp.Pipe();
        using var _ = one;
        using var __ = other;
        var anything = _cluster.Queue<object>("anything");
        Refused(() => anything.Put(local), "SharedLock");
        Refused(() => anything.Put(new List<object> { 1, manager.Queue<int>() }), "element 1");
        Refused(() => anything.PutMany([new Holder("jobs", [local])]), "field 'Locks' → element 0");
        Refused(() => anything.Put(one), "Connection");
        var dictionary = _cluster.Dictionary<string, object>("of anything");
        Refused(() => dictionary["key"] = local, "SharedLock");
        Refused(() => dictionary.Transact(transaction => transaction["key"] = local), "SharedLock");
        Refused(() => _cluster.Value<object>("initial", local), "SharedLock");
        anything.Empty().ShouldBeTrue();
        dictionary.Count.ShouldBe(0);

        // What does not outlive processes keeps it.
        using var queue = Mp.Queue<object>();
        queue.Put(local);
        queue.Get(s_patience).ShouldBe(local);
    }

    [Fact]
    public void Facade_WhereThereIsNoCluster_IsATypedError()
    {
        var stored = Serializer.PackToOutlive(_cluster.Lock("gate"));
        var message = Should.Throw<NotInClusterException>(() => ObjectHandle.ReadFor(new Node(), () => Serializer.Unpack<SharedLock>(stored))).Message;
        message.ShouldContain("'gate'");
        message.ShouldContain("Mp.Cluster");
    }

    private static void Refused(Action put, string path)
    {
        string message = Should.Throw<SerializationException>(put).Message;
        message.ShouldContain(path);
        message.ShouldContain("process");
    }

    private static void Run<T>(Action<T> target, T argument)
    {
        using var child = Mp.Process(target, argument);
        child.Start();
        child.Join(s_patience).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    private sealed record Holder(string Name, SharedLock[] Locks);
}
