using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Threads of this process that wait at a condition, and say when they are about to and when they were woken.</summary>
internal static class Sleepers
{
    public static Thread[] Start(int count, SharedCondition condition, SharedQueue<int> asleep, SharedQueue<int> woken, TimeSpan? timeout = null)
    {
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() => Sleep(condition, asleep, woken, timeout))).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        return threads;
    }

    public static void Sleep(SharedCondition condition, SharedQueue<int> asleep, SharedQueue<int> woken, TimeSpan? timeout)
    {
        using (condition.Hold())
        {
            asleep.Put(Environment.ProcessId);
            condition.Wait(timeout);
            woken.Put(Environment.ProcessId);
        }
    }

    /// <summary>They say so under the lock: whoever gets the lock afterwards finds them all waiting.</summary>
    public static void AwaitAsleep(int count, SharedCondition condition, SharedQueue<int> asleep)
    {
        for (int i = 0; i < count; i++)
        {
            asleep.TryGet(out int _, InChild.Bound).ShouldBeTrue($"sleeper {i} of {count} is about to wait");
        }

        condition.Hold().Dispose();
    }

    /// <summary>So many, and not one more.</summary>
    public static void AwaitWoken(int count, SharedQueue<int> woken)
    {
        for (int i = 0; i < count; i++)
        {
            woken.TryGet(out int _, InChild.Bound).ShouldBeTrue($"sleeper {i} of {count} is woken");
        }

        woken.TryGet(out int _, TimeSpan.FromMilliseconds(20)).ShouldBeFalse("nobody else is woken");
    }

    public static void Join(Thread[] threads)
    {
        foreach (var thread in threads)
        {
            thread.Join(InChild.Bound).ShouldBeTrue("a sleeper ends");
        }
    }
}
