using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Leases, dead letters and many items at once, wherever the queue and its user are.</summary>
/// <typeparam name="THost">Where they are.</typeparam>
public abstract class QueueLeaseSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Lease_CompletedOrNot_ItemIsGoneOrBackAtTheHead()
    {
        using var queue = _host.Queue<string>();
        _host.Run(() =>
        {
            queue.PutMany(["a", "b"]);
            using (var given = queue.Lease())
            {
                (given.Item, given.Redeliveries).ShouldBe(("a", 0));
            }

            using (var again = queue.Lease(InChild.Bound))
            {
                (again.Item, again.Redeliveries).ShouldBe(("a", 1));
                again.Complete();
                again.Complete();
                again.Abandon();
            }

            queue.TryLease(out var last).ShouldBeTrue();
            last!.Item.ShouldBe("b");
            last.Abandon();
            last.Abandon();
            Should.Throw<InvalidOperationException>(last.Complete).Message.ShouldContain("given up");
            queue.Get().ShouldBe("b");
            queue.TryLease(out _, s_short).ShouldBeFalse();
            Should.Throw<QueueEmptyException>(() => queue.Lease(s_short));
        });
    }

    [Fact]
    public void LeaseAsync_DoesTheSame()
    {
        using var queue = _host.Queue<int>();
        _host.Run(() => UseAsync(queue).GetAwaiter().GetResult());
        queue.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Lease_HolderEnds_ItemComesBackMarked()
    {
        using var queue = _host.Queue<int>();
        queue.PutMany([1, 2]);
        InChild.Run(() => queue.Lease().Item.ShouldBe(1));
        using var lease = queue.Lease();
        using var other = queue.Lease();
        var both = new[] { (lease.Item, lease.Redeliveries), (other.Item, other.Redeliveries) };
        both.ShouldBe([(1, 1), (2, 0)], ignoreOrder: true);
    }

    [Fact]
    public void Lease_OfADisposedFacade_StillComesBack()
    {
        using var queue = _host.Queue<int>();
        queue.Put(1);
        using var own = _host.Queue<SharedQueue<int>>();
        own.Put(queue);
        var facade = own.Get(InChild.Bound);
        var lease = facade.Lease();
        facade.Dispose();
        Should.Throw<ObjectDisposedException>(lease.Complete);
        lease.Dispose();
        queue.Get(InChild.Bound).ShouldBe(1);
    }

    [Fact]
    public void Lease_Sent_IsRefused()
    {
        using var queue = _host.Queue<int>();
        using var leases = _host.Queue<QueueLease<int>>();
        queue.Put(1);
        using var lease = queue.Lease();
        Should.Throw<SerializationException>(() => leases.Put(lease)).Message.ShouldContain("lease");
    }

    [Fact]
    public void DeadLetters_AfterMaxRedeliveries_AreSetAside()
    {
        using var queue = _host.Queue<int>(new SharedQueueOptions { MaxRedeliveries = 2 });
        _host.Run(() =>
        {
            queue.PutMany([1, 2]);
            for (int round = 0; round < 3; round++)
            {
                queue.DeadLetterCount().ShouldBe(0);
                queue.TryGetDeadLetter(out _).ShouldBeFalse();
                using var lease = queue.Lease();
                (lease.Item, lease.Redeliveries).ShouldBe((1, round));
            }

            queue.DeadLetterCount().ShouldBe(1);
            queue.Get().ShouldBe(2);
            queue.TryGetDeadLetter(out int letter).ShouldBeTrue();
            letter.ShouldBe(1);
            queue.TryGetDeadLetter(out _).ShouldBeFalse();
            queue.DeadLetterCount().ShouldBe(0);
        });
    }

    [Fact]
    public void PutManyGetMany_KeepTheOrder()
    {
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            queue.PutMany([]);
            queue.Empty().ShouldBeTrue();
            queue.PutMany(Enumerable.Range(0, 10_000));
            queue.Put(10_000);
            var got = new List<int>();
            while (got.Count < 10_001)
            {
                var some = queue.GetMany(700, InChild.Bound);
                some.Length.ShouldBeInRange(1, 700);
                got.AddRange(some);
            }

            got.ShouldBe(Enumerable.Range(0, 10_001));
            Should.Throw<QueueEmptyException>(() => queue.GetMany(1, s_short));
            Should.Throw<ArgumentOutOfRangeException>(() => queue.GetMany(0));
        });
    }

    [Fact]
    public void PutMany_Bounded_WaitsForRoomOrSaysHowManyWereAdded()
    {
        using var queue = _host.Queue<int>(3);
        _host.Run(() =>
        {
            Should.Throw<QueueFullException>(() => queue.PutMany([0, 1, 2, 3, 4], s_short)).Added.ShouldBe(3);
            Should.Throw<QueueFullException>(() => queue.PutMany([9], TimeSpan.Zero)).Added.ShouldBe(0);
            using var soon = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => queue.PutMany([9], null, soon.Token));
            var rest = Task.Run(() => queue.PutMany(Enumerable.Range(3, 100)));
            var got = new List<int>();
            while (got.Count < 103)
            {
                got.AddRange(queue.GetMany(10, InChild.Bound));
            }

            got.ShouldBe(Enumerable.Range(0, 103));
            rest.Wait(InChild.Bound).ShouldBeTrue("all were put");
        });
    }

    [Fact]
    public void PutMany_OneUnsendable_AddsNone()
    {
        using var queue = _host.Queue<object>();
        _host.Run(() =>
        {
            Should.Throw<SerializationException>(() => queue.PutMany([1, Thread.CurrentThread]));
            queue.Empty().ShouldBeTrue();
        });
    }

    private static async Task UseAsync(SharedQueue<int> queue)
    {
        await queue.PutManyAsync([1, 2, 3]);
        await using (var lease = await queue.LeaseAsync())
        {
            lease.Item.ShouldBe(1);
        }

        (await queue.GetManyAsync(2)).ShouldBe([1, 2]);
        await using (var lease = await queue.LeaseAsync(InChild.Bound))
        {
            lease.Item.ShouldBe(3);
            lease.Complete();
        }

        await Should.ThrowAsync<QueueEmptyException>(async () => await queue.LeaseAsync(s_short));
        await Should.ThrowAsync<QueueEmptyException>(async () => await queue.GetManyAsync(1, s_short));
        using var source = new CancellationTokenSource();
        var cancelled = queue.LeaseAsync(null, source.Token).AsTask();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
    }
}

public sealed class QueueLeaseInProcess : QueueLeaseSpec<InProcessHost>;

public sealed class QueueLeaseInChild : QueueLeaseSpec<ChildHost>;

public sealed class QueueLeaseInManager : QueueLeaseSpec<ManagerHost>;
