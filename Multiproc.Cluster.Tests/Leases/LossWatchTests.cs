using System.Diagnostics;
using Multiproc.Nodes;
using Multiproc.Peers.References;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>The side of a process that acts upon the lease of its node.</summary>
public sealed class LossWatchTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);

    private TimeSpan _held = s_short;

    [Fact]
    public void Watch_OfANodeThatIsStopped_FiresWhenItsTimeIsOver()
    {
        // The node answers once, and then never.
        var watch = new LossWatch(new Node(), () => s_short, static () => new ValueTask<TimeSpan>(new TaskCompletionSource<TimeSpan>().Task));
        long begun = Stopwatch.GetTimestamp();
        using var lost = watch.Enter();
        lost.Token.IsCancellationRequested.ShouldBeFalse();
        lost.Token.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        Stopwatch.GetElapsedTime(begun).ShouldBeGreaterThan(s_short - TimeSpan.FromMilliseconds(20));

        // A later watch is one of its own.
        using var later = watch.Enter();
        later.Token.IsCancellationRequested.ShouldBeFalse();
        lost.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Watch_WhileTheNodeAnswers_GoesOn_AndFiresWhenItSaysSo()
    {
        int asked = 0;
        _held = TimeSpan.FromSeconds(60);
        var watch = new LossWatch(new Node(), () => _held, () =>
        {
            Interlocked.Increment(ref asked);
            return ValueTask.FromResult(_held);
        });
        using var one = watch.Enter();
        using var other = watch.Enter();
        other.Token.ShouldBe(one.Token);
        TestKit.Await.Until("it has asked again", () => Volatile.Read(ref asked) >= 2, s_patience);
        one.Token.IsCancellationRequested.ShouldBeFalse();
        _held = TimeSpan.Zero;
        one.Token.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        watch.Enter().Token.IsCancellationRequested.ShouldBeTrue("nothing is held for certain");
    }

    [Fact]
    public void Watch_WhoseNodeIsGone_FiresAtOnce_AndOneThatNobodyNeedsNever()
    {
        var gone = new LossWatch(new Node(), static () => s_patience, static () => throw new ConnectionLostException("the node has ended"));
        using (var lost = gone.Enter())
        {
            lost.Token.WaitHandle.WaitOne(s_patience).ShouldBeTrue();
        }

        var watch = new LossWatch(new Node(), () => s_patience, () => ValueTask.FromResult(_held));
        var released = watch.Enter();
        released.Dispose();
        watch.Fire();
        released.Token.IsCancellationRequested.ShouldBeFalse();
    }
}
