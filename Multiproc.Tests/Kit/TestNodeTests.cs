using Multiproc.TestKit;

namespace Multiproc.Tests.Kit;

/// <summary>What users test with: a node in the test's process, with a clock that the test moves and peers that die at once.</summary>
public sealed class TestNodeTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task Timeout_PassesWhenTheClockIsMoved()
    {
        var queue = _node.Objects.Queue<int>();
        var get = queue.GetAsync(s_long).AsTask();
        _node.Probe(queue).ExpectWaiters(1);
        _node.Time.Advance(s_long - TimeSpan.FromTicks(1));
        get.IsCompleted.ShouldBeFalse("a tick is left");
        _node.Time.Advance(TimeSpan.FromTicks(1));
        await Should.ThrowAsync<QueueEmptyException>(() => get.WaitAsync(s_bound, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Timeout_OfAPeer_PassesWhenTheClockOfTheNodeIsMoved()
    {
        var happened = _node.Objects.Event();
        var there = _node.Join().Use(happened);
        var wait = there.WaitAsync(s_long).AsTask();
        _node.Probe(happened).ExpectWaiters(1);
        _node.Time.Advance(s_long);
        (await wait.WaitAsync(s_bound, TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public void Lock_OfAKilledPeer_IsAbandoned()
    {
        var gate = _node.Objects.Lock();
        var peer = _node.Join();
        peer.Use(gate).Acquire(s_bound).ShouldBeTrue();
        gate.TryAcquire().ShouldBeFalse();
        peer.Kill();
        gate.Acquire(s_bound).ShouldBeTrue();
        gate.Abandoned.ShouldBeTrue();
        gate.Release();
    }

    [Fact]
    public void Item_InTheHandOfAKilledPeer_IsThereAgain()
    {
        var jobs = _node.Objects.JoinableQueue<string>();
        var peer = _node.Join();
        jobs.Put("the job");
        peer.Use(jobs).Get(s_bound).ShouldBe("the job");
        jobs.QSize().ShouldBe(0);
        peer.Kill();
        jobs.Get(s_bound).ShouldBe("the job");
        jobs.TaskDone();
        jobs.Join(s_bound).ShouldBeTrue();
    }

    [Fact]
    public async Task WaitOfAKilledPeer_Ends()
    {
        var queue = _node.Objects.Queue<int>();
        var peer = _node.Join();
        var get = peer.Use(queue).GetAsync().AsTask();
        _node.Probe(queue).ExpectWaiters(1);
        peer.Kill();
        await Should.ThrowAsync<ConnectionLostException>(() => get.WaitAsync(s_bound, TestContext.Current.CancellationToken));
        _node.Probe(queue).ExpectWaiters(0);
        queue.Put(1);
        queue.Get(s_bound).ShouldBe(1);
    }

    [Fact]
    public void Values_GoToAPeerAndBack()
    {
        var dictionary = _node.Objects.Dictionary<string, int>();
        var there = _node.Join("the worker").Use(dictionary);
        there["a"] = 1;
        dictionary["b"] = there["a"] + 1;
        there.Count.ShouldBe(2);
        _node.Join("the worker").Use(_node.Objects.Lock()).ToString().ShouldContain("the test's node");
    }

    [Fact]
    public void Expectation_ThatIsNotMet_SaysWhatWasSeen()
    {
        var gate = _node.Objects.Lock();
        gate.Acquire();
        var failure = Should.Throw<TimeoutException>(() => _node.Probe(gate).ExpectFree(TimeSpan.FromMilliseconds(20)));
        failure.Message.ShouldContain("nobody holds it");
        failure.Message.ShouldContain("held by process");
        gate.Release();
        _node.Probe(gate).ExpectFree();
    }

    [Fact]
    public void Probe_OfAnObjectOfAnotherNode_OrOfOneThatHasEnded_IsRefused()
    {
        using var other = new TestNode();
        var gate = _node.Objects.Lock();
        var elsewhere = other.Objects.Lock();
        elsewhere.Handle.Id.ShouldBe(gate.Handle.Id, "each node counts for itself");
        Should.Throw<ArgumentException>(() => _node.Probe(elsewhere)).Message.ShouldContain("does not live in this node");
        _node.Probe(gate);
        gate.Dispose();
        Should.Throw<ArgumentException>(() => _node.Probe(gate));
    }

    [Fact]
    public async Task Node_Disposed_EndsTheWaitsOfAll()
    {
        var node = new TestNode();
        var queue = node.Objects.Queue<int>();
        var here = queue.GetAsync().AsTask();
        var there = node.Join().Use(queue).GetAsync().AsTask();
        node.Probe(queue).ExpectWaiters(2);
        node.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => here.WaitAsync(s_bound, TestContext.Current.CancellationToken));
        await Should.ThrowAsync<MultiprocException>(() => there.WaitAsync(s_bound, TestContext.Current.CancellationToken));
    }
}
