using Multiproc.Pool;

namespace Multiproc.Tests.Pool;

public sealed class PoolShortageTests
{
    private static readonly ProcessStartException s_lasting = new("the program is broken");
    private static readonly ProcessStartException s_passing = new("no descriptor") { IsShortage = true };

    [Fact]
    public void MayPass_FailureOfTheProgram_IsNotTriedAgain() => new PoolShortage().MayPass(s_lasting, hasWorkers: true).ShouldBeFalse();

    [Fact]
    public void MayPass_Shortage_IsTriedAgainEverLessOften()
    {
        var shortage = new PoolShortage();
        shortage.MayPass(s_passing, hasWorkers: false).ShouldBeTrue();
        shortage.MayPass(new MultiprocException("no thread"), hasWorkers: true).ShouldBeTrue();
        var pauses = Enumerable.Range(0, 7).Select(_ => shortage.NextPause()).ToList();
        pauses.ShouldBe(pauses.Order().ToList());
        pauses[0].ShouldBe(TimeSpan.FromMilliseconds(50));
        pauses[^1].ShouldBe(TimeSpan.FromSeconds(1));
        shortage.End();
        shortage.NextPause().ShouldBe(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void MayPass_NoWorkerForTooLong_IsGivenUp()
    {
        var time = new TestKit.ManualTimeProvider();
        var shortage = new PoolShortage(time);
        shortage.MayPass(s_passing, hasWorkers: false).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(31));
        shortage.MayPass(s_passing, hasWorkers: true).ShouldBeTrue("others work on");
        shortage.MayPass(s_passing, hasWorkers: false).ShouldBeFalse();
    }
}
