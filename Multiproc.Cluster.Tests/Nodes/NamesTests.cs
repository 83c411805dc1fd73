namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Names that are wrong, long, or of something else.</summary>
[Collection(NodeTests.Name)]
public sealed class NamesTests(OneNode node) : IClassFixture<OneNode>
{
    private readonly ClusterContext _cluster = node.Cluster;

    [Fact]
    public void Name_ThatIsNone_IsRefused()
    {
        Should.Throw<ArgumentNullException>(() => _cluster.Lock(null!));
        Should.Throw<ArgumentException>(() => _cluster.Lock(""));
        Should.Throw<ArgumentOutOfRangeException>(() => _cluster.Lock(new string('x', 1025)));
        Should.Throw<ArgumentException>(() => _cluster.Lock("half \ud800 of a pair")).Message.ShouldContain("surrogate");
        using var stranger = Mp.Lock();
        Should.Throw<ArgumentException>(() => _cluster.Condition("c", stranger)).Message.ShouldContain("cluster.Lock");
    }

    [Fact]
    public void Name_OfTheLongestKind_IsOneOfItsOwn()
    {
        string first = new string('ü', 1023) + "1";
        string second = new string('ü', 1023) + "2";
        _cluster.Value<int>(first).Value = 1;
        _cluster.Value<int>(second).Value = 2;
        _cluster.Value<int>(first).Value.ShouldBe(1);
        _cluster.Value<int>(second).Value.ShouldBe(2);
    }

    [Fact]
    public void Name_OpenedAsAnotherKind_IsAConflictThatNamesBoth()
    {
        _cluster.Queue<int>("queue", 2);
        _cluster.Lock("lock");
        _cluster.Dictionary<string, int>("dictionary");
        _cluster.Array<int>("array", 2);
        _cluster.Value<List<int[]>>("value");
        Conflict(() => _cluster.Lock("queue"), "Queue<System.Int32> of at most 2", "Lock");
        Conflict(() => _cluster.Queue<long>("queue", 2), "Queue<System.Int32>", "Queue<System.Int64>");
        Conflict(() => _cluster.Queue<int>("queue", 3), "of at most 2", "of at most 3");
        Conflict(() => _cluster.SimpleQueue<int>("queue"), "Queue<System.Int32>", "SimpleQueue<System.Int32>");
        Conflict(() => _cluster.RLock("lock"), "Lock", "RLock");
        Conflict(() => _cluster.Namespace("dictionary"), "Dictionary<System.String, System.Int32>", "Namespace");
        Conflict(() => _cluster.Array("array", [1, 2, 3]), "Array<System.Int32> of 2", "Array<System.Int32> of 3");
        Conflict(() => _cluster.Value<List<int>>("value"), "List`1<System.Int32[]>", "List`1<System.Int32>");
        _cluster.Condition("condition", _cluster.Lock("one"));
        Conflict(() => _cluster.Condition("condition", _cluster.Lock("two")), "Condition of the Lock 'one'", "Condition of the Lock 'two'");
        _cluster.Semaphore("semaphore", 2);
        Conflict(() => _cluster.Semaphore("semaphore", 3), "Semaphore of 2", "Semaphore of 3");
    }

    /// <summary>Finds out what another node would, which has never opened the name: from the object, not from what this process knows.</summary>
    [Fact]
    public async Task Name_OfAnotherKindInTheJournal_IsAConflict()
    {
        _cluster.Queue<int>("kept");
        await node.RestartAsync();
        var again = node.Cluster;
        Conflict(() => again.Event("kept"), "Queue<System.Int32>", "Event");
        again.Queue<int>("kept").QSize().ShouldBe(0);
    }

    private static void Conflict(Action opening, string first, string second)
    {
        string message = Should.Throw<NameConflictException>(opening).Message;
        message.ShouldContain(first);
        message.ShouldContain(second);
    }
}
