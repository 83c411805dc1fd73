using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Use after the end of an object is an error at once, also when the end comes in the middle of a call.</summary>
public sealed class DisposalTests
{
    [Fact]
    public void Disposed_EveryFacade_RefusesWithItsName()
    {
        var queue = Mp.Queue<int>();
        var gate = Mp.Lock();
        var recursive = Mp.RLock();
        var permits = Mp.Semaphore();
        var bounded = Mp.BoundedSemaphore();
        var readers = Mp.ReadWriteLock();
        readers.ReadLock().Dispose();
        var left = Mp.Countdown(2);
        var condition = Mp.Condition();
        var barrier = Mp.Barrier(2);
        var flag = Mp.Event();
        var value = Mp.Value(1);
        var array = Mp.Array<int>(3);
        foreach (var each in new SharedObject[] { queue, gate, recursive, permits, bounded, readers, left, condition, barrier, flag, value, array })
        {
            each.Dispose();
            each.Dispose();
        }

        Should.Throw<ObjectDisposedException>(() => queue.Put(1));
        Should.Throw<ObjectDisposedException>(() => queue.Get());
        Should.Throw<ObjectDisposedException>(() => gate.Acquire());
        Should.Throw<ObjectDisposedException>(gate.Release);
        Should.Throw<ObjectDisposedException>(() => recursive.Acquire());
        Should.Throw<ObjectDisposedException>(() => permits.Acquire());
        Should.Throw<ObjectDisposedException>(() => permits.Release());
        Should.Throw<ObjectDisposedException>(() => bounded.Release());
        Should.Throw<ObjectDisposedException>(() => readers.AcquireRead());
        Should.Throw<ObjectDisposedException>(readers.ReleaseRead);
        Should.Throw<ObjectDisposedException>(() => readers.AcquireWrite());
        Should.Throw<ObjectDisposedException>(() => readers.Abandoned);
        Should.Throw<ObjectDisposedException>(() => left.Signal());
        Should.Throw<ObjectDisposedException>(() => left.Wait());
        Should.Throw<ObjectDisposedException>(() => condition.Acquire());
        Should.Throw<ObjectDisposedException>(() => condition.Wait());
        Should.Throw<ObjectDisposedException>(condition.NotifyAll);
        Should.Throw<ObjectDisposedException>(() => barrier.Wait());
        Should.Throw<ObjectDisposedException>(() => barrier.Broken);
        Should.Throw<ObjectDisposedException>(() => barrier.Waiting);
        Should.Throw<ObjectDisposedException>(barrier.Abort);
        Should.Throw<ObjectDisposedException>(() => flag.IsSet);
        Should.Throw<ObjectDisposedException>(flag.Set);
        Should.Throw<ObjectDisposedException>(() => value.Value);
        Should.Throw<ObjectDisposedException>(() => value.Value = 2);
        Should.Throw<ObjectDisposedException>(() => array[0]);
        Should.Throw<ObjectDisposedException>(() => array.Span.Length);
        Should.Throw<ObjectDisposedException>(() => Mp.Process(static q => q.Put(1), queue).Start());
    }

    [Fact]
    public void Disposed_WhileOthersWait_TheyAreTold()
    {
        var queue = Mp.Queue<int>();
        using var waiting = Mp.Event();
        using var refused = Mp.Queue<string>();
        using var child = InChild.Start(() =>
        {
            waiting.Set();
            try
            {
                queue.Get();
            }
            catch (ObjectDisposedException gone)
            {
                refused.Put(gone.Message);
            }
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to wait");
        var here = queue.GetAsync().AsTask();
        queue.Dispose();
        refused.Get(InChild.Bound).ShouldContain("Its node has disposed it");
        Should.Throw<ObjectDisposedException>(() => here.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        child.Join(InChild.Bound).ShouldBeTrue("the child ends");
    }

    [Fact]
    public void Disposed_WhileAChildWaitsWithoutADeadline_ItIsTold()
    {
        // Their messages were sent without a wake: they must be read all the same.
        var gate = Mp.Lock();
        var condition = Mp.Condition(gate);
        var barrier = Mp.Barrier(2);
        using var waiting = Mp.Queue<int>();
        using var refused = Mp.Queue<string>();
        using var atCondition = InChild.Start(() => TellRefusal(refused, () =>
        {
            using var _ = condition.Hold();
            waiting.Put(0);
            condition.Wait();
        }));
        using var atBarrier = InChild.Start(() => TellRefusal(refused, () =>
        {
            waiting.Put(0);
            barrier.Wait();
        }));
        waiting.Get(InChild.Bound);
        waiting.Get(InChild.Bound);
        gate.Hold().Dispose();
        condition.Dispose();
        barrier.Dispose();
        refused.Get(InChild.Bound).ShouldContain("Its node has disposed it");
        refused.Get(InChild.Bound).ShouldContain("Its node has disposed it");
        gate.Dispose();
    }

    private static void TellRefusal(SharedQueue<string> refused, Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException gone)
        {
            refused.Put(gone.Message);
        }
    }

    [Fact]
    public void Disposed_RacingWithCalls_NoneWaitsForEver()
    {
        for (int round = 0; round < 1_000; round++)
        {
            var queue = Mp.Queue<int>();
            var asked = Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        queue.QSize();
                    }
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            });
            if (round % 2 == 0)
            {
                Thread.Yield();
            }

            queue.Dispose();
            asked.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        }
    }
}
