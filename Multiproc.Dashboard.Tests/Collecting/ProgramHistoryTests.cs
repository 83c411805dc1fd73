using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Tests.Collecting;

/// <summary>The curves of a program, from what it told at several moments.</summary>
public sealed class ProgramHistoryTests
{
    private readonly ProgramHistory _history = new(most: 3);

    [Fact]
    public void Processor_UsedForHalfTheTime_IsFiftyPercent()
    {
        Add(Views.Program(1, Views.Process(1, processorSeconds: 10)), Second(0));
        _history.Curves().Keys.ShouldNotContain("cpu:1", "one look gives no rate");
        Add(Views.Program(1, Views.Process(1, processorSeconds: 11)), Second(2));
        _history.Curves()["cpu:1"].ShouldBe([50]);
    }

    [Fact]
    public void Tasks_OfAPoolAndItsWorkers_ArePerSecond()
    {
        Add(Views.Program(1) with { Pools = [Views.Pool(1, 100, Views.Worker(8, 60), Views.Worker(9, 40))] }, Second(0));
        Add(Views.Program(1) with { Pools = [Views.Pool(1, 130, Views.Worker(8, 80), Views.Worker(9, 50))] }, Second(0.5));
        var curves = _history.Curves();
        curves["pool:1/1"].ShouldBe([60]);
        curves["tasks:8"].ShouldBe([40]);
        curves["tasks:9"].ShouldBe([20]);
    }

    [Fact]
    public void Queue_IsDrawnByItsDepth()
    {
        foreach (int items in new[] { 4, 7, 0 })
        {
            Add(Views.Program(1) with { Objects = [Views.Queue(1, 6, items)] }, Second(0));
        }

        _history.Curves()["items:1/6"].ShouldBe([4, 7, 0]);
    }

    [Fact]
    public void Curve_HasTheLastValuesOnly()
    {
        for (int i = 0; i < 9; i++)
        {
            Add(Views.Program(1) with { Objects = [Views.Queue(1, 6, i)] }, Second(i));
        }

        _history.Curves()["items:1/6"].ShouldBe([6, 7, 8]);
    }

    [Fact]
    public void Process_ThatHasEnded_HasNoCurveAnyMore()
    {
        Add(Views.Program(1, Views.Process(1), Views.Process(2, memory: 1048576)), Second(0));
        _history.Curves().Keys.ShouldContain("memory:2");
        Add(Views.Program(1, Views.Process(1)), Second(1));
        _history.Curves().Keys.ShouldBe(["memory:1", "cpu:1"], ignoreOrder: true);
    }

    [Fact]
    public void Process_WithANumberThatAnotherHad_HasNoNegativeRate()
    {
        Add(Views.Program(1, Views.Process(2, processorSeconds: 100)), Second(0));
        Add(Views.Program(1, Views.Process(2, processorSeconds: 1)), Second(1));
        _history.Curves()["cpu:2"].ShouldBe([0]);
    }

    [Fact]
    public void Curves_AreLimitedInNumber()
    {
        Add(
            Views.Program(1) with { Objects = [.. Enumerable.Range(1, ProgramHistory.MostCurves + 10).Select(static id => Views.Queue(1, id, 1))] }, Second(0));
        _history.Curves().Count.ShouldBe(ProgramHistory.MostCurves);
    }

    private static long Second(double second) => (long)(second * 1000);

    private void Add(ProgramView view, long milliseconds) => _history.Add(view with { Milliseconds = milliseconds });
}
