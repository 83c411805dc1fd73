using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>Deaths of processes that put or hold items with a priority, a delay or a time to live, or a dead letter.</summary>
internal static class TermsRows
{
    /// <summary>The item comes back in its place: before those of its priority, behind those of a higher one.</summary>
    public static TimeSpan HolderOfAPriority()
    {
        using var queue = Mp.Queue<string>();
        queue.Put("ordinary");
        queue.Put("urgent", priority: 5);
        queue.Put("as urgent", priority: 5);
        using var doomed = Doomed.At(there =>
        {
            _ = queue.Lease();
            there.Set();
        });
        queue.Put("most urgent", priority: 9);
        queue.Peek().ShouldBe("most urgent");
        doomed.Kill();
        Await.Until("the item is back", () => queue.QSize() == 4);
        var time = doomed.SinceKill;
        queue.GetMany(4).ShouldBe(["most urgent", "urgent", "as urgent", "ordinary"]);
        return time;
    }

    /// <summary>What its time to live allowed when it was taken is over when its holder dies.</summary>
    public static TimeSpan HolderOfAnExpiring()
    {
        using var queue = Mp.Queue<int>(new SharedQueueOptions { KeepExpired = true });
        using var doomed = Doomed.At(there =>
        {
            // The time must not be over before it is taken.
            queue.Put(1, timeToLive: TimeSpan.FromSeconds(2));
            queue.Lease().Item.ShouldBe(1);
            there.Set();
        });
        queue.TryGet(out _, TimeSpan.FromSeconds(2.1)).ShouldBeFalse("the child has it");
        queue.DeadLetters.Count().ShouldBe(0, "it was taken in time");
        doomed.Kill();
        queue.DeadLetters.Get(InChild.Bound).Reason.ShouldBe(DeadLetterReason.Expired);
        var time = doomed.SinceKill;
        queue.Empty().ShouldBeTrue("it is not delivered again");
        return time;
    }

    /// <summary>The item, which is not to be delivered as often as that, is set aside; those behind it are served.</summary>
    public static TimeSpan HolderOnceTooOften()
    {
        using var queue = Mp.Queue<int>(new SharedQueueOptions { MaxRedeliveries = 0 });
        queue.PutMany([1, 2]);
        using var doomed = Doomed.At(there =>
        {
            _ = queue.Lease();
            there.Set();
        });
        doomed.Kill();
        queue.DeadLetters.Get(InChild.Bound).ShouldBe(new DeadLetter<int>(1, DeadLetterReason.Redelivered, 1));
        var time = doomed.SinceKill;
        queue.Get(InChild.Bound).ShouldBe(2);
        return time;
    }

    /// <summary>What it put with a delay comes all the same, at its time.</summary>
    public static TimeSpan PutterWithADelay()
    {
        using var queue = Mp.Queue<int>();
        using var doomed = Doomed.At(there =>
        {
            queue.Put(1, delay: TimeSpan.FromSeconds(1));
            there.Set();
        });
        var taken = queue.GetAsync(InChild.Bound).AsTask();
        doomed.Kill();
        doomed.Dispose();
        var time = doomed.SinceKill;
        taken.GetAwaiter().GetResult().ShouldBe(1);
        return time;
    }

    /// <summary>It waits for a dead letter, and the next one gets it.</summary>
    public static TimeSpan WaiterForADeadLetter()
    {
        using var queue = Mp.Queue<int>(new SharedQueueOptions { MaxRedeliveries = 0 });
        using var doomed = Doomed.At(there =>
        {
            there.Set();
            queue.DeadLetters.Get();
        });
        Await.Until("the child waits", () => Mp.Inspect().Single(each => each.Id == queue.Handle.Id).Waiters.Count == 1);
        doomed.Freeze();
        queue.Put(1);
        queue.Lease().Abandon();
        queue.DeadLetters.Count().ShouldBe(0, "it was given to the child, which is stopped and has not seen it");
        doomed.Kill();
        queue.DeadLetters.Get(InChild.Bound).Item.ShouldBe(1, "it was not in the hands of the dead");
        return doomed.SinceKill;
    }
}
