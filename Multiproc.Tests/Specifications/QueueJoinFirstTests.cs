using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Python's documentation warns of joining a process before its queue is drained. Here it may be done.</summary>
public sealed class QueueJoinFirstTests
{
    private const int Items = 100;
    private const int Size = 1 << 20;

    [Fact]
    public void Join_BeforeDrainingHundredMegabytes_DoesNotDeadlock()
    {
        using var queue = Mp.Queue<byte[]>();
        long begun = Stopwatch.GetTimestamp();
        using var child = InChild.Start(() =>
        {
            for (int i = 0; i < Items; i++)
            {
                byte[] item = new byte[Size];
                item[^1] = (byte)i;
                queue.Put(item);
            }
        });
        child.Join(InChild.Bound).ShouldBeTrue("the child ends before anybody takes its items");
        queue.QSize().ShouldBe(Items);
        for (int i = 0; i < Items; i++)
        {
            var item = queue.Get(InChild.Bound);
            item.Length.ShouldBe(Size);
            item[^1].ShouldBe((byte)i);
        }

        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(Promptly.Within(3));
    }

    [Fact]
    public void Join_BeforeDrainingOneHugeItem_DoesNotDeadlock()
    {
        using var queue = Mp.JoinableQueue<byte[]>();
        using var child = InChild.Start(() => queue.Put(new byte[Items * Size]));
        child.Join(InChild.Bound).ShouldBeTrue("the child ends before anybody takes its item");
        queue.Get(InChild.Bound).Length.ShouldBe(Items * Size);
        queue.TaskDone();
    }

    [Fact]
    public void Put_ProducerFrozenAmongLargeItems_SmallOnesOfAnotherPass()
    {
        using var queue = Mp.Queue<byte[]>();
        using var large = InChild.Start(() =>
        {
            while (true)
            {
                queue.Put(new byte[20 * Size]);
            }
        });
        queue.Get(InChild.Bound).Length.ShouldBe(20 * Size);
        large.Freeze();
        InChild.Run(() => queue.PutMany([[1], [2], [3]]));
        var small = new List<byte>();
        while (queue.TryGet(out byte[]? item))
        {
            if (item!.Length == 1)
            {
                small.Add(item[0]);
            }
        }

        small.ShouldBe([1, 2, 3]);
        large.KillAndJoin();
    }
}
