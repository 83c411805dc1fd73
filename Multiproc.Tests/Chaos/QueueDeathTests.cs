using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>The rows of the death table about queues and nodes, with a real kill -9.</summary>
public sealed class QueueDeathTests
{
    [Fact]
    public void Get_BlockedProcessKilled_OthersGetEveryItem()
    {
        //
        using var queue = Mp.Queue<int>();
        using var waiting = Mp.Event();
        using var doomed = InChild.Start(() => SayAndGet(queue, waiting));
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to wait");
        doomed.KillAndJoin();
        queue.Put(1);
        queue.Put(2);
        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
    }

    [Fact]
    public void Get_ProcessFrozenBeforeItSawTheItemThenKilled_ItemGoesBackToItsPlace()
    {
        using var queue = Mp.Queue<int>();
        using var waiting = Mp.Event();
        using var doomed = InChild.Start(() => SayAndGet(queue, waiting));
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to wait");
        Await.Until("the child sleeps in Get", () => Signals.State(doomed.Pid!.Value) == 'S');
        doomed.Freeze();
        queue.Put(1);
        queue.Put(2);
        doomed.KillAndJoin();
        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
        queue.TryGet(out _).ShouldBeFalse();
    }

    [Fact]
    public void Put_ProducerKilledInTheMiddle_ItemsAreWholeAndInOrder()
    {
        using var queue = Mp.Queue<byte[]>();
        for (int round = 0; round < 5; round++)
        {
            using var producer = InChild.Start(() =>
            {
                for (int i = 0; ; i++)
                {
                    byte[] item = new byte[200_000];
                    item.AsSpan().Fill((byte)i);
                    queue.Put(item);
                }
            });
            int expected = 0;
            for (; expected < 20 + round; expected++)
            {
                Whole(queue.Get(InChild.Bound), expected);
            }

            producer.KillAndJoin();
            while (queue.TryGet(out byte[]? rest))
            {
                Whole(rest!, expected++);
            }
        }

        queue.Put([1]);
        queue.Get(InChild.Bound).ShouldBe([1]);
    }

    [Fact]
    public void Node_ChildThatOwnsTheQueueKilled_BlockedGetterHearsAtOnce()
    {
        using var queues = Mp.Queue<SharedQueue<int>>();
        using var owner = InChild.Start(() =>
        {
            var own = Mp.Queue<int>();
            own.Put(7);
            queues.Put(own);
            Thread.CurrentThread.Join();
        });
        using var theirs = queues.Get(InChild.Bound);
        theirs.Get(InChild.Bound).ShouldBe(7);
        var blocked = Task.Factory.StartNew(() => theirs.Get(), default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var blockedAsync = theirs.GetAsync().AsTask();
        owner.Kill();
        Should.Throw<ConnectionLostException>(() => blocked.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        Should.Throw<ConnectionLostException>(() => blockedAsync.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        Should.Throw<ConnectionLostException>(() => theirs.Put(1));
        Should.Throw<ConnectionLostException>(() => theirs.QSize());
    }

    [Fact]
    public void Node_ParentKilled_BlockedGrandchildEnds()
    {
        using var pids = Mp.Queue<int>();
        using var parent = InChild.Start(() =>
        {
            using var own = Mp.Queue<int>();
            var child = Mp.Process(TellPidAndGet, pids, own);
            child.Start();
            child.Join();
        });
        int grandchild = pids.Get(InChild.Bound);
        parent.KillAndJoin();
        Await.Until($"the orphan {grandchild} ends", () => Signals.State(grandchild) is '-' or 'Z', Promptly.Within(1));
    }

    private static void TellPidAndGet(SharedQueue<int> pids, SharedQueue<int> own)
    {
        pids.Put(Environment.ProcessId);
        own.Get();
    }

    private static void SayAndGet(SharedQueue<int> queue, SharedEvent waiting)
    {
        waiting.Set();
        queue.Get();
    }

    private static void Whole(byte[] item, int number)
    {
        item.Length.ShouldBe(200_000);
        item.AsSpan().IndexOfAnyExcept((byte)number).ShouldBe(-1);
    }
}
