using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;

namespace Multiproc.Dashboard.Tests.Collecting;

/// <summary>Which programs are shown, and by what.</summary>
public sealed class CollectorTests
{
    private readonly Collector _collector = new(most: 10);

    [Fact]
    public void Program_ThatHasEnded_IsGone()
    {
        Look(Seen(1), Seen(2)).Select(static each => each.Pid).ShouldBe([1, 2]);
        Look(Seen(2)).Select(static each => each.Pid).ShouldBe([2]);
    }

    [Fact]
    public void Program_ThatIsTooBusyToTell_IsShownAsItWas()
    {
        Look(Seen(1));
        var shown = Look(new Sight(1, null)).ShouldHaveSingleItem();
        shown.IsStale.ShouldBeTrue();
        shown.View!.Name.ShouldBe("Program1");
        Look(Seen(1)).ShouldHaveSingleItem().IsStale.ShouldBeFalse();
    }

    [Fact]
    public void Program_ThatHasNeverTold_IsShownWithoutAView() => Look(new Sight(1, null)).ShouldHaveSingleItem().View.ShouldBeNull();

    [Fact]
    public void Program_WithTheNumberOfOneThatHasEnded_BeginsAnew()
    {
        Look(Seen(1));
        Look(Seen(1)).Single().Curves["memory:1"].Length.ShouldBe(2);
        Look();
        Look(Seen(1)).Single().Curves["memory:1"].Length.ShouldBe(1);
    }

    [Fact]
    public void Programs_AreLimitedInNumber() =>
        Look([.. Enumerable.Range(1, Collector.MostPrograms + 5).Select(static pid => Seen(pid))]).Count.ShouldBe(Collector.MostPrograms);

    private static Sight Seen(int pid) => new(pid, Views.Program(pid, Views.Process(pid)));

    private IReadOnlyList<ProgramSnapshot> Look(params Sight[] sights) => _collector.Add(sights);
}
