using Multiproc.Nodes;
using Multiproc.Objects.Events;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport.InMemory;

namespace Multiproc.Tests.Nodes;

/// <summary>Two nodes in one process, linked in memory: what passes between processes, without a process.</summary>
public sealed class TwoNodesTests : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly Node _owner = new() { Name = "owner" };
    private readonly Node _user = new() { Name = "user" };
    private readonly Peer _userAtOwner;

    public TwoNodesTests()
    {
        var (ofOwner, ofUser) = InMemoryLink.Pair();
        _userAtOwner = _owner.Peers.Join(ofOwner);
        _userAtOwner.Start();
        var ownerAtUser = _user.Peers.Join(ofUser);
        ownerAtUser.Start();
        ownerAtUser.AwaitHello(s_bound);
        _userAtOwner.AwaitHello(s_bound);
    }

    public void Dispose()
    {
        _userAtOwner.Close();
        _owner.Actors.System.Terminate().Wait(s_bound).ShouldBeTrue();
    }

    [Fact]
    public void Queue_OfOneNode_IsUsedFromTheOther()
    {
        var (here, there) = Make(QueueType.Instance, new SharedQueueOptions().Pack(), static handle => new SharedQueue<string>(handle, 0));
        there.Put("from the user");
        here.Get(s_bound).ShouldBe("from the user");
        here.PutMany(Enumerable.Range(0, 100).Select(static number => $"item {number}"));
        Enumerable.Range(0, 100).Select(_ => there.Get(s_bound)).ShouldBe(Enumerable.Range(0, 100).Select(static number => $"item {number}"));
        there.QSize().ShouldBe(0);
        _user.Objects.All().ShouldBeEmpty("the queue lives in the other node");
        there.ToString().ShouldContain("owner");
    }

    [Fact]
    public void Getter_OfTheOtherNode_IsWoken()
    {
        var (here, there) = Make(QueueType.Instance, new SharedQueueOptions().Pack(), static handle => new SharedQueue<int>(handle, 0));
        var waiting = there.GetAsync(s_bound).AsTask();
        here.Put(7);
        waiting.Wait(s_bound).ShouldBeTrue();
        waiting.Result.ShouldBe(7);
    }

    [Fact]
    public void Lock_HeldByTheOtherNode_IsHeldHereAndPassesOnWhenThatEnds()
    {
        var (here, there) = Make(LockType.Instance, default, static handle => new SharedLock(handle));
        there.TryAcquire().ShouldBeTrue();
        here.TryAcquire().ShouldBeFalse("both nodes map the same cell");
        there.Release();
        here.TryAcquire().ShouldBeTrue();
        here.Release();
        there.TryAcquire().ShouldBeTrue();
        _userAtOwner.Close();
        here.Acquire(s_bound).ShouldBeTrue("the holder's node is gone");
        here.Abandoned.ShouldBeTrue();
    }

    [Fact]
    public void Event_SetHere_EndsTheWaitThere()
    {
        var (here, there) = Make(EventType.Instance, default, static handle => new SharedEvent(handle));
        var waiting = there.WaitAsync(s_bound).AsTask();
        here.Set();
        waiting.Wait(s_bound).ShouldBeTrue();
        waiting.Result.ShouldBeTrue();
        there.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void NodeOfTheProcess_IsNeither()
    {
        Node.Current.ShouldNotBeSameAs(_owner);
        using var queue = Mp.Queue<int>();
        queue.Put(1);
        queue.Get(s_bound).ShouldBe(1);
        _owner.Objects.All().ShouldBeEmpty();
    }

    /// <summary>Makes an object of the owner, with a facade in each node.</summary>
    private (T Here, T There) Make<T>(ObjectType type, Payload options, Func<ObjectHandle, T> facade)
        where T : SharedObject
    {
        long id = _owner.Create(type, options, out var cell);
        var address = cell is { } block ? new MemoryAddress(block.SegmentToken, block.Offset, block.Size) : MemoryAddress.None;
        return (facade(new ObjectHandle(_owner, id, cell)), facade(new ObjectHandle(_user, _owner.Identity, id, address)));
    }
}
