using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>Priorities, delays, times to live and peeking, wherever queue and user are.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class QueueTermsSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Put_WithPriority_IsTakenFirstAndInOrder(int maxSize)
    {
        using var queue = _host.Queue<string>(maxSize);
        queue.Put("ordinary 1");
        queue.Put("urgent 1", priority: 5);
        _host.Run(() =>
        {
            queue.Put("late", priority: -1);
            queue.PutAsync("urgent 2", priority: 5).AsTask().GetAwaiter().GetResult();
            queue.TryPut("most urgent", priority: int.MaxValue).ShouldBeTrue();
            queue.Put("ordinary 2");
        });
        queue.Peek().ShouldBe("most urgent");
        _host.Run(() =>
        {
            queue.Get(InChild.Bound).ShouldBe("most urgent");
            queue.GetMany(3, InChild.Bound).ShouldBe(["urgent 1", "urgent 2", "ordinary 1"]);
        });
        new[] { queue.Get(InChild.Bound), queue.Get(InChild.Bound) }.ShouldBe(["ordinary 2", "late"]);
        queue.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Put_WithDelay_ComesLater()
    {
        using var queue = _host.Queue<int>();
        _host.Run(() =>
        {
            queue.Put(2, delay: TimeSpan.FromDays(1));
            queue.TryGet(out _).ShouldBeFalse();
            queue.QSize().ShouldBe(0);
            var delay = TimeSpan.FromMilliseconds(60);
            long begun = Stopwatch.GetTimestamp();
            queue.Put(1, delay: delay);
            queue.Get(InChild.Bound).ShouldBe(1);
            Stopwatch.GetElapsedTime(begun).ShouldBeGreaterThanOrEqualTo(delay);
            queue.TryGet(out _).ShouldBeFalse();
            Should.Throw<ArgumentOutOfRangeException>(() => queue.Put(1, delay: TimeSpan.FromTicks(-1)));
            Should.Throw<ArgumentOutOfRangeException>(() => queue.Put(1, timeToLive: TimeSpan.FromTicks(-1)));
        });
    }

    [Fact]
    public void Put_WithTimeToLive_IsGoneOrADeadLetterAfterwards()
    {
        using var queue = _host.Queue<string>(new SharedQueueOptions { MaxSize = 1, KeepExpired = true });
        _host.Run(() =>
        {
            queue.Put("short", timeToLive: TimeSpan.FromMilliseconds(20));
            queue.Put("next", InChild.Bound);
            queue.Get(InChild.Bound).ShouldBe("next");
            queue.DeadLetterCount().ShouldBe(1);
            queue.TryGetDeadLetter(out string? letter, out var reason).ShouldBeTrue();
            (letter, reason).ShouldBe(("short", DeadLetterReason.Expired));
        });
    }

    [Fact]
    public void Queue_WithTimeToLive_ForgetsWhatNobodyTakes()
    {
        using var queue = _host.JoinableQueue<int>(new SharedQueueOptions { TimeToLive = TimeSpan.FromMilliseconds(20) });
        _host.Run(() =>
        {
            queue.PutMany([1, 2, 3]);
            queue.Join(InChild.Bound).ShouldBeTrue("nothing is left to be done");
            queue.Empty().ShouldBeTrue();
            queue.DeadLetterCount().ShouldBe(0);
        });
    }

    [Fact]
    public void DeadLetters_AreAQueueOfTheirOwn()
    {
        using var queue = _host.Queue<string>(new SharedQueueOptions { MaxRedeliveries = 0, KeepExpired = true });
        _host.Run(() =>
        {
            queue.DeadLetters.TryGet(out _).ShouldBeFalse();
            Should.Throw<QueueEmptyException>(() => queue.DeadLetters.Get(s_short));
            var waiting = queue.DeadLetters.GetAsync(InChild.Bound).AsTask();
            queue.Put("abandoned");
            queue.Lease().Abandon();
            waiting.GetAwaiter().GetResult().ShouldBe(new DeadLetter<string>("abandoned", DeadLetterReason.Redelivered, 1));
            queue.Put("expired", timeToLive: TimeSpan.FromMilliseconds(10));
            queue.DeadLetters.Get(InChild.Bound).ShouldBe(new DeadLetter<string>("expired", DeadLetterReason.Expired, 0));
            queue.DeadLetters.Count().ShouldBe(0);
        });
    }

    [Fact]
    public void Peek_TakesNothing()
    {
        using var queue = _host.Queue<string>();
        _host.Run(() =>
        {
            queue.TryPeek(out _).ShouldBeFalse();
            Should.Throw<QueueEmptyException>(() => queue.Peek(s_short));
            queue.PutMany(["a", "b", "c"]);
            queue.Get().ShouldBe("a");
            queue.Peek().ShouldBe("b");
            queue.PeekAsync().AsTask().GetAwaiter().GetResult().ShouldBe("b");
            queue.TryPeek(out string? next).ShouldBeTrue();
            next.ShouldBe("b");
            queue.QSize().ShouldBe(2);
            queue.GetMany(2).ShouldBe(["b", "c"]);
        });
    }
}

public sealed class QueueTermsInProcess : QueueTermsSpec<InProcessHost>;

public sealed class QueueTermsInChild : QueueTermsSpec<ChildHost>;

public sealed class QueueTermsInManager : QueueTermsSpec<ManagerHost>;
