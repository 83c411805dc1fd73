using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>
/// The thread pool of the process that an object lives in has no thread left: all are blocked. Waits end in their time, here and in other processes.
/// </summary>
public sealed class ExhaustedThreadPoolTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Waits_OfItsOwnObjects_EndInTheirTime() => InChild.Run(static () =>
    {
        var (queue, gate, signal, permits) = (Mp.Queue<int>(), Mp.Lock(), Mp.Event(), Mp.Semaphore(0));
        Exhaust();
        UseAll("an object of this process", queue, gate, signal, permits);
    });

    [Fact]
    public void Waits_OfOtherProcesses_EndInTheirTime()
    {
        using var objects = Mp.Queue<(SharedQueue<int>, SharedLock, SharedEvent, SharedSemaphore)>();
        using var owner = InChild.Start(() =>
        {
            var made = (Mp.Queue<int>(), Mp.Lock(), Mp.Event(), Mp.Semaphore(0));
            Exhaust();
            objects.Put(made);
            Thread.CurrentThread.Join();
        });
        var (queue, gate, signal, permits) = objects.Get(InChild.Bound);
        UseAll("an object of a process whose thread pool is exhausted", queue, gate, signal, permits);
        owner.KillAndJoin();
    }

    private static void UseAll(string whose, SharedQueue<int> queue, SharedLock gate, SharedEvent signal, SharedSemaphore permits)
    {
        var held = OwnThread.Run(() => gate.Acquire());
        held.Wait(InChild.Bound).ShouldBeTrue("the lock is taken");
        Bounded.Run($"queue.Get of {whose}", s_time, () => queue.Get(s_time)).ShouldBeOfType<QueueEmptyException>();
        Bounded.Run($"lock.Acquire of {whose}", s_time, () => gate.Acquire(s_time).ShouldBeFalse()).ShouldBeNull();
        Bounded.Run($"event.Wait of {whose}", s_time, () => signal.Wait(s_time).ShouldBeFalse()).ShouldBeNull();
        Bounded.Run($"semaphore.Acquire of {whose}", s_time, () => permits.Acquire(s_time).ShouldBeFalse()).ShouldBeNull();
    }

    private static void Exhaust()
    {
        ThreadPool.GetMinThreads(out _, out int completion);
        ThreadPool.SetMinThreads(4, completion).ShouldBeTrue();
        ThreadPool.SetMaxThreads(4, Math.Max(4, completion)).ShouldBeTrue();
        using var blocked = new CountdownEvent(4);
        for (int i = 0; i < 4; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static all =>
                {
                    all.Signal();
                    Thread.CurrentThread.Join();
                }, blocked, preferLocal: false);
        }

        blocked.Wait(InChild.Bound).ShouldBeTrue("all threads of the pool are blocked");
    }
}
