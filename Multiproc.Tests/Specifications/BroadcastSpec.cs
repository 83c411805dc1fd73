using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What a broadcast does, wherever its user is.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class BroadcastSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Items_SinceItSubscribed_AreSeenByEachReader()
    {
        using var news = _host.Space.Broadcast<string>();
        news.Publish("before");
        using var here = news.Subscribe();
        _host.Run(() =>
        {
            using var there = news.Subscribe();
            news.ReaderCount().ShouldBe(2);
            news.Publish("one");
            using var late = news.SubscribeAsync().AsTask().GetAwaiter().GetResult();
            news.PublishAsync("two").AsTask().GetAwaiter().GetResult();
            news.TryPublish("three").ShouldBeTrue();
            new[] { there.Get(InChild.Bound), there.Get(InChild.Bound), there.Get(InChild.Bound) }.ShouldBe(["one", "two", "three"]);
            new[] { late.Get(InChild.Bound), late.Get(InChild.Bound) }.ShouldBe(["two", "three"]);
            there.TryGet(out _).ShouldBeFalse();
            there.Missed.ShouldBe(0);
            Should.Throw<MultiprocTimeoutException>(() => late.Get(s_short));
        });
        new[] { here.Get(InChild.Bound), here.Get(InChild.Bound), here.Get(InChild.Bound) }.ShouldBe(["one", "two", "three"]);
        news.ReaderCount().ShouldBe(1);
    }

    [Fact]
    public async Task SlowReader_Waited_HoldsPublishersUp()
    {
        using var news = _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 2 });
        using var slow = news.Subscribe();
        _host.Run(() =>
        {
            news.Publish(1);
            news.Publish(2);
            news.TryPublish(3).ShouldBeFalse();
            Should.Throw<MultiprocTimeoutException>(() => news.Publish(3, s_short)).Message.ShouldContain("Capacity");
        });
        var publishing = news.PublishAsync(3, InChild.Bound, TestContext.Current.CancellationToken).AsTask();
        for (int i = 1; i <= 3; i++)
        {
            (await slow.GetAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBe(i);
        }

        await publishing;
        slow.Dispose();
        slow.Dispose();
        Await.Until("the reader is forgotten", () => news.ReaderCount() == 0);
        for (int i = 0; i < 10; i++)
        {
            news.TryPublish(i).ShouldBeTrue("nobody reads");
        }

        Refuses<ObjectDisposedException>(slow);
    }

    [Fact]
    public void SlowReader_ItemsDropped_IsToldHowManyItMissed()
    {
        using var news = _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 3, SlowReaders = SlowReaders.DropOldest });
        using var slow = news.Subscribe();
        _host.Run(() => Enumerable.Range(1, 10).ToList().ForEach(each => news.Publish(each)));
        new[] { slow.Get(), slow.Get(), slow.Get() }.ShouldBe([8, 9, 10]);
        slow.Missed.ShouldBe(7);
        news.Publish(11);
        slow.Get(InChild.Bound).ShouldBe(11);
        slow.Missed.ShouldBe(7);
    }

    [Fact]
    public void SlowReader_Disconnected_GetsAnErrorAndTheOthersGoOn()
    {
        using var news = _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 2, SlowReaders = SlowReaders.Disconnect });
        using var slow = news.Subscribe();
        _host.Run(() =>
        {
            using var quick = news.Subscribe();
            for (int i = 1; i <= 5; i++)
            {
                news.Publish(i);
                quick.Get(InChild.Bound).ShouldBe(i);
                quick.TryGet(out _).ShouldBeFalse();
            }

            news.ReaderCount().ShouldBe(1);
        });
        Refuses<SlowReaderException>(slow).Message.ShouldContain("subscribe again");
    }

    [Fact]
    public async Task Enumeration_ReadsUntilItsTokenFires()
    {
        using var news = _host.Space.Broadcast<int>();
        await using var reader = news.Subscribe();
        _host.Run(() => Enumerable.Range(0, 200).ToList().ForEach(each => news.Publish(each)));
        await Should.ThrowAsync<OperationCanceledException>(ReadSoMany(reader, 200));
    }

    // Methods of their own: a lambda would have the reader in the closure that is sent to the child.
    private static TException Refuses<TException>(BroadcastReader<int> reader)
        where TException : Exception => Should.Throw<TException>(() => reader.Get());

    private static bool TryGet<T>(BroadcastReader<T> reader, out T? item) => reader.TryGet(out item);

    private static int Get(BroadcastReader<int> reader) => reader.Get(InChild.Bound);

    private static async Task ReadSoMany(BroadcastReader<int> reader, int count)
    {
        using var stop = new CancellationTokenSource();
        int next = 0;
        await foreach (int item in reader.WithCancellation(stop.Token))
        {
            item.ShouldBe(next++);
            if (next == count)
            {
                await stop.CancelAsync();
            }
        }
    }

    [Fact]
    public async Task Batch_LargerThanTheCapacity_IsPublishedInOrder_AsReadersGoOn()
    {
        using var news = _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 100 });
        using var here = news.Subscribe();
        _host.Run(() =>
        {
            using var there = news.Subscribe();
            news.PublishMany([]);
            news.PublishMany(Enumerable.Range(0, 60));
            news.TryPublishMany(Enumerable.Range(60, 60)).ShouldBe(40, "there is no more room");
            news.TryPublishMany([100]).ShouldBe(0);
            Should.Throw<MultiprocTimeoutException>(() => news.PublishMany([100], s_short)).Message.ShouldContain("0 of 1 items");
            for (int i = 0; i < 100; i++)
            {
                there.Get(InChild.Bound).ShouldBe(i);
            }
        });
        var publishing = news.PublishManyAsync(Enumerable.Range(100, 5000), InChild.Bound, TestContext.Current.CancellationToken).AsTask();
        for (int i = 0; i < 5100; i++)
        {
            (await here.GetAsync(InChild.Bound, TestContext.Current.CancellationToken)).ShouldBe(i);
        }

        await publishing;
        TryGet(here, out _).ShouldBeFalse();
    }

    [Fact]
    public void Batch_ThatIsNotPublished_IsSeenByNobody()
    {
        using var news = _host.Space.Broadcast<object>();
        using var reader = news.Subscribe();
        _host.Run(() =>
        {
            Should.Throw<ArgumentNullException>(() => news.PublishMany(null!));
            Should.Throw<SerializationException>(() => news.PublishMany([1, Thread.CurrentThread, 2]));
            Should.Throw<OperationCanceledException>(() => news.PublishMany([1], null, new CancellationToken(canceled: true)));
            Should.Throw<OperationCanceledException>(() => news.TryPublishMany([], default, new CancellationToken(canceled: true)));
        });
        TryGet(reader, out object? item).ShouldBeFalse($"{item} was published");
    }

    [Fact]
    public void Batch_ForReadersThatHaveAllBefore_LosesNothingUpToTheCapacity()
    {
        using var news = _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 10, SlowReaders = SlowReaders.DropOldest });
        using var reader = news.Subscribe();
        _host.Run(() => news.PublishMany(Enumerable.Range(0, 10)));
        for (int i = 0; i < 10; i++)
        {
            Get(reader).ShouldBe(i);
        }

        TryGet(reader, out _).ShouldBeFalse();
        _host.Run(() => news.PublishMany(Enumerable.Range(10, 100)));
        Get(reader).ShouldBe(100);
        reader.Missed.ShouldBe(90);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.Broadcast<int>(new SharedBroadcastOptions { Capacity = 0 }));
        Should.Throw<ArgumentOutOfRangeException>(() => _host.Space.Broadcast<int>(new SharedBroadcastOptions { SlowReaders = (SlowReaders)9 }));
    }
}

public sealed class BroadcastInProcess : BroadcastSpec<InProcessHost>;

public sealed class BroadcastInChild : BroadcastSpec<ChildHost>;

public sealed class BroadcastInManager : BroadcastSpec<ManagerHost>;
