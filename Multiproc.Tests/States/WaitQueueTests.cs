using Multiproc.States;

namespace Multiproc.Tests.States;

public sealed class WaitQueueTests
{
    private readonly WaitQueue<string> _queue = new();
    private readonly Effects _effects = new();

    [Fact]
    public void TryDequeue_Several_ComeInTheirOrder()
    {
        Enqueue(1, "a");
        Enqueue(2, "b");
        _queue.TryPeek(out var first).ShouldBeTrue();
        first.Request.ShouldBe("a");
        _queue.Count.ShouldBe(2);
        _queue.TryDequeue(out first).ShouldBeTrue();
        first.Request.ShouldBe("a");
        _queue.TryDequeue(out first).ShouldBeTrue();
        (first.Request, first.Caller).ShouldBe(("b", new Caller(2, 1)));
        _queue.TryDequeue(out _).ShouldBeFalse();
        _queue.TryPeek(out _).ShouldBeFalse();
    }

    [Fact]
    public void Earliest_Several_IsTheSmallestDeadline()
    {
        _queue.Earliest.ShouldBe(Instant.Never);
        Enqueue(1, "a", 30);
        Enqueue(2, "b", 10);
        Enqueue(3, "c");
        _queue.Earliest.ShouldBe(new Instant(10));
        _queue.Remove(new Caller(2, 1)).ShouldBeTrue();
        _queue.Remove(new Caller(2, 1)).ShouldBeFalse();
        _queue.Earliest.ShouldBe(new Instant(30));
    }

    [Fact]
    public void Expire_SomeDeadlinesPassed_AnswersExactlyThose()
    {
        Enqueue(1, "a", 30);
        Enqueue(2, "b", 10);
        Enqueue(3, "c", 20);
        Enqueue(4, "d");
        _queue.Handle(new LifecycleEvent.DeadlinePassed(), new Instant(20), _effects);
        _effects.Replies.ShouldBe([(new Caller(2, 1), Reply.TimedOut), (new Caller(3, 1), Reply.TimedOut)]);
        _queue.Count.ShouldBe(2);
    }

    [Fact]
    public void Handle_ProcessGone_ForgetsAllItsCallsWithoutAWord()
    {
        _queue.Enqueue(new Caller(1, 1), Instant.Never, "a");
        _queue.Enqueue(new Caller(2, 1), Instant.Never, "b");
        _queue.Enqueue(new Caller(1, 2), Instant.Never, "c");
        _queue.Handle(new LifecycleEvent.ProcessGone(1), default, _effects);
        _effects.Replies.ShouldBeEmpty();
        _queue.Count.ShouldBe(1);
    }

    [Fact]
    public void Handle_CallCancelled_AnswersOnlyWhoStillWaits()
    {
        Enqueue(1, "a");
        _queue.Handle(new LifecycleEvent.CallCancelled(new Caller(1, 1)), default, _effects);
        _queue.Handle(new LifecycleEvent.CallCancelled(new Caller(1, 1)), default, _effects);
        _effects.Replies.ShouldBe([(new Caller(1, 1), Reply.Cancelled)]);
    }

    [Fact]
    public void After_AnyTimeout_NeverOverflows()
    {
        var now = new Instant(100);
        now.After(null).ShouldBe(Instant.Never);
        now.After(TimeSpan.MaxValue).ShouldBe(Instant.Never);
        now.After(TimeSpan.FromTicks(-5)).ShouldBe(now);
        now.After(TimeSpan.FromTicks(5)).ShouldBe(new Instant(105));
    }

    [Fact]
    public void Reply_CallerWantsNoAnswer_SaysNothing()
    {
        _effects.Reply(new Caller(1, 0), Reply.Done);
        _effects.Replies.ShouldBeEmpty();
    }

    private void Enqueue(int process, string request, long? deadline = null) =>
        _queue.Enqueue(new Caller(process, 1), deadline is { } ticks ? new Instant(ticks) : Instant.Never, request);
}
