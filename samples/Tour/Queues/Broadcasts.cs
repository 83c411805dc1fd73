// Python's multiprocessing has none: each item of a queue goes to one reader.
using Multiproc;

namespace Tour.Queues;

[Part(7, "A broadcast, each of whose readers sees each item")]
internal static class Broadcasts
{
    public static void Run()
    {
        using var news = Mp.Broadcast<string>();
        using var sums = Mp.Queue<string>();
        using var reading = Mp.Countdown(2);
        news.Publish("before anybody reads");
        var readers = Enumerable.Range(0, 2).Select(_ => Mp.Process(Read, news, reading, sums)).ToList();
        readers.ForEach(static process => process.Start());
        reading.Wait();
        news.Publish("one");
        news.PublishMany(["two", "end"]);
        Console.WriteLine($"a reader: {sums.Get()}");
        Console.WriteLine($"another:  {sums.Get()}");
        readers.ForEach(static process => process.Join());
        readers.ForEach(static process => process.Dispose());

        using var prices = Mp.Broadcast<int>(new SharedBroadcastOptions { Capacity = 2, SlowReaders = SlowReaders.DropOldest });
        using var slow = prices.Subscribe();
        for (int price = 1; price <= 5; price++)
        {
            prices.Publish(price);
        }

        Console.WriteLine($"a slow reader: {slow.Get()}, {slow.Get()}, and {slow.Missed} missed");
    }

    private static void Read(SharedBroadcast<string> news, SharedCountdown reading, SharedQueue<string> sums)
    {
        using var reader = news.Subscribe();
        reading.Signal();
        var seen = new List<string>();
        while (reader.Get() is var item && item != "end")
        {
            seen.Add(item);
        }

        sums.Put(string.Join(", ", seen));
    }
}
