namespace Multiproc.Benchmarks;

internal static class QueueRows
{
    private const int KiB = 1024;

    /// <summary>The items before the clock starts: one to two seconds, in which tiered compilation of the code completes.</summary>
    private const int WarmUp = 1_600_000;

    public static IReadOnlyList<Row> All { get; } =
    [
        new("queue_1p1c_small", "items/s", OneToOne),
        new("queue_4p4c_small", "items/s", FourToFour),
        new("queue_1p1c_64KiB", "MB/s", Blocks),
        new("queue_latency", "us", Latency),
        new("simplequeue_1p1c", "items/s", SimpleOneToOne),
        new("joinablequeue", "items/s", Joinable),
    ];

    private static void PutInts(SharedQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }
    }

    private static void GetAll<T>(SharedQueue<T> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Get();
        }
    }

    private static void PutBlocks(SharedQueue<byte[]> queue, int count)
    {
        byte[] block = new byte[64 * KiB];
        for (int i = 0; i < count; i++)
        {
            queue.Put(block);
        }
    }

    private static void GetMany((SharedQueue<int> Items, SharedQueue<bool> Done) queues, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queues.Items.Get();
        }

        queues.Done.Put(true);
    }

    private static void Forward((SharedQueue<int> There, SharedQueue<int> Back) queues, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queues.Back.Put(queues.There.Get());
        }
    }

    private static double OneToOne()
    {
        const int Count = 80_000;
        using var queue = Mp.Queue<int>();
        using var children = new ChildGroup().AddWarm(PutInts, queue, Count, WarmUp);
        GetAll(queue, WarmUp);
        children.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            children.Open();
            GetAll(queue, Count);
        });
    }

    private static double FourToFour()
    {
        const int Share = 16_000;
        using var queue = Mp.Queue<int>();
        using var done = Mp.Queue<bool>();
        using var producers = new ChildGroup().AddWarm(PutInts, queue, Share, WarmUp / 4, members: 4);
        using var consumers = new ChildGroup().AddWarm(GetMany, (queue, done), Share, WarmUp / 4, members: 4);
        GetAll(done, 4);
        consumers.Go();
        producers.AwaitReady();
        return Clock.PerSecond(4 * Share, () =>
        {
            producers.Open();
            GetAll(done, 4);
        });
    }

    private static double Blocks()
    {
        const int Count = 10_000;
        using var queue = Mp.Queue<byte[]>();
        using var children = new ChildGroup().AddWarm(PutBlocks, queue, Count, Count);
        GetAll(queue, Count);
        children.AwaitReady();
        return Clock.PerSecond(Count * 64.0 * KiB / 1e6, () =>
        {
            children.Open();
            GetAll(queue, Count);
        });
    }

    private static double Latency()
    {
        const int Count = 8_000;
        const int WarmTrips = 100_000;
        using var there = Mp.Queue<int>();
        using var back = Mp.Queue<int>();
        using var children = new ChildGroup().Add(Forward, (there, back), Count + WarmTrips);
        children.Go();
        RoundTrips(WarmTrips);
        return Clock.Microseconds(Count, () => RoundTrips(Count));

        void RoundTrips(int count)
        {
            for (int i = 0; i < count; i++)
            {
                there.Put(i);
                back.Get();
            }
        }
    }

    private static void PutSimple(SharedSimpleQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }
    }

    private static void GetSimple(SharedSimpleQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Get();
        }
    }

    private static double SimpleOneToOne()
    {
        const int Count = 60_000;
        using var queue = Mp.SimpleQueue<int>();
        using var children = new ChildGroup().AddWarm(PutSimple, queue, Count, WarmUp);
        GetSimple(queue, WarmUp);
        children.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            children.Open();
            GetSimple(queue, Count);
        });
    }

    private static void GetAndFinish(SharedJoinableQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Get();
            queue.TaskDone();
        }
    }

    private static void PutAndJoin(SharedJoinableQueue<int> queue, int count)
    {
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }

        queue.Join();
    }

    private static double Joinable()
    {
        const int Count = 60_000;
        using var queue = Mp.JoinableQueue<int>();
        using var children = new ChildGroup().AddWarm(GetAndFinish, queue, Count, WarmUp);
        PutAndJoin(queue, WarmUp);
        children.AwaitReady();
        return Clock.PerSecond(Count, () =>
        {
            children.Open();
            PutAndJoin(queue, Count);
        });
    }
}
