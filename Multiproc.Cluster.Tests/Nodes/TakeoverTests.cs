using System.Diagnostics;

namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Three nodes as processes of this machine, of which one dies, then one leaves.</summary>
[Collection(NodeTests.Name)]
public sealed class TakeoverTests(ITestOutputHelper output) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The times are those of a machine with nothing else to do.</summary>
    private static readonly TimeSpan s_loadOfMachine = TimeSpan.FromSeconds(4);

    private readonly ClusterFolder _folder = new();
    private ClusterContext _here = null!;
    private NodeProcess _second = null!;
    private NodeProcess _third = null!;
    private string _nameInMemory = "";

    private void Start(params string[] seeds)
    {
        _here = ClusterContext.JoinAsync(_folder.Options(seeds)).GetAwaiter().GetResult();
        _second = new NodeProcess(_folder.Journal, [_here.Address, .. seeds]);
        _third = new NodeProcess(_folder.Journal, [_here.Address, .. seeds]);
        _ = _second.Address;
        _ = _third.Address;
    }

    public async ValueTask DisposeAsync()
    {
        _second.Dispose();
        _third.Dispose();
        await _here.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5, ClusterFolder.Strangers)]
    public void Nodes_OneKilledAndOneLeaving_AreReplacedWithinSeconds(int seconds, params string[] seeds)
    {
        Start(seeds);
        string name = NameOwnedBy(_second);
        var queue = _here.Queue<int>(name);
        var gate = _here.Lock("gate of the dead");
        for (int i = 0; i < 10; i++)
        {
            queue.Put(i);
        }

        // What the dead hold: an item in hand, and a lock. What waits: a lock, here.
        _second.Do(cluster => cluster.Lock("gate of the dead").Acquire());
        _second.Do(cluster => cluster.Queue<int>(name).Lease(s_patience).Item.ShouldBe(0));
        long fence = gate.Fence;
        var waits = Task.Run(() => gate.Acquire(s_patience), TestContext.Current.CancellationToken);

        var inMemory = InMemoryOf(_second);
        inMemory.Put(1);
        inMemory.Get(s_patience).ShouldBe(1);
        var waitsInMemory = Task.Run(() => inMemory.Get(s_patience), TestContext.Current.CancellationToken);
        long killed = Stopwatch.GetTimestamp();
        _second.Kill();
        queue.Put(10);
        var takeover = Stopwatch.GetElapsedTime(killed);
        output.WriteLine($"first operation {takeover.TotalMilliseconds:F0} ms after the death");
        waits.GetAwaiter().GetResult().ShouldBeTrue();
        output.WriteLine($"lock of the dead {Stopwatch.GetElapsedTime(killed).TotalMilliseconds:F0} ms after the death");
        gate.Abandoned.ShouldBeTrue();
        gate.Fence.ShouldBeGreaterThan(fence);

        // The queue and the lock may live on two nodes, and each of them learns of the death by itself.
        TestKit.Await.Until("the queue has the item of the dead again", () => queue.QSize() == 11, s_patience);
        for (int i = 0; i <= 10; i++)
        {
            queue.Get(s_patience).ShouldBe(i);
        }

        queue.QSize().ShouldBe(0);
        Should.Throw<OutcomeUnknownException>(() => waitsInMemory.GetAwaiter().GetResult()).Message.ShouldContain("memory");
        Should.Throw<ConnectionLostException>(() => inMemory.Put(2)).ShouldNotBeOfType<OutcomeUnknownException>();
        _here.Queue<int>(_nameInMemory, options: Durability.Memory).QSize().ShouldBe(0);
        MoveFromALeavingNode();
        takeover.ShouldBeLessThan(TimeSpan.FromSeconds(seconds) + s_loadOfMachine);
    }

    private void MoveFromALeavingNode()
    {
        string name = NameOwnedBy(_third);
        var queue = _here.Queue<int>(name);
        queue.Put(1);
        var inMemory = InMemoryOf(_third);
        inMemory.PutMany([1, 2, 3]);
        inMemory.Get(s_patience).ShouldBe(1);
        long began = Stopwatch.GetTimestamp();
        _third.Leave();
        queue.Put(2);
        output.WriteLine($"left and moved within {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F0} ms");
        queue.Get(s_patience).ShouldBe(1);
        queue.Get(s_patience).ShouldBe(2);
        inMemory.Get(s_patience).ShouldBe(2);
        _here.List().ShouldContain(each => each.Name == _nameInMemory && each.Address == _here.Address);
        TestKit.Await.Until("the node is removed", () => _here.Members.Count == 1);
    }

    private SharedQueue<int> InMemoryOf(NodeProcess node)
    {
        for (int i = 0; i < 200; i++)
        {
            _nameInMemory = $"in memory {i}";
            var queue = _here.Queue<int>(_nameInMemory, options: Durability.Memory);
            if (_here.Node.Gateway.OwnerOf(_nameInMemory) == node.Address)
            {
                return queue;
            }
        }

        throw new InvalidOperationException($"Of 200 objects none lives at {node.Address}.");
    }

    private string NameOwnedBy(NodeProcess node)
    {
        for (int i = 0; i < 200; i++)
        {
            string name = $"object {i}";
            _here.Queue<int>(name);
            if (_here.Node.Gateway.OwnerOf(name) == node.Address)
            {
                return name;
            }
        }

        throw new InvalidOperationException($"Of 200 objects none lives at {node.Address}.");
    }
}
