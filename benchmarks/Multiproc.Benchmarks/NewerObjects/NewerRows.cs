using System.Collections.Concurrent;
using System.Threading.Channels;
using System.Threading.RateLimiting;

namespace Multiproc.Benchmarks.NewerObjects;

/// <summary>
/// Objects that Python has none of, beside what .NET has for the threads of one process. A row of that is named as ours, with <see cref="Peer"/> behind it.
/// </summary>
internal static class NewerRows
{
    public const string Peer = "_in_process";

    private const int Adders = 2;

    private static readonly SharedRateLimiterOptions s_endless = new() { TokenLimit = int.MaxValue, ReplenishmentPeriod = Timeout.InfiniteTimeSpan };

    public static IReadOnlyList<Row> All { get; } =
    [
        Ours("countdown_signal_in_process", "ns", CountdownSignalInProcess),
        Ours("counter_add", "ns", CounterAdd),
        Ours("counter_add_in_process", "ns", CounterAddInProcess),
        Ours("counter_add_2p", "adds/s", CounterAddByTwo),
        Ours("value_add_2p", "adds/s", ValueAddByTwo),
        Ours("ratelimiter_acquire", "ns", LimiterAcquire),
        Ours("ratelimiter_acquire_in_process", "ns", LimiterAcquireInProcess),
        Ours("ratelimiter_acquire_from_child", "us", LimiterAcquireFromChild),
        Ours("cache_hit", "ns", CacheHit),
        Ours("cache_hit_in_process", "ns", CacheHitInProcess),
        Ours("cache_hit_from_child", "us", CacheHitFromChild),
        Ours("broadcast_1p1r", "items/s", Broadcast),
        Ours("broadcast_many_1p1r", "items/s", BroadcastMany),
        Ours("broadcast_1p1r_in_process", "items/s", BroadcastInProcess),
        Ours("queue_with_priorities", "items/s", Priorities),
        Ours("queue_with_priorities_in_process", "items/s", PrioritiesInProcess),
        Ours("acquire_all_3", "ns", AcquireAll),
        Ours("election", "us", Election),
    ];

    private static Row Ours(string name, string unit, Func<double> measure) => new(name, unit, measure) { IsInPython = false };

    private static double CountdownSignalInProcess()
    {
        using var left = new CountdownEvent(int.MaxValue);
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                left.Signal();
                left.AddCount();
            }
        });
    }

    private static double CounterAdd()
    {
        using var counter = Mp.Counter();
        return Clock.Nanoseconds(3_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                counter.Increment();
            }
        });
    }

    private static double CounterAddInProcess()
    {
        long counter = 0;
        double time = Clock.Nanoseconds(3_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                Interlocked.Increment(ref counter);
            }
        });
        return counter > 0 ? time : throw new InvalidOperationException("Nothing was added.");
    }

    private static void AddMany(SharedCounter counter, int count)
    {
        for (int i = 0; i < count; i++)
        {
            counter.Increment();
        }
    }

    private static void AddMany(SharedValue<long> value, int count)
    {
        for (int i = 0; i < count; i++)
        {
            value.Increment();
        }
    }

    private static double CounterAddByTwo()
    {
        using var counter = Mp.Counter();
        return AddedByTwo(AddMany, counter);
    }

    private static double ValueAddByTwo()
    {
        using var value = Mp.RawValue(0L);
        return AddedByTwo(AddMany, value);
    }

    private static double AddedByTwo<T>(Action<T, int> add, T shared)
    {
        const int Count = 5_000_000;
        var children = new ChildGroup().AddWarm(add, shared, Count, warmUp: 1_000_000, Adders);
        children.AwaitReady();
        return Clock.PerSecond(Adders * (double)Count, () =>
        {
            children.Open();
            children.Dispose();
        });
    }

    private static double LimiterAcquire()
    {
        using var limit = Mp.RateLimiter(s_endless);
        return Clock.Nanoseconds(200_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                limit.TryAcquire();
            }
        });
    }

    private static double LimiterAcquireInProcess()
    {
        using var limit = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = int.MaxValue, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromDays(1), AutoReplenishment = false,
        });
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                limit.AttemptAcquire().Dispose();
            }
        });
    }

    private static double LimiterAcquireFromChild()
    {
        using var limit = Mp.RateLimiter(s_endless);
        return FromChild(static (shared, count) => Repeat(count, () => shared.TryAcquire()), limit);
    }

    private static double CacheHit()
    {
        using var cache = Mp.Cache<int, long>();
        cache.Set(7, 8);
        return Clock.Nanoseconds(200_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                cache.GetOrAdd(7, static _ => 9);
            }
        });
    }

    private static double CacheHitInProcess()
    {
        var cache = new ConcurrentDictionary<int, long> { [7] = 8 };
        return Clock.Nanoseconds(2_000_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                cache.GetOrAdd(7, static _ => 9);
            }
        });
    }

    private static double CacheHitFromChild()
    {
        using var cache = Mp.Cache<int, long>();
        cache.Set(7, 8);
        return FromChild(static (shared, count) => Repeat(count, () => shared.GetOrAdd(7, static _ => 9)), cache);
    }

    /// <summary>The microseconds of a call of a child to an object of this process, whose main thread waits for the child.</summary>
    private static double FromChild<T>(Action<T, int> calls, T shared)
    {
        const int Count = 30_000;
        var child = new ChildGroup().AddWarm(calls, shared, Count, warmUp: Count);
        child.AwaitReady();
        return Clock.Microseconds(Count, () =>
        {
            child.Open();
            child.Dispose();
        });
    }

    private static void Repeat(int count, Action call)
    {
        for (int i = 0; i < count; i++)
        {
            call();
        }
    }

    private static void PublishEach(SharedBroadcast<int> news, int count)
    {
        for (int i = 0; i < count; i++)
        {
            news.Publish(i);
        }
    }

    private static double Broadcast()
    {
        const int Count = 50_000;
        using var news = Mp.Broadcast<int>();
        using var reader = news.Subscribe();
        using var child = new ChildGroup().AddWarm(PublishEach, news, Count, warmUp: Count);
        Repeat(Count, () => reader.Get());
        child.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            child.Open();
            Repeat(Count, () => reader.Get());
        });
    }

    private static double BroadcastMany()
    {
        const int Count = 500_000;
        using var news = Mp.Broadcast<int>();
        using var reader = news.Subscribe();
        using var child = new ChildGroup().AddWarm(static (n, count) => n.PublishMany(Enumerable.Range(0, count)), news, Count, warmUp: Count);
        Repeat(Count, () => reader.Get());
        child.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            child.Open();
            Repeat(Count, () => reader.Get());
        });
    }

    /// <summary>A channel of a thread that writes and one that reads.</summary>
    private static double BroadcastInProcess()
    {
        const int Count = 1_000_000;
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
        double rate = 0;
        for (int round = 0; round < 2; round++)
        {
            rate = Clock.PerSecond(
                Count, () => Task.WaitAll(Task.Run(() => WriteAsync(channel.Writer, Count)), Task.Run(() => ReadAsync(channel.Reader, Count))));
        }

        return rate;
    }

    private static async Task WriteAsync(ChannelWriter<int> writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await writer.WriteAsync(i).ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(ChannelReader<int> reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await reader.ReadAsync().ConfigureAwait(false);
        }
    }

    private static double Priorities()
    {
        using var queue = Mp.Queue<int>();
        return PutsAndGets(100_000, (priority, item) => queue.Put(item, priority: priority), () => queue.Get());
    }

    private static double PrioritiesInProcess()
    {
        var channel = Channel.CreateUnboundedPrioritized<(int Priority, int Item)>();
        return PutsAndGets(1_000_000, (priority, item) => channel.Writer.TryWrite((priority, item)), () => channel.Reader.TryRead(out _));
    }

    /// <summary>Batches of ten items of three priorities.</summary>
    private static double PutsAndGets(int count, Action<int, int> put, Action get)
    {
        const int Batch = 10;
        void Work()
        {
            for (int i = 0; i < count; i += Batch)
            {
                for (int item = 0; item < Batch; item++)
                {
                    put(item % 3, item);
                }

                Repeat(Batch, get);
            }
        }

        Work();
        return Clock.PerSecond(count, Work);
    }

    private static double AcquireAll()
    {
        using var first = Mp.Lock();
        using var second = Mp.Lock();
        using var third = Mp.Semaphore(1);
        return Clock.Nanoseconds(200_000, count =>
        {
            for (int i = 0; i < count; i++)
            {
                Mp.AcquireAll([first, second, third]).Dispose();
            }
        });
    }

    /// <summary>One who is elected without a rival, and resigns.</summary>
    private static double Election()
    {
        const int Count = 500;
        var folder = Directory.CreateTempSubdirectory();
        var here = new ElectionOptions { Folder = folder.FullName };
        void Elect(int count) => Repeat(count, () =>
        {
            using var leadership = Mp.Elect("row", here);
            leadership.Wait();
        });

        Elect(Count);
        double time = Clock.Microseconds(Count, () => Elect(Count));
        folder.Delete(recursive: true);
        return time;
    }
}
