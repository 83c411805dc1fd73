using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>
/// A child that is the node of objects, or their user, or works for a pool, is stopped: others keep their bounds, and nothing is lost when it goes on.
/// </summary>
public sealed class StoppedChildTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void FirstUse_NodeStoppedBeforeAnyConnection_EndsInItsTime()
    {
        // The two children are unauthenticated peers to each other: the user connects to the owner.
        using var objects = Mp.Queue<(SharedQueue<int>, SharedLock, SharedEvent)>();
        using var connecting = Mp.Event();
        using var stopped = Mp.Event();
        using var owner = InChild.Start(() =>
        {
            objects.Put((Mp.Queue<int>(), Mp.Lock(), Mp.Event()));
            Thread.CurrentThread.Join();
        });
        var (queue, @lock, signal) = objects.Get(InChild.Bound);
        using (Signals.Stopped(owner.Pid!.Value))
        {
            InChild.Run(() =>
            {
                (Bounded.Run("queue.Get", s_time, () => queue.Get(s_time)) is QueueEmptyException).ShouldBeTrue();
                Bounded.Run("lock.Acquire", s_time, () => @lock.Acquire(s_time).ShouldBeFalse()).ShouldBeNull();
                Bounded.Run("event.Wait", s_time, () => signal.Wait(s_time).ShouldBeFalse()).ShouldBeNull();
                Bounded.Run("queue.GetAsync", s_time, () => queue.GetAsync(s_time).AsTask().GetAwaiter().GetResult()).ShouldBeOfType<QueueEmptyException>();
                Bounded.Run("queue.GetNowait", TimeSpan.Zero, () => queue.GetNowait()).ShouldBeOfType<MultiprocTimeoutException>();
                Bounded.Run("queue.Put", s_time, () => queue.Put(1, s_time)).ShouldBeOfType<QueueFullException>();
                using var source = new CancellationTokenSource(s_time);
                Bounded.Run("lock.AcquireAsync", s_time, () => @lock.AcquireAsync(null, source.Token).AsTask().GetAwaiter().GetResult())
                    .ShouldBeAssignableTo<OperationCanceledException>();
            });
        }

        InChild.Run(() =>
        {
            queue.Put(5);
            queue.Get(InChild.Bound).ShouldBe(5);
            @lock.Acquire(InChild.Bound).ShouldBeTrue();
            signal.Set();
        });
        owner.KillAndJoin();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public void Put_NodeStoppedAndItsRingFull_EndsInItsTimeAndWhatWasPutArrivesInOrder(int size)
    {
        using var queues = Mp.Queue<SharedQueue<byte[]>>();
        using var owner = InChild.Start(() =>
        {
            queues.Put(Mp.Queue<byte[]>());
            Thread.CurrentThread.Join();
        });
        using var queue = queues.Get(InChild.Bound);
        int put = 0;
        using (Signals.Stopped(owner.Pid!.Value))
        {
            Exception? thrown = null;
            while (thrown is null)
            {
                byte[] item = new byte[size];
                BitConverter.TryWriteBytes(item, put);
                thrown = Bounded.Run("queue.Put", s_time, () => queue.Put(item, s_time));
                put += thrown is null ? 1 : 0;
                put.ShouldBeLessThan(20_000, "the ring is full at last");
            }

            thrown.ShouldBeOfType<QueueFullException>().Message.ShouldContain("took no message");
            Bounded.Run("queue.PutNowait", TimeSpan.Zero, () => queue.PutNowait(new byte[size])).ShouldBeOfType<MultiprocTimeoutException>();
            using var source = new CancellationTokenSource(s_time);
            Bounded.Run(
                "queue.Put with a token", s_time, () => queue.Put(new byte[size], null, source.Token)).ShouldBeAssignableTo<OperationCanceledException>();
            Bounded.Run("queue.Get on a full ring", s_time, () => queue.Get(s_time)).ShouldBeOfType<QueueEmptyException>();
            Bounded.Run("queue.GetAsync on a full ring", s_time, () => queue.GetAsync(s_time).AsTask().GetAwaiter().GetResult())
                .ShouldBeOfType<QueueEmptyException>();
        }

        for (int i = 0; i < put; i++)
        {
            BitConverter.ToInt32(queue.Get(InChild.Bound)).ShouldBe(i);
        }

        queue.QSize().ShouldBe(0, "what was not put is not there");
        owner.KillAndJoin();
    }

    [Fact]
    public void Terminate_ChildStoppedAndItsRingFull_EndsIt()
    {
        using var queues = Mp.Queue<SharedQueue<byte[]>>();
        using var owner = Mp.Process(Own, queues);
        owner.Options = new ProcessOptions { TerminationGrace = TimeSpan.FromMilliseconds(300) };
        owner.Start();
        using var queue = queues.Get(InChild.Bound);
        using (Signals.Stopped(owner.Pid!.Value))
        {
            while (queue.TryPutQuietly())
            {
            }

            Bounded.Run("Terminate", TimeSpan.Zero, owner.Terminate).ShouldBeNull();
            owner.Join(InChild.Bound).ShouldBeTrue("a stopped child is killed after the grace");
        }
    }

    [Fact]
    public void ProcessMethods_ChildStopped_EndInTheirTime()
    {
        using var child = InChild.Start(static () => Thread.CurrentThread.Join());
        using (Signals.Stopped(child.Pid!.Value))
        {
            Bounded.Run("Join", s_time, () => child.Join(s_time).ShouldBeFalse()).ShouldBeNull();
            Bounded.Run("JoinAsync", s_time, () => child.JoinAsync(s_time).AsTask().GetAwaiter().GetResult().ShouldBeFalse()).ShouldBeNull();
            Bounded.Run("IsAlive", TimeSpan.Zero, () => child.IsAlive.ShouldBeTrue()).ShouldBeNull();
            Bounded.Run("Close", TimeSpan.Zero, child.Close).ShouldBeOfType<InvalidOperationException>();
            Bounded.Run("Interrupt", TimeSpan.Zero, child.Interrupt).ShouldBeNull();
            Bounded.Run("Kill", TimeSpan.Zero, child.Kill).ShouldBeNull();
            child.Join(InChild.Bound).ShouldBeTrue("a stopped child can be killed");
        }
    }

    [Fact]
    public void LockHeldByAStoppedProcess_WaitsEndInTheirTime_AndItIsStillHeld()
    {
        using var @lock = Mp.Lock();
        using var held = Mp.Event();
        using var go = Mp.Event();
        using var holder = InChild.Start(() =>
        {
            @lock.Acquire();
            held.Set();
            go.Wait();
            @lock.Release();
        });
        held.Wait(InChild.Bound).ShouldBeTrue("the child has the lock");
        using (Signals.Stopped(holder.Pid!.Value))
        {
            Bounded.Run("Acquire", s_time, () => @lock.Acquire(s_time).ShouldBeFalse()).ShouldBeNull();
            Bounded.Run("TryAcquire", TimeSpan.Zero, () => @lock.TryAcquire().ShouldBeFalse()).ShouldBeNull();
            @lock.Locked.ShouldBeTrue();
        }

        go.Set();
        @lock.Acquire(InChild.Bound).ShouldBeTrue("the holder goes on and releases it");
        holder.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Get_TokenFiresWhileTheNodeIsStopped_ItemIsThereForTheNext()
    {
        using var manager = Mp.Manager();
        var queue = manager.Queue<int>();
        var list = manager.List([1, 2, 3]);
        queue.QSize().ShouldBe(0);
        list.Count.ShouldBe(3);
        using (Signals.Stopped(manager.Pid))
        {
            queue.Put(1);
            queue.Put(2);
            for (int i = 0; i < 5; i++)
            {
                Bounded.Run("Get", s_time, () => queue.Get(s_time)).ShouldBeOfType<QueueEmptyException>();
                using var source = new CancellationTokenSource(s_time);
                Bounded.Run(
                    "PopAsync", s_time, () => list.PopAsync(source.Token).AsTask().GetAwaiter().GetResult()).ShouldBeAssignableTo<OperationCanceledException>();
            }
        }

        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
        queue.TryGet(out _).ShouldBeFalse();
        list.Count.ShouldBe(3);
    }

    [Fact]
    public void Get_AskedBeforeTheNodeWasStopped_LateItemGoesBackAndOrderIsKept()
    {
        using var manager = Mp.Manager();
        var queue = manager.Queue<int>();
        queue.QSize().ShouldBe(0);
        using var waiting = new ManualResetEventSlim();
        Exception? thrown = null;
        var getter = OwnThread.Run(() =>
        {
            waiting.Set();
            thrown = Bounded.Run("Get", 5 * s_time, () => queue.Get(5 * s_time));
        });
        waiting.Wait(InChild.Bound).ShouldBeTrue();
        queue.QSize().ShouldBe(0);
        using (Signals.Stopped(manager.Pid))
        {
            queue.Put(1);
            queue.Put(2);
            getter.Wait(InChild.Bound).ShouldBeTrue("the getter gives up");
            thrown.ShouldBeOfType<QueueEmptyException>();
        }

        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe(2);
    }

    [Fact]
    public void Pool_WorkersStopped_CallersKeepTheirBounds()
    {
        using var pool = Mp.Pool(2);
        pool.Map(static x => x, [1, 2, 3]);
        var stopped = pool.WorkerPids.Select(Signals.Stopped).ToList();
        try
        {
            var result = pool.MapAsync(static x => x + 1, [1, 2, 3]);
            Bounded.Run("Get", s_time, () => result.Get(s_time)).ShouldBeOfType<MultiprocTimeoutException>();
            Bounded.Run("Wait", s_time, () => result.Wait(s_time).ShouldBeFalse()).ShouldBeNull();
            using var source = new CancellationTokenSource(s_time);
            Bounded.Run(
                "Map", s_time, () => pool.Map(static x => x + 1, [1, 2, 3], cancellation: source.Token)).ShouldBeAssignableTo<OperationCanceledException>();
            Bounded.Run("Terminate", TimeSpan.Zero, pool.Terminate).ShouldBeNull();
            Bounded.Run("Dispose", TimeSpan.Zero, pool.Dispose).ShouldBeNull();
        }
        finally
        {
            stopped.ForEach(static each => each.Dispose());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TaskTimeout_WorkerStopped_TaskEndsAndThePoolGoesOn(bool whileItRuns)
    {
        using var pool = Mp.Pool(1, new PoolOptions { TaskTimeout = TimeSpan.FromSeconds(whileItRuns ? 5 : 0.5), StopGrace = TimeSpan.Zero });
        pool.Map(static x => x, [1]);
        int worker = pool.WorkerPids[0];
        if (whileItRuns)
        {
            using var begun = Mp.Event();
            var result = pool.ApplyAsync(static signal =>
            {
                signal.Set();
                Thread.CurrentThread.Join();
                return 1;
            }, begun);
            begun.Wait(InChild.Bound).ShouldBeTrue("the task runs");
            using var stopped = Signals.Stopped(worker);
            Should.Throw<MultiprocTimeoutException>(() => result.Get(InChild.Bound)).Message.ShouldContain("ran longer");
        }
        else
        {
            using var stopped = Signals.Stopped(worker);
            pool.ApplyAsync(static x => x + 1, 1).Get(InChild.Bound).ShouldBe(2, "a worker in its place does what it had not begun");
        }

        pool.ApplyAsync(static x => x + 1, 2).Get(InChild.Bound).ShouldBe(3);
        pool.WorkerPids[0].ShouldNotBe(worker);
    }

    [Fact]
    public void Manager_Stopped_IsShutDown()
    {
        var manager = Mp.Manager();
        using (Signals.Stopped(manager.Pid))
        {
            Bounded.Run("Join", s_time, () => manager.Join(s_time).ShouldBeFalse()).ShouldBeNull();
            Bounded.Run("Shutdown", TimeSpan.FromSeconds(2), manager.Shutdown).ShouldBeNull();
        }
    }

    private static void Own(SharedQueue<SharedQueue<byte[]>> queues)
    {
        queues.Put(Mp.Queue<byte[]>());
        Thread.CurrentThread.Join();
    }
}

/// <summary>Fills a queue whose node does not read.</summary>
file static class Filling
{
    public static bool TryPutQuietly(this SharedQueue<byte[]> queue) => queue.TryPut(new byte[100_000], TimeSpan.FromMilliseconds(20));
}
