using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos;

/// <summary>The rows of the death table about items that somebody works on, with a real kill -9.</summary>
public sealed class JoinableQueueDeathTests
{
    [Fact]
    public void KilledBetweenGetAndTaskDone_ItemGoesBackToTheHeadAndJoinWaitsForIt()
    {
        using var queue = Mp.JoinableQueue<int>();
        using var working = Mp.Queue<int>();
        queue.PutMany([1, 2, 3]);
        var join = queue.JoinAsync().AsTask();
        using var doomed = InChild.Start(() =>
        {
            queue.Get();
            queue.TaskDone();
            working.Put(queue.Get());
            Thread.CurrentThread.Join();
        });
        working.Get(InChild.Bound).ShouldBe(2);
        queue.QSize().ShouldBe(1);
        doomed.KillAndJoin();
        queue.Get(InChild.Bound).ShouldBe(2);
        queue.Get(InChild.Bound).ShouldBe(3);
        queue.TaskDone();
        join.IsCompleted.ShouldBeFalse();
        queue.TaskDone();
        join.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
    }

    [Fact]
    public void KilledAgainAndAgain_EveryItemIsDoneAndJoinEnds()
    {
        using var queue = Mp.JoinableQueue<int>();
        using var done = Mp.Queue<int>();
        queue.PutMany(Enumerable.Range(0, 300));
        for (int round = 0; round < 5; round++)
        {
            using var doomed = InChild.Start(() => Work(queue, done));
            int enough = (round + 1) * 20;
            TestKit.Await.Until($"{enough} items are worked on", () => done.QSize() >= enough);
            doomed.KillAndJoin();
        }

        using var last = InChild.Start(() => Work(queue, done));
        queue.Join(InChild.Bound).ShouldBeTrue("every item is done");
        last.KillAndJoin();

        // A worker may die between the result and the word that it is done: then the item is done twice, never not at all.
        var results = done.GetMany(1000, TimeSpan.Zero);
        results.Distinct().Order().ShouldBe(Enumerable.Range(0, 300));
        results.Length.ShouldBeLessThanOrEqualTo(305);
    }

    [Fact]
    public void LeaseHolderKilled_ItemIsAtTheHeadMarked_UntilItIsADeadLetter()
    {
        using var queue = Mp.Queue<string>(new SharedQueueOptions { MaxRedeliveries = 1 });
        using var leased = Mp.Queue<int>();
        queue.PutMany(["poison", "food"]);
        for (int round = 0; round < 2; round++)
        {
            using var doomed = InChild.Start(() =>
            {
                var lease = queue.Lease();
                leased.Put(lease.Redeliveries);
                Thread.CurrentThread.Join();
            });
            leased.Get(InChild.Bound).ShouldBe(round);
            queue.QSize().ShouldBe(1);
            doomed.KillAndJoin();
        }

        TestKit.Await.Until("the poison is set aside", () => queue.DeadLetterCount() == 1);
        queue.Get().ShouldBe("food");
        queue.TryGetDeadLetter(out string? letter).ShouldBeTrue();
        letter.ShouldBe("poison");
    }

    [Fact]
    public void KilledWithManyItems_ThoseNotDoneGoBackInTheirOrder()
    {
        using var queue = Mp.JoinableQueue<int>();
        using var working = Mp.Event();
        queue.PutMany(Enumerable.Range(0, 10));
        using var doomed = InChild.Start(() =>
        {
            queue.GetMany(6).Length.ShouldBe(6);
            queue.TaskDone();
            queue.TaskDone();
            working.Set();
            Thread.CurrentThread.Join();
        });
        working.Wait(InChild.Bound).ShouldBeTrue("the child has done two of its six");
        doomed.KillAndJoin();
        TestKit.Await.Until("four came back", () => queue.QSize() == 8);
        queue.GetMany(10).ShouldBe([2, 3, 4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public void JoinerKilled_IsForgotten()
    {
        using var queue = Mp.JoinableQueue<int>();
        using var waiting = Mp.Event();
        queue.Put(1);
        using var doomed = InChild.Start(() =>
        {
            waiting.Set();
            queue.Join();
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue("the child is about to join");
        doomed.KillAndJoin();
        queue.Get().ShouldBe(1);
        queue.TaskDone();
        queue.Join(InChild.Bound).ShouldBeTrue();
    }

    private static void Work(SharedJoinableQueue<int> queue, SharedQueue<int> done)
    {
        while (true)
        {
            done.Put(queue.Get());
            queue.TaskDone();
        }
    }
}
