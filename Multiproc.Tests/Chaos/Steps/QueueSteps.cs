using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>Deaths in operations of queues.</summary>
internal static class QueueSteps
{
    private const int Many = 60;

    public static IEnumerable<Step> All =>
    [
        new("`Put`", "put: begun", "the item is not there", static step => Put(step, isThere: false)),
        new("`Put`", "put: sent", "the item is there", static step => Put(step, isThere: true)),
        new("`Get`, from the node", "get: given", "the item is back in its place", static step => Get(step, comesBack: true)),
        new("`Get`, from the node", "get: acknowledged", "the item is gone with the process", static step => Get(step, comesBack: false)),
        new("`Get`, read ahead", "get: claimed", "the item is back; so are those that were read ahead and not claimed", GetAhead),
        new("`Lease.Complete`", "complete: begun", "the item is back, marked as redelivered", static step => Complete(step, comesBack: true)),
        new("`Lease.Complete`", "complete: sent", "the item is done", static step => Complete(step, comesBack: false)),
        new("`TaskDone`", "done: begun", "the item is back; `Join` waits for it", static step => Done(step, comesBack: true)),
        new("`TaskDone`", "done: sent", "the item is done, and `Join` ends", static step => Done(step, comesBack: false)),
    ];

    private static void Put(string step, bool isThere)
    {
        using var queue = Mp.Queue<int>();
        Step.Dies(step, () => queue.Put(7));
        queue.TryGet(out int item).ShouldBe(isThere);
        item.ShouldBe(isThere ? 7 : 0);
    }

    private static void Get(string step, bool comesBack)
    {
        using var queue = Mp.Queue<int>();
        queue.Put(7);
        Step.Dies(step, () => queue.Get());
        queue.TryGet(out int item).ShouldBe(comesBack);
        item.ShouldBe(comesBack ? 7 : 0);
    }

    private static void GetAhead(string step)
    {
        using var queue = Mp.Queue<int>();
        using var had = Mp.RawArray<int>(Many);
        queue.PutMany(Enumerable.Range(0, Many));
        Step.Dies(step, () =>
        {
            for (int i = 0; i < Many; i++)
            {
                had[queue.Get()] = 1;
            }
        });
        int taken = had.Span.ToArray().Sum();
        taken.ShouldBeInRange(1, Many - 1);
        queue.GetMany(Many, InChild.Bound).ShouldBe(Enumerable.Range(taken, Many - taken));
        queue.TryGet(out _).ShouldBeFalse();
    }

    private static void Complete(string step, bool comesBack)
    {
        using var queue = Mp.Queue<int>();
        queue.Put(7);
        Step.Dies(step, () => queue.Lease().Complete());
        queue.TryLease(out var lease).ShouldBe(comesBack);
        if (comesBack)
        {
            lease!.Redeliveries.ShouldBe(1);
            lease.Complete();
        }
    }

    private static void Done(string step, bool comesBack)
    {
        using var queue = Mp.JoinableQueue<int>();
        queue.Put(7);
        Step.Dies(step, () =>
        {
            queue.Get();
            queue.TaskDone();
        });
        queue.Join(TimeSpan.Zero).ShouldBe(!comesBack);
        queue.TryGet(out _).ShouldBe(comesBack);
        if (comesBack)
        {
            queue.TaskDone();
            queue.Join(InChild.Bound).ShouldBeTrue();
        }
    }
}
