using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a joinable queue does beside what every queue does. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where object and user are.</typeparam>
public abstract class JoinableQueueSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Join_FourWorkersTenItems_EndsWhenEachWasDone()
    {
        // JQ-01
        using var queue = _host.JoinableQueue<int>();
        using var results = _host.Queue<int>();
        _host.Run(() =>
        {
            var workers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                for (int item = queue.Get(); item >= 0; item = queue.Get())
                {
                    results.Put(item * item);
                    queue.TaskDone();
                }

                queue.TaskDone();
            })).ToList();
            workers.ForEach(worker => worker.Start());
            queue.PutMany(Enumerable.Range(0, 10));
            queue.Join(InChild.Bound).ShouldBeTrue("all ten are done");
            results.QSize().ShouldBe(10);
            queue.PutMany([-1, -1, -1, -1]);
            workers.ForEach(worker => worker.Join());
            queue.Join(TimeSpan.Zero).ShouldBeTrue();
        });
        results.GetMany(10).Order().ShouldBe(Enumerable.Range(0, 10).Select(number => number * number));
    }

    [Fact]
    public void TaskDone_TooOften_IsAnError()
    {
        // JQ-02, FL-09
        using var queue = _host.JoinableQueue<int>();
        _host.Run(() =>
        {
            queue.Put(1);
            queue.Get().ShouldBe(1);
            queue.TaskDone();
            Should.Throw<InvalidOperationException>(queue.TaskDone).Message.ShouldContain("TaskDone() called too many times");
            Should.Throw<InvalidOperationException>(() => queue.TaskDoneAsync().AsTask().GetAwaiter().GetResult());
        });
    }

    [Fact]
    public void Join_NothingUnfinished_ReturnsAtOnceAndEveryJoinerWakes()
    {
        // JQ-03
        using var queue = _host.JoinableQueue<int>();
        queue.Join();
        queue.Put(1);
        var joiners = new[] { queue.JoinAsync().AsTask(), queue.JoinAsync(InChild.Bound).AsTask(), Task.Run(() => queue.Join()) };
        _host.Run(() =>
        {
            queue.Join(s_short).ShouldBeFalse();
            queue.Join(TimeSpan.Zero).ShouldBeFalse();
            using var soon = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => queue.Join(null, soon.Token));
            queue.Get().ShouldBe(1);
            queue.TaskDone();
            queue.Join();
        });
        Task.WhenAll(joiners).WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBe([true, true, true]);
    }

    [Fact]
    public void Put_UnsendableItem_DoesNotCountAsUnfinished()
    {
        // JQ-04: better than in Python.
        using var queue = _host.JoinableQueue<object>();
        _host.Run(() =>
        {
            Should.Throw<SerializationException>(() => queue.Put(Thread.CurrentThread));
            queue.Join(TimeSpan.Zero).ShouldBeTrue();
            queue.Put(1);
            queue.Join(TimeSpan.Zero).ShouldBeFalse();
        });
    }

    [Fact]
    public void EverythingOfAQueue_IsThereToo()
    {
        using var queue = _host.JoinableQueue<int>(3);
        _host.Run(() =>
        {
            queue.MaxSize.ShouldBe(3);
            queue.PutMany([1, 2]);
            queue.PutNowait(3);
            queue.Full().ShouldBeTrue();
            queue.TryPut(4).ShouldBeFalse();
            queue.QSize().ShouldBe(3);
            queue.GetMany(2).ShouldBe([1, 2]);
            queue.GetNowait().ShouldBe(3);
            Should.Throw<QueueEmptyException>(() => queue.Get(s_short));
            queue.TryGet(out _).ShouldBeFalse();
            queue.Join(TimeSpan.Zero).ShouldBeFalse();
            queue.TaskDone();
            queue.TaskDone();
            queue.TaskDone();
            queue.Join(TimeSpan.Zero).ShouldBeTrue();
            UseAsync(queue).GetAwaiter().GetResult();
            queue.Put(9);
            queue.Close();
            Should.Throw<InvalidOperationException>(() => queue.Put(1)).Message.ShouldContain("is closed");
            queue.JoinThread();
        });
        queue.QSize().ShouldBe(1);
    }

    [Fact]
    public void ProcessEnds_ItemItDidNotDo_IsAtTheHeadAndJoinWaitsForIt()
    {
        using var queue = _host.JoinableQueue<int>();
        queue.PutMany([1, 2, 3]);
        var join = queue.JoinAsync().AsTask();
        InChild.Run(() =>
        {
            queue.Get().ShouldBe(1);
            queue.Get().ShouldBe(2);
            queue.TaskDone();
        });
        TestKit.Await.Until("the item that was not done is back", () => queue.QSize() == 2);
        using (var lease = queue.Lease())
        {
            (lease.Item, lease.Redeliveries).ShouldBe((2, 1));
            lease.Complete();
        }

        queue.Get().ShouldBe(3);
        join.IsCompleted.ShouldBeFalse();
        queue.TaskDone();
        join.WaitAsync(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
    }

    [Fact]
    public void Lease_Completed_IsDone()
    {
        using var queue = _host.JoinableQueue<int>();
        _host.Run(() =>
        {
            queue.Put(1);
            queue.Lease().Dispose();
            using var lease = queue.Lease();
            lease.Redeliveries.ShouldBe(1);
            queue.Join(TimeSpan.Zero).ShouldBeFalse();
            lease.Complete();
            queue.Join(InChild.Bound).ShouldBeTrue("the leased item is done");
        });
    }

    [Fact]
    public void DeadLetter_CountsAsDone()
    {
        using var queue = _host.JoinableQueue<string>(new SharedQueueOptions { MaxRedeliveries = 0 });
        _host.Run(() =>
        {
            queue.Put("poison");
            queue.Lease().Abandon();
            queue.Join(InChild.Bound).ShouldBeTrue("a dead letter is nobody's work");
            queue.TryGetDeadLetter(out string? letter).ShouldBeTrue();
            letter.ShouldBe("poison");
        });
    }

    private static async Task UseAsync(SharedJoinableQueue<int> queue)
    {
        await queue.PutAsync(1);
        await queue.PutManyAsync([2, 3]);
        (await queue.GetAsync()).ShouldBe(1);
        (await queue.GetManyAsync(5)).ShouldBe([2, 3]);
        (await queue.JoinAsync(s_short)).ShouldBeFalse();
        await queue.TaskDoneAsync();
        await queue.TaskDoneAsync();
        await queue.TaskDoneAsync();
        (await queue.JoinAsync()).ShouldBeTrue();
    }
}

public sealed class JoinableQueueInProcess : JoinableQueueSpec<InProcessHost>;

public sealed class JoinableQueueInChild : JoinableQueueSpec<ChildHost>;

public sealed class JoinableQueueInManager : JoinableQueueSpec<ManagerHost>;
