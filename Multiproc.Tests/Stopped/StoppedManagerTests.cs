using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>A manager is stopped, not dead: every call of its objects that has a bound ends by it, whatever the manager does.</summary>
public sealed class StoppedManagerTests : IDisposable
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);

    private readonly SyncManager _manager = Mp.Manager();

    /// <inheritdoc/>
    public void Dispose()
    {
        _manager.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void EveryCallWithATimeout_ManagerStopped_EndsInItsTime()
    {
        var calls = WithTimeout();
        using (Signals.Stopped(_manager.Pid))
        {
            foreach (var (name, call) in calls)
            {
                var thrown = Bounded.Run(name, s_time, () => call(s_time));
                (
                    thrown is null or QueueEmptyException or QueueFullException or BrokenBarrierException or TimeoutException)
                    .ShouldBeTrue($"{name} threw {thrown}");
            }
        }
    }

    [Fact]
    public void EveryCallWithoutAWait_ManagerStopped_SaysWhoDoesNotAnswer()
    {
        var calls = WithTimeout().Where(static each =>
            each.Name.StartsWith("queue", StringComparison.Ordinal) && !each.Name.Contains("unbounded", StringComparison.Ordinal)).ToList();
        calls.Count.ShouldBeGreaterThan(8);
        using (Signals.Stopped(_manager.Pid))
        {
            foreach (var (name, call) in calls)
            {
                var thrown = Bounded.Run(name, TimeSpan.Zero, () => call(TimeSpan.Zero));
                thrown.ShouldBeOfType<MultiprocTimeoutException>(name).Message.ShouldContain($"process {_manager.Pid}", Case.Sensitive, name);
                thrown.Message.ShouldContain("stopped");
            }
        }
    }

    [Fact]
    public void EveryCallWithAToken_ManagerStopped_EndsWhenTheTokenFires()
    {
        var calls = WithToken();
        using (Signals.Stopped(_manager.Pid))
        {
            foreach (var (name, call) in calls)
            {
                using var source = new CancellationTokenSource(s_time);
                var thrown = Bounded.Run(name, s_time, () => call(source.Token));
                thrown.ShouldBeAssignableTo<OperationCanceledException>($"{name} ends cancelled");
            }
        }
    }

    [Fact]
    public void EveryCall_ManagerGoesOn_WorksAsBefore()
    {
        var queue = _manager.Queue<int>(2);
        var dictionary = _manager.Dictionary<string, int>();
        queue.QSize().ShouldBe(0);
        dictionary.Count.ShouldBe(0);
        using (Signals.Stopped(_manager.Pid))
        {
            for (int i = 0; i < 3; i++)
            {
                Should.Throw<QueueFullException>(() => queue.Put(i, TimeSpan.FromMilliseconds(50)));
                Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(50)));
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                Should.Throw<OperationCanceledException>(() => dictionary.SetAsync("a", i, source.Token).AsTask().GetAwaiter().GetResult());
            }
        }

        // What was given up before it was read was not carried out.
        queue.QSize().ShouldBe(0);
        dictionary.Count.ShouldBe(0);
        queue.Put(7);
        queue.Get(InChild.Bound).ShouldBe(7);
    }

    private List<(string Name, Action<TimeSpan> Call)> WithTimeout()
    {
        var queue = _manager.Queue<int>();
        var full = _manager.Queue<int>(1);
        full.Put(1);
        var joinable = _manager.JoinableQueue<int>();
        joinable.Put(1);
        var @lock = _manager.Lock();
        var rlock = _manager.RLock();
        var semaphore = _manager.Semaphore(0);
        var written = _manager.ReadWriteLock();
        var upgrading = _manager.ReadWriteLock();
        var left = _manager.Countdown(1);
        var signal = _manager.Event();
        var condition = _manager.Condition();
        var barrier = _manager.Barrier(2);
        var pool = _manager.Pool(1);
        pool.Apply(static () => 1).ShouldBe(1);
        var untouched = (Lock: _manager.Lock(), Semaphore: _manager.Semaphore(0), Event: _manager.Event(), Barrier: _manager.Barrier(2));
        OwnThread.Run(() =>
        {
            @lock.Acquire();
            rlock.Acquire();
        }).GetAwaiter().GetResult();
        Use(condition);
        semaphore.TryAcquire().ShouldBeFalse();
        written.AcquireWrite();
        upgrading.AcquireRead();
        upgrading.AcquireUpgradeableRead();
        left.IsSet.ShouldBeFalse();
        signal.IsSet.ShouldBeFalse();
        barrier.Broken.ShouldBeFalse();
        queue.QSize();
        return
        [
            ("queue.Get", t => queue.Get(t)),
            ("queue.GetAsync", t => queue.GetAsync(t).AsTask().GetAwaiter().GetResult()),
            ("queue.TryGet", t => queue.TryGet(out _, t)),
            ("queue.GetMany", t => queue.GetMany(3, t)),
            ("queue.GetManyAsync", t => queue.GetManyAsync(3, t).AsTask().GetAwaiter().GetResult()),
            ("queue.Lease", t => queue.Lease(t)),
            ("queue.LeaseAsync", t => queue.LeaseAsync(t).AsTask().GetAwaiter().GetResult()),
            ("queue.TryLease", t => queue.TryLease(out _, t)),
            ("queue.Put full", t => full.Put(2, t)),
            ("queue.PutAsync full", t => full.PutAsync(2, t).AsTask().GetAwaiter().GetResult()),
            ("queue.TryPut full", t => full.TryPut(2, t)),
            ("queue.PutMany full", t => full.PutMany([2, 3], t)),
            ("queue.PutManyAsync full", t => full.PutManyAsync([2, 3], t).AsTask().GetAwaiter().GetResult()),
            ("queue.Join", t => joinable.Join(t)),
            ("queue.JoinAsync", t => joinable.JoinAsync(t).AsTask().GetAwaiter().GetResult()),
            ("queue.Get joinable", t => joinable.Get(t)),
            ("queue.Put unbounded", t => queue.Put(1, t)),
            ("lock.Acquire", t => @lock.Acquire(t)),
            ("lock.AcquireAsync", t => @lock.AcquireAsync(t).AsTask().GetAwaiter().GetResult()),
            ("rlock.Acquire", t => rlock.Acquire(t)),
            ("semaphore.Acquire", t => semaphore.Acquire(t)),
            ("semaphore.AcquireAsync", t => semaphore.AcquireAsync(t).AsTask().GetAwaiter().GetResult()),
            ("readWriteLock.AcquireRead", t => written.AcquireRead(t)),
            ("readWriteLock.AcquireReadAsync", t => written.AcquireReadAsync(t).AsTask().GetAwaiter().GetResult()),
            ("readWriteLock.AcquireWrite", t => written.AcquireWrite(t)),
            ("readWriteLock.AcquireUpgradeableReadAsync", t => written.AcquireUpgradeableReadAsync(t).AsTask().GetAwaiter().GetResult()),
            ("readWriteLock.Upgrade", t => upgrading.Upgrade(t)),
            ("countdown.Wait", t => left.Wait(t)),
            ("countdown.WaitAsync", t => left.WaitAsync(t).AsTask().GetAwaiter().GetResult()),
            ("event.Wait", t => signal.Wait(t)),
            ("event.WaitAsync", t => signal.WaitAsync(t).AsTask().GetAwaiter().GetResult()),
            ("condition.Wait", t => WaitIn(condition, () => condition.Wait(t))),
            ("condition.WaitFor", t => WaitIn(condition, () => condition.WaitFor(static () => false, t))),
            ("barrier.Wait", t => barrier.Wait(t)),
            ("barrier.WaitAsync", t => barrier.WaitAsync(t).AsTask().GetAwaiter().GetResult()),
            ("pool.ApplyAsync and Get", t => pool.ApplyAsync(static () => 1).Get(t)),
            ("pool.ApplyAsync and WaitAsync", t => pool.ApplyAsync(static () => 1).WaitAsync(t).GetAwaiter().GetResult()),
            ("pool.MapAsync and Get", t => pool.MapAsync(static x => x, Enumerable.Range(0, 100)).Get(t)),
            ("pool.Imap and Next", t => pool.Imap(static x => x, Enumerable.Range(0, 100)).Next(t)),
            ("pool.ImapUnordered and NextAsync", t =>
            pool.ImapUnordered(static x => x, Enumerable.Range(0, 100)).NextAsync(t).AsTask().GetAwaiter().GetResult()),
            ("pool.Join", t => pool.Join(t)),
            ("pool.JoinAsync", t => pool.JoinAsync(t).AsTask().GetAwaiter().GetResult()),
            ("first lock.Acquire", t => untouched.Lock.Acquire(t)),
            ("first semaphore.Acquire", t => untouched.Semaphore.Acquire(t)),
            ("first event.Wait", t => untouched.Event.Wait(t)),
            ("first barrier.Wait", t => untouched.Barrier.Wait(t)),
        ];
    }

    private List<(string Name, Action<CancellationToken> Call)> WithToken()
    {
        var queue = _manager.Queue<int>();
        var full = _manager.Queue<int>(1);
        full.Put(1);
        var joinable = _manager.JoinableQueue<int>();
        joinable.Put(1);
        var @lock = _manager.Lock();
        var semaphore = _manager.Semaphore(0);
        var written = _manager.ReadWriteLock();
        var left = _manager.Countdown(1);
        var signal = _manager.Event();
        var condition = _manager.Condition();
        var barrier = _manager.Barrier(2);
        var dictionary = _manager.Dictionary<string, int>();
        var list = _manager.List<int>([1, 2]);
        var set = _manager.Set<int>([1, 2]);
        var value = _manager.Value(1L);
        var array = _manager.Array<int>([1, 2]);
        var pool = _manager.Pool(1);
        pool.Apply(static () => 1).ShouldBe(1);
        OwnThread.Run(() => @lock.Acquire()).GetAwaiter().GetResult();
        Use(condition);
        semaphore.TryAcquire().ShouldBeFalse();
        written.AcquireWrite();
        left.IsSet.ShouldBeFalse();
        signal.IsSet.ShouldBeFalse();
        barrier.Broken.ShouldBeFalse();
        return
        [
            ("queue.Get", t => queue.Get(null, t)),
            ("queue.GetAsync", t => queue.GetAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("queue.GetMany", t => queue.GetMany(3, null, t)),
            ("queue.Lease", t => queue.Lease(null, t)),
            ("queue.Put", t => full.Put(2, null, t)),
            ("queue.PutAsync", t => full.PutAsync(2, null, t).AsTask().GetAwaiter().GetResult()),
            ("queue.PutMany", t => full.PutMany([2, 3], null, t)),
            ("queue.Join", t => joinable.Join(null, t)),
            ("lock.Acquire", t => @lock.Acquire(null, t)),
            ("lock.AcquireAsync", t => @lock.AcquireAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("lock.Hold", t => @lock.Hold(t)),
            ("semaphore.Acquire", t => semaphore.Acquire(null, t)),
            ("semaphore.AcquireAsync", t => semaphore.AcquireAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("readWriteLock.AcquireRead", t => written.AcquireRead(null, t)),
            ("readWriteLock.WriteLock", t => written.WriteLock(t)),
            ("readWriteLock.AcquireWriteAsync", t => written.AcquireWriteAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("countdown.Wait", t => left.Wait(null, t)),
            ("event.Wait", t => signal.Wait(null, t)),
            ("event.WaitAsync", t => signal.WaitAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("condition.Wait", t => WaitIn(condition, () => condition.Wait(null, t))),
            ("barrier.Wait", t => barrier.Wait(null, t)),
            ("barrier.WaitAsync", t => barrier.WaitAsync(null, t).AsTask().GetAwaiter().GetResult()),
            ("dictionary.CountAsync", t => dictionary.CountAsync(t).AsTask().GetAwaiter().GetResult()),
            ("dictionary.SetAsync", t => dictionary.SetAsync("a", 1, t).AsTask().GetAwaiter().GetResult()),
            ("list.CountAsync", t => list.CountAsync(t).AsTask().GetAwaiter().GetResult()),
            ("list.PopAsync", t => list.PopAsync(t).AsTask().GetAwaiter().GetResult()),
            ("set.CountAsync", t => set.CountAsync(t).AsTask().GetAwaiter().GetResult()),
            ("set.PopAsync", t => set.PopAsync(t).AsTask().GetAwaiter().GetResult()),
            ("value.GetAsync", t => value.GetValueAsync(t).AsTask().GetAwaiter().GetResult()),
            ("pool.Apply", t => pool.Apply(static () => 1, cancellation: t)),
            ("pool.ApplyAsync", t => pool.ApplyAsync(static () => 1, cancellation: t).Get()),
            ("pool.Map", t => pool.Map(static x => x, Enumerable.Range(0, 100), cancellation: t)),
            ("pool.MapAsync", t => pool.MapAsync(static x => x, Enumerable.Range(0, 100), cancellation: t).Get()),
            ("pool.Imap", t => pool.Imap(static x => x, Enumerable.Range(0, 100), cancellation: t).Next()),
            ("pool.Join", t => pool.Join(null, t)),
            ("array.GetValueAsync", t => array.GetValueAsync(t).AsTask().GetAwaiter().GetResult()),
        ];
    }

    private static void Use(SharedCondition condition)
    {
        using (condition.Hold())
        {
            condition.Notify();
        }
    }

    private static void WaitIn(SharedCondition condition, Action wait)
    {
        using (condition.Hold())
        {
            wait();
        }
    }
}
