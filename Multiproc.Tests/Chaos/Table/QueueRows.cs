using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of processes that put or get.</summary>
internal static class QueueRows
{
    public static TimeSpan BlockedInGet()
    {
        using var queue = Mp.Queue<int>();
        using var doomed = Doomed.At(there => Wait(queue, there));
        AwaitWaiting(queue);
        doomed.Kill();
        queue.PutMany([1, 2]);

        // Until its death is known the dead one may be given an item, which comes back: after the other one.
        int[] got = [queue.Get(InChild.Bound), queue.Get(InChild.Bound)];
        got.Order().ShouldBe([1, 2]);
        return doomed.SinceKill;
    }

    public static TimeSpan ItemNotHandedOver()
    {
        using var queue = Mp.Queue<int>();
        using var doomed = Doomed.At(there => Wait(queue, there));
        AwaitWaiting(queue);
        doomed.Freeze();
        queue.PutMany([1, 2]);
        doomed.Kill();
        Await.Until("the item is back", () => queue.QSize() == 2);
        var time = doomed.SinceKill;
        queue.GetMany(3).ShouldBe([1, 2]);
        return time;
    }

    public static TimeSpan BetweenGetAndTaskDone()
    {
        using var queue = Mp.JoinableQueue<int>();
        queue.PutMany([1, 2]);
        using var doomed = Doomed.At(there =>
        {
            queue.Get();
            there.Set();
        });
        doomed.Kill();
        Await.Until("the item is back", () => queue.QSize() == 2);
        var time = doomed.SinceKill;
        queue.Join(TimeSpan.Zero).ShouldBeFalse();
        queue.GetMany(2).ShouldBe([1, 2]);
        queue.TaskDone();
        queue.TaskDone();
        queue.Join(InChild.Bound).ShouldBeTrue("all is done");
        return time;
    }

    public static TimeSpan MiddleOfAPut()
    {
        using var queue = Mp.Queue<byte[]>();
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            for (int i = 0; ; i++)
            {
                byte[] item = new byte[100_000 + i];
                item.AsSpan().Fill((byte)i);
                queue.Put(item);
            }
        });
        int next = 0;
        for (; next < 5; next++)
        {
            Whole(queue.Get(InChild.Bound), next);
        }

        doomed.Kill();
        doomed.Dispose();
        while (queue.TryGet(out byte[]? rest))
        {
            Whole(rest!, next++);
        }

        queue.Put([1]);
        queue.Get(InChild.Bound).ShouldBe([1]);
        return doomed.SinceKill;
    }

    private static void Wait(SharedQueue<int> queue, SharedEvent there)
    {
        there.Set();
        queue.Get();
    }

    private static void AwaitWaiting(SharedObject facade) =>
        Await.Until("the child waits", () => Mp.Inspect().Single(each => each.Id == facade.Handle.Id).Waiters.Count == 1);

    private static void Whole(byte[] item, int number)
    {
        item.Length.ShouldBe(100_000 + number);
        item.AsSpan().IndexOfAnyExcept((byte)number).ShouldBe(-1);
    }
}
