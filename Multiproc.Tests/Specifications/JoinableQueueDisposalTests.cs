using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

public sealed class JoinableQueueDisposalTests
{
    [Fact]
    public void Disposed_WhileOthersJoin_TheyAreTold()
    {
        var queue = Mp.JoinableQueue<int>();
        using var waiting = Mp.Event();
        using var refused = Mp.Queue<string>();
        queue.Put(1);
        using var child = InChild.Start(() =>
        {
            waiting.Set();
            refused.Put(Should.Throw<ObjectDisposedException>(() => queue.Join()).Message);
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to join");
        var here = queue.JoinAsync().AsTask();
        queue.Dispose();
        refused.Get(InChild.Bound).ShouldContain("Its node has disposed it");
        Should.Throw<ObjectDisposedException>(() => here.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        Should.Throw<ObjectDisposedException>(() => queue.Join());
        Should.Throw<ObjectDisposedException>(queue.TaskDone);
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
    }

    [Fact]
    public void Disposed_WithALease_DisposingTheLeaseIsNoError()
    {
        var queue = Mp.JoinableQueue<int>();
        queue.Put(1);
        var lease = queue.Lease();
        queue.Dispose();
        Should.Throw<ObjectDisposedException>(lease.Complete);
        lease.Dispose();
    }

    [Fact]
    public void NodeKilled_WithALease_DisposingTheLeaseIsNoError()
    {
        using var queues = Mp.Queue<SharedJoinableQueue<int>>();
        using var owner = InChild.Start(() =>
        {
            var own = Mp.JoinableQueue<int>();
            own.PutMany([1, 2]);
            queues.Put(own);
            Thread.CurrentThread.Join();
        });
        using var theirs = queues.Get(InChild.Bound);
        using var lease = theirs.Lease(InChild.Bound);
        var join = theirs.JoinAsync().AsTask();
        owner.KillAndJoin();
        Should.Throw<ConnectionLostException>(() => join.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        Should.Throw<ConnectionLostException>(lease.Complete);
        Should.Throw<ConnectionLostException>(theirs.TaskDone);
    }
}
