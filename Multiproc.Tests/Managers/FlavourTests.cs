namespace Multiproc.Tests.Managers;

/// <summary>
/// CPython's locks and queues differ in errors and texts between those of a context and those of a manager (areas FL). Here both are one, and this holds it:
/// the same misuse gives the same answer wherever the object lives. Numbers in comments are those of the conformance list.
/// </summary>
public sealed class FlavourTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private static readonly TimeSpan s_negative = TimeSpan.FromSeconds(-0.5);

    private readonly SyncManager _manager = fixture.Manager;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HeldLock_DoesNotWaitForANegativeTime_AndAFreeOneIsNotReleased(bool inManager)
    {
        // FL-01, FL-03, FL-04
        using var gate = inManager ? _manager.Lock() : Mp.Lock();
        Should.Throw<InvalidOperationException>(gate.Release).Message.ShouldContain("release");
        gate.Acquire().ShouldBeTrue();
        gate.TryAcquire().ShouldBeFalse();
        gate.Acquire(s_negative).ShouldBeFalse();
        gate.Acquire(TimeSpan.Zero).ShouldBeFalse();
        gate.Release();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RLock_IsReleasedByItsThreadOnly(bool inManager)
    {
        // FL-05, PX-03
        using var gate = inManager ? _manager.RLock() : Mp.RLock();
        Should.Throw<InvalidOperationException>(gate.Release).Message.ShouldContain("not held");
        using (gate.Hold())
        {
            var other = Task.Factory.StartNew(
                () =>
                {
                    Should.Throw<SynchronizationLockException>(gate.Release);
                    return gate.Acquire(TimeSpan.Zero);
                }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            other.Wait(ManagerFixture.Bound, TestContext.Current.CancellationToken).ShouldBeTrue();
            other.Result.ShouldBeFalse("the lock belongs to a thread, not to the connection of its process");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Semaphores_KeepToTheirNumbers(bool inManager)
    {
        // FL-02, FL-06
        using var permits = inManager ? _manager.Semaphore(0) : Mp.Semaphore(0);
        permits.Acquire(s_negative).ShouldBeFalse();
        permits.Release();
        permits.Value.ShouldBe(1);
        using var bounded = inManager ? _manager.BoundedSemaphore() : Mp.BoundedSemaphore();
        Should.Throw<InvalidOperationException>(() => bounded.Release()).Message.ShouldContain("too many");
        Should.Throw<ArgumentOutOfRangeException>(() => inManager ? _manager.Semaphore(-1) : Mp.Semaphore(-1)); // FL-13
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Condition_WithoutItsLock_Refuses(bool inManager)
    {
        // FL-07
        using var condition = inManager ? _manager.Condition() : Mp.Condition();
        Should.Throw<InvalidOperationException>(() => condition.Notify());
        Should.Throw<InvalidOperationException>(condition.NotifyAll);
        Should.Throw<InvalidOperationException>(() => condition.Wait(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void QueuesEventsAndBarriers_AnswerAlike(bool inManager)
    {
        // FL-08, FL-09
        using var queue = inManager ? _manager.Queue<int>(1) : Mp.Queue<int>(1);
        Should.Throw<QueueEmptyException>(() => queue.Get(s_negative));
        queue.Put(1);
        queue.QSize().ShouldBe(1);
        Should.Throw<QueueFullException>(() => queue.Put(2, s_negative));
        using var joinable = inManager ? _manager.JoinableQueue<int>() : Mp.JoinableQueue<int>();
        Should.Throw<InvalidOperationException>(joinable.TaskDone).Message.ShouldContain("too many times");
        using var signal = inManager ? _manager.Event() : Mp.Event();
        signal.Wait(s_negative).ShouldBeFalse();
        using var barrier = inManager ? _manager.Barrier(2) : Mp.Barrier(2);
        Should.Throw<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void ValuesAndArrays_AreTyped_AndShowWhatTheyHold()
    {
        // FL-10, FL-11, FL-12: what would be a wrong type there does not compile here, and nothing wraps
        _manager.Value(1L << 40).Value.ShouldBe(1L << 40);
        _manager.Value<char>('x').ToString().ShouldBe("Value(x)");
        var array = _manager.Array<short>(3);
        array[0..2].ShouldBeOfType<short[]>().ShouldBe([0, 0]);
        array.ToString().ShouldBe("[0, 0, 0]");
    }

    [Fact]
    public void Keys_OfOneNumberInTwoTypes_AreTwo()
    {
        // FL-17: Python has one key for 1, True and 1.0. Keys are equal here when they are the same value of the same type, as everywhere in .NET.
        var dictionary = _manager.Dictionary<object, string>();
        dictionary[1] = "int";
        dictionary[1.0] = "double";
        dictionary[true] = "bool";
        dictionary[1] = "again";
        dictionary.Values.ShouldBe(["again", "double", "bool"]);
    }
}
