using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <content>What breaks it, what does not, and how it is made whole again.</content>
public abstract partial class BarrierSpec<THost>
{
    [Fact]
    public void Abort_WhoWaitsAndWhoComes_GetsBroken()
    {
        // B-04
        using var barrier = _host.Barrier(3);
        Play(1, 2, barrier, () =>
        {
            if (barrier.Waiting == 2 || TryWait(barrier) == 2)
            {
                barrier.Abort();
            }

            Should.Throw<BrokenBarrierException>(() => barrier.Wait()).Message.ShouldContain("Reset");
            barrier.Broken.ShouldBeTrue();
        });
    }

    [Fact]
    public void Reset_WhoWaits_GetsBrokenAndTheNextRoundIsWhole()
    {
        // B-05, B-11
        using var barrier = _host.Barrier(3);
        using var broken = Mp.Queue<int>();
        var here = OwnThread.Run(() =>
        {
            Should.Throw<BrokenBarrierException>(() => barrier.Wait());
            broken.Put(0);
            barrier.Wait(InChild.Bound);
        });
        _host.Run(() =>
        {
            var other = new Thread(() =>
            {
                Should.Throw<BrokenBarrierException>(() => barrier.Wait());
                broken.Put(0);
                barrier.Wait(InChild.Bound);
            });
            other.Start();
            AwaitWaiting(barrier, 2);
            barrier.Reset();
            barrier.Broken.ShouldBeFalse();
            broken.TryGet(out int _, InChild.Bound).ShouldBeTrue("one of those who waited got broken");
            broken.TryGet(out int _, InChild.Bound).ShouldBeTrue("the other one too");
            barrier.Wait(InChild.Bound);
            other.Join(InChild.Bound).ShouldBeTrue("the other thread has passed");
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void Reset_AfterAbort_MakesItUsableAgain()
    {
        // B-06
        using var barrier = _host.Barrier(2);
        barrier.Abort();
        _host.Run(() =>
        {
            Should.Throw<BrokenBarrierException>(() => barrier.Wait());
            barrier.Reset();
            barrier.Broken.ShouldBeFalse();
        });
        Play(1, 1, barrier, () => barrier.Wait(InChild.Bound));
    }

    [Fact]
    public void Wait_TimeRunsOut_BreaksItForAll()
    {
        // B-07, B-08
        using var barrier = _host.Barrier(3);
        using var strict = _host.Barrier(2, timeout: s_short);
        var here = OwnThread.Run(() => Should.Throw<BrokenBarrierException>(() => barrier.Wait()));
        _host.Run(() =>
        {
            AwaitWaiting(barrier, 1);
            Should.Throw<BrokenBarrierException>(() => barrier.Wait(s_short)).Message.ShouldContain("0.03 s");
            barrier.Broken.ShouldBeTrue();
            Should.Throw<BrokenBarrierException>(() => strict.Wait());
            strict.Reset();
            Should.Throw<BrokenBarrierException>(() => strict.Wait(TimeSpan.Zero));
        });
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        Should.Throw<BrokenBarrierException>(() => barrier.Wait());
        strict.Broken.ShouldBeTrue();
    }

    [Fact]
    public void Wait_ActionThrows_ItsRunnerGetsTheErrorAndTheOthersBroken()
    {
        // B-12
        using var barrier = _host.Barrier(2, () => throw new NotFiniteNumberException("of the action"));
        using var outcomes = Mp.Queue<string>();
        Play(1, 1, barrier, () => outcomes.Put(Should.Throw<Exception>(() => barrier.Wait()).GetType().Name));
        string[] all = [outcomes.Get(InChild.Bound), outcomes.Get(InChild.Bound)];
        all.Order().ShouldBe([nameof(BrokenBarrierException), nameof(NotFiniteNumberException)]);
        barrier.Broken.ShouldBeTrue();
    }

    [Fact]
    public void Wait_Cancelled_LeavesTheOthersWaiting()
    {
        using var barrier = _host.Barrier(2);
        _host.Run(() =>
        {
            using var source = new CancellationTokenSource(s_short);
            Should.Throw<OperationCanceledException>(() => barrier.Wait(null, source.Token));
            Should.Throw<OperationCanceledException>(() => barrier.Wait(null, source.Token));
            barrier.Broken.ShouldBeFalse();
            barrier.Waiting.ShouldBe(0);
        });
        Play(1, 1, barrier, () => barrier.Wait(InChild.Bound));
    }
}
